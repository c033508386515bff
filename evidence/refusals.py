"""The words for files that are no recordings, and for recordings with something amiss; no decisions are taken here.

Each says what happened, what it means for the evidence and what to do next. Codes are stable: they stand in the case
and in the audit log.
"""

from __future__ import annotations

from evidence.errors import SightlineError
from evidence.records import Finding, Severity
from evidence.times import NS_PER_S, DurationNs


def from_error(code: str, error: SightlineError) -> Finding:
    """Return an error's three sentences as a finding."""
    return Finding(code, Severity.PROBLEM, error.happened, error.meaning, error.remedy)


def empty(name: str) -> Finding:
    """The file has no bytes."""
    return Finding(
        "empty", Severity.PROBLEM, f"{name} is empty: it has no bytes.",
        "There is no recording in it; the export or the copy failed.",
        "Ask the source for the file again, and compare the sizes.",
    )  # fmt: skip


def not_media(name: str, *, is_text: bool) -> Finding:
    """FFmpeg knows nothing in it."""
    what = "It is a text file" if is_text else "It holds no sound or picture in any format that is known here"
    return Finding(
        "not-media", Severity.PROBLEM, f"{name} is not a recording. {what}, whatever its name says.",
        "Nothing can be played from it; its hash is kept so that the same file can be recognised.",
        "If it should be a recording, ask the source for the recorder's own export or player.",
    )  # fmt: skip


def header_missing(name: str, missing_bytes: int) -> Finding:
    """An MP4 without `moov`: the recorder or the copy stopped before the end."""
    cut = f" The file ends {missing_bytes:,} bytes too early." if missing_bytes else ""
    return Finding(
        "truncated-no-header", Severity.PROBLEM,
        f"{name} is cut short: the list of its frames, which such files keep at their end, is missing.{cut}",
        "Pictures may be in it, but nothing can be played from the file as it is.",
        "Ask the source for a complete copy; if there is none, a laboratory may rebuild the list.",
    )  # fmt: skip


def data_missing(name: str, missing_bytes: int) -> Finding:
    """An MP4 of which only the header is there."""
    cut = f" {missing_bytes:,} bytes are missing." if missing_bytes else ""
    return Finding(
        "truncated-no-data", Severity.PROBLEM,
        f"{name} is cut short: it has a header, but the sound and pictures are not in it.{cut}",
        "Nothing can be played from it.",
        "Ask the source for a complete copy.",
    )  # fmt: skip


def encrypted_disc(name: str) -> Finding:
    """A DVD's program stream whose packs are scrambled."""
    return Finding(
        "encrypted", Severity.PROBLEM, f"{name} is encrypted, as films on sold discs are (CSS).",
        "Its pictures cannot be read, by VLC neither; nothing here breaks such a protection. Its hash is kept.",
        "Ask the source for a disc or a file without copy protection.",
    )  # fmt: skip


def still_picture(name: str) -> Finding:
    """A photograph."""
    return Finding(
        "still-picture", Severity.PROBLEM, f"{name} is a still picture, not a recording.",
        "It has no length, so it cannot lie on the timeline; its hash is kept.",
        "Exhibit it as a photograph; if it is a frame of a recording, add that recording.",
    )  # fmt: skip


def text_track_only(name: str) -> Finding:
    """Subtitles or telemetry alone."""
    return Finding(
        "no-sound-or-picture", Severity.PROBLEM, f"{name} holds text or telemetry, but neither sound nor picture.",
        "It is no recording by itself; where it lies beside the recording of the same name, its times are read.",
        "Keep it in the same folder as its recording.",
    )  # fmt: skip


def nothing_to_play(name: str) -> Finding:
    """Streams, but no packets in them."""
    return Finding(
        "nothing-to-play", Severity.PROBLEM, f"{name} has the header of a recording, but no frame and no sound in it.",
        "Its length is zero: the recorder stopped at once, or the export failed.",
        "Ask the source whether a longer file exists.",
    )  # fmt: skip


def reader_stopped(name: str, reason: str) -> Finding:
    """The child process crashed or hung."""
    return Finding(
        "reader-crashed", Severity.PROBLEM, f"Reading {name} failed: {reason}.",
        "Its bytes broke the part that reads media: it is damaged, or made to do harm. Sightline is unharmed.",
        "Ask the source for another copy; do not open this one with other players on this machine.",
    )  # fmt: skip


def cut_short(name: str, short_ns: DurationNs, detail: str) -> Finding:
    """The packets end before the header says."""
    seconds = f"{short_ns / NS_PER_S:,.1f} s"
    return Finding(
        "truncated", Severity.WARNING, f"{name} ends {seconds} before its header says (the file is cut short{detail}).",
        "What is there plays; what is missing was never copied, or never written.",
        "Ask the source for a complete copy.",
    )  # fmt: skip


def read_partly(name: str, reason: str) -> Finding:
    """The demuxer gave up in mid-file."""
    return Finding(
        "unreadable-rest", Severity.WARNING, f"{name} could only be read in part: {reason}.",
        "What lies before that place plays; nothing is known of what lies behind it.",
        "Ask the source for another copy.",
    )  # fmt: skip


def leading_dropped(name: str, pictures: int) -> Finding:
    """The recording starts in mid-group."""
    words = "picture needs" if pictures == 1 else f"{pictures:,} pictures need"
    return Finding(
        "cut-at-start", Severity.NOTE,
        f"{name} was cut out of a longer recording: its first {words} others that are not in the file.",
        "They cannot be shown by any player; frame numbers count from the first that can.",
    )  # fmt: skip


def no_decoder(name: str, codec: str) -> Finding:
    """Nothing here decodes the pictures."""
    return Finding(
        "no-decoder", Severity.PROBLEM,
        f"The pictures of {name} are in a format ({codec}) that cannot be decoded here.",
        "It can be kept, hashed and placed in time, but not watched.",
        "Ask the source for the maker's player or for an export in a common format, beside this original.",
    )  # fmt: skip


def undecodable(name: str) -> Finding:
    """The first pictures are broken."""
    return Finding(
        "pictures-damaged", Severity.PROBLEM, f"None of the first pictures of {name} could be decoded.",
        "The file is damaged at its start, encrypted, or in a maker's own variety of the format.",
        "Ask the source for another copy, or for the maker's player.",
    )  # fmt: skip


def odd_rotation(name: str) -> Finding:
    """A display matrix that is no quarter turn."""
    return Finding(
        "odd-rotation", Severity.NOTE, f"{name} asks to be shown turned by an angle that is no quarter turn.",
        "It is shown turned to the nearest quarter turn.",
    )  # fmt: skip


def other_pictures(name: str, others: int) -> Finding:
    """More than one moving picture in a file."""
    words = "another picture" if others == 1 else f"{others:,} more pictures"
    return Finding(
        "more-pictures", Severity.WARNING, f"{name} holds {words} beside the one that is shown.",
        "The largest is shown; the rest of what was filmed is in the file and is not seen here.",
        "Ask the source for an export with one picture a file.",
    )  # fmt: skip


def sound_only(name: str) -> Finding:
    """There is no picture."""
    return Finding("sound-only", Severity.NOTE, f"{name} holds sound and no picture.")

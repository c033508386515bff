"""What a recording is made of, in words for a prosecution file: container, picture, sound, rate as it really is."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from evidence.frame_index import FrameIndex, Timing
from evidence.records import PLAYED_BY_VLC, Recording, StreamInfo, StreamKind
from evidence.times import NS_PER_S

_CHANNELS = {1: "mono", 2: "stereo"}
KIND_WORDS = {
    "bwv": "Body-worn video",
    "cctv": "CCTV",
    "mobile": "Phone",
    "dashcam": "Dashcam",
    "audio": "Sound recorder",
    "other": "Other",
}


_CONTAINERS = {
    "mov,mp4,m4a,3gp,3g2,mj2": "MP4 or QuickTime",
    "matroska,webm": "Matroska or WebM",
    "avi": "AVI",
    "mpegts": "MPEG transport stream",
    "mpeg": "MPEG program stream",
    "asf": "Windows Media (ASF)",
    "wav": "WAV",
    "mp3": "MP3",
    "flv": "Flash video",
    PLAYED_BY_VLC: "not known to FFmpeg, played by VLC",
}


def container_words(name: str) -> str:
    """Return what a container is called, by FFmpeg's name of the format."""
    return _CONTAINERS.get(name, name)


def picture_words(video: StreamInfo | None) -> str:
    """Say what the picture is: codec, size, shape, scan."""
    if video is None:
        return "no picture"
    parts = [" ".join(filter(None, (video.codec, video.profile))), f"{video.width} × {video.height} pixels"]
    if video.pixel_aspect != 1:
        parts.append(f"pixels {video.pixel_aspect.numerator}:{video.pixel_aspect.denominator}")
    if video.pixel_format:
        parts.append(video.pixel_format)
    if video.rotation:
        parts.append(f"shown turned {video.rotation}° clockwise, as the file asks")
    if video.is_interlaced:
        parts.append("interlaced")
    return ", ".join(parts)


def sound_words(audio: StreamInfo | None) -> str:
    """Say what the sound is."""
    if audio is None:
        return "no sound"
    channels = _CHANNELS.get(audio.channels, f"{audio.channels} channels")
    silent = "; digital silence as far as was looked at" if audio.has_sound is False else ""
    return f"{audio.codec}, {audio.sample_rate:,} Hz, {channels}{silent}"


def other_words(recording: Recording) -> str:
    """Name the streams that are neither the picture shown nor the sound heard, or return ""."""
    shown = {recording.video_stream, recording.audio_stream}
    others = [
        " ".join(filter(None, (one.kind.value, one.codec, one.telemetry)))
        for one in recording.streams
        if one.index not in shown or one.kind not in {StreamKind.VIDEO, StreamKind.AUDIO}
    ]
    return "; ".join(others)


def rate_words(video: StreamInfo | None, index: FrameIndex | None) -> str:
    """Say how many frames there are and how they follow one another: measured, and what the file states."""
    if video is None or index is None or not len(index):
        return ""
    if index.timing is Timing.MOMENTS:
        return "played by VLC: no table of frames can be had"
    stated = "" if video.nominal_rate is None else f"; the file states {decimal(video.nominal_rate)} a second"
    if index.timing is Timing.ASSUMED:
        return f"{len(index):,} frames without time stamps: a steady rate is assumed{stated}"
    bounds = np.append(index.pts, index.end_pts)
    mean = Fraction(len(index)) / ((index.end_pts - int(index.pts[0])) * index.time_base)
    measured = f"{len(index):,} frames, {decimal(mean)} a second on average"
    repaired = "; missing or backward time stamps were put right" if index.timing is Timing.REPAIRED else ""
    if not video.is_variable_rate:
        return f"{measured}, steady{stated}{repaired}"
    steps = np.diff(bounds)
    shortest, longest = (milliseconds(int(step), index.time_base) for step in (steps.min(), steps.max()))
    return f"{measured}, varying: one frame lasts from {shortest} to {longest} ms{stated}{repaired}"


def milliseconds(ticks: int, time_base: Fraction) -> str:
    """Return a length in milliseconds, to a tenth."""
    return decimal(ticks * time_base * 1000, 1)


def decimal(value: Fraction, places: int = 3) -> str:
    """Return a number with at most so many decimals, rounded half up."""
    scaled = (value * 10**places * 2 + 1).__floor__() // 2
    whole, rest = divmod(scaled, 10**places)
    return f"{whole}.{rest:0{places}d}".rstrip("0").rstrip(".")


def position_text(from_start_ns: int) -> str:
    """Return how far into a file a moment is, as players show it: `00:02:13.480`, rounded down."""
    sign, ns = ("-", -from_start_ns) if from_start_ns < 0 else ("", from_start_ns)
    seconds, rest = divmod(ns, NS_PER_S)
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest // 1_000_000:03d}"

"""The report of a video for people: a page made of the same facts as the JSON beside it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from annotations.composite.facts import MULTI_SOURCE, SINGLE_SOURCE, CompositeFacts, failure_words, runs_of
from annotations.composite.messages import CompositeCheck, Tile
from annotations.paper import Column, Paper, Section, tables_content
from evidence.time_text import LocalTimes, duration_text, sigma_text, size_text
from evidence.times import NS_PER_S
from player.sound_protocol import SOUND_RATE
from sync.timeline import PlacedRecording

_MOST_ROWS = 200
_COLUMNS = (Column("Frames of the video", 18), Column("From", 20), Column("Shows", 62))
_FACTS = (Column("What", 28), Column("Found", 72))


def composite_paper(facts: CompositeFacts) -> Paper:
    """Return the paper of a video."""
    order = facts.order
    times = LocalTimes(ZoneInfo(facts.info.time_zone))
    length = duration_text(order.frames * NS_PER_S * order.rate.denominator // order.rate.numerator)
    rate = f"{order.rate.numerator}" + ("" if order.rate.denominator == 1 else f"/{order.rate.denominator}")
    burns = ", ".join(sorted(one.value for one in order.burns))
    head = [
        ("Sources", "Multi-source" if facts.is_multi_source else "Single source"),
        ("From", times.full(facts.span.start)),
        ("To (exclusive)", times.full(facts.span.end)),
        ("Video", f"{order.width} × {order.height}, {rate} frames a second, {order.frames:,} frames, {length}"),
        ("Layout", facts.layout),
        ("Sound", facts.heard or "none"),
        ("Written or drawn", burns or "nothing"),
        ("File", f"{facts.file_name}\nSHA-256 {facts.sha256}\n{size_text(facts.size_bytes)}"),
    ]
    lines = [
        MULTI_SOURCE if facts.is_multi_source else SINGLE_SOURCE,
        (
            f"Frame k of the video is the instant k × {order.rate.denominator}/{order.rate.numerator} s after its "
            "start by the common clock; each tile shows exactly the frame that covers that instant, or says why there "
            "is none. Frame numbers count from 0. The JSON beside this page names the frame of every camera for every "
            "frame."
        ),
    ]
    sections = [_originals(facts), _checked(facts)]
    sections += [_camera(tile, places, facts, times) for tile, places in zip(order.tiles, facts.places, strict=True)]
    return Paper(
        template="tables.html",
        title=f"Composite report {order.title}".strip(),
        case_reference=facts.info.reference,
        case_title=facts.info.title,
        time_zone=facts.info.time_zone,
        made_by=facts.by,
        made_ns=facts.made_ns,
        content=tables_content(lines, head, sections),
    )


def _originals(facts: CompositeFacts) -> Section:
    checked = "verified just before" if facts.verifies else "not verified now"
    rows = [
        (
            " · ".join(filter(None, (one.exhibit, one.display_name))),
            f"SHA-256 {one.sha256}\n{checked}; {size_text(one.size_bytes)}",
        )
        for one in facts.recordings
    ]
    return Section("Originals", (), _FACTS, tuple(rows))


def _checked(facts: CompositeFacts) -> Section:
    composed = facts.composed
    rows = [("Check", _check_words(composed.check))]
    if composed.missing_count:
        named = ", ".join(f"{one.camera} {one.frame:,}" for one in composed.missing[:10])
        rows.append(("Not decodable", f"{composed.missing_count:,} frames; their tiles say so. {named}"))
    rows += [("Decoder failed", failure_words(one)) for one in composed.failed]
    rows += [("Sound not read", words) for words in composed.unheard]
    rows.append(("Encoder", composed.encoder))
    rows.append(("Versions", ", ".join(f"{name} {version}" for name, version in composed.libraries)))
    return Section("What was done and found", (), _FACTS, tuple(rows))


def _check_words(check: CompositeCheck) -> str:
    worst = f"{check.worst_psnr_mdb // 1000}.{check.worst_psnr_mdb % 1000 // 100}"
    words = (
        f"Passed: {check.frames:,} frames, each with its stamp; {check.compared:,} of them compared with what was "
        f"encoded, {check.made_anew:,} of these also made anew from the originals; the least similar at {worst} dB."
    )
    if check.samples:
        words += (
            f" Sound: {check.samples:,} samples, starts {check.sound_start_ns:,} ns and ends {check.sound_end_ns:,} ns "
            "after the picture"
        )
        if check.sound_shift_samples is None:
            return f"{words}; too quiet to be compared."
        microseconds = abs(check.sound_shift_samples) * 1_000_000 // SOUND_RATE
        words += f"; stretches of it made anew ({check.sound_compared}) lie within {microseconds:,} µs of it."
    return words


def _camera(tile: Tile, places: tuple[PlacedRecording, ...], facts: CompositeFacts, times: LocalTimes) -> Section:
    lines = [f"{place.recording.display_name}: {sigma_text(place.sigma_ns)}. {place.basis}".strip() for place in places]
    rows: list[tuple[str, str, str]] = []
    for run in runs_of(tile):
        if len(rows) == _MOST_ROWS:
            lines.append(f"The first {_MOST_ROWS} stretches are listed; the JSON beside this page has all.")
            break
        if run.source < 0:
            shows = ": ".join(filter(None, tile.gaps[run.gap]))
        else:
            index, name = tile.sources[run.source].index, places[run.source].recording.display_name
            shows = (
                f"{name}\nframes {run.first_frame:,} (pts {int(index.pts[run.first_frame]):,}) to "
                f"{run.last_frame:,} (pts {int(index.pts[run.last_frame]):,})"
            )
        rows.append((f"{run.first:,} to {run.last:,}", times.clock(facts.order.instant(run.first)), shows))
    return Section(tile.name, tuple(lines), _COLUMNS, tuple(rows))

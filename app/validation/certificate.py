"""Writes a certificate as a plain page to print and as JSON, both from the same frozen result."""

from __future__ import annotations

import dataclasses
import html
import json
from pathlib import Path

from app.validation.exercises import Report
from app.validation.run import Certificate, ClipReport, Verdict
from app.validation.together import Pace
from evidence.atomic_file import write_bytes

HTML_NAME = "certificate.html"
JSON_NAME = "certificate.json"
FORMAT = 1
"""Of the JSON; it rises when a field changes its meaning."""

_STYLE = """
body { font: 14px/1.45 system-ui, sans-serif; color: #111; background: #fff; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem }
h1 { font-size: 1.6rem; margin: 0 0 .3rem } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem }
.verdict { font-size: 1.3rem; font-weight: 600; border: 2px solid; padding: .4rem .8rem; display: inline-block }
.passed { color: #0a5c2b } .failed { color: #a11212 } .not-tested { color: #6b4a00 }
table { border-collapse: collapse; width: 100% } td, th { border-bottom: 1px solid #bbb; padding: .25rem .5rem;
  text-align: left; vertical-align: top; font-variant-numeric: tabular-nums } th { font-weight: 600 }
.number { text-align: right } .faults { color: #a11212; margin: .2rem 0 0; padding-left: 1.1rem }
@media print { body { margin: 0; font-size: 11px } tr { break-inside: avoid } thead { display: table-header-group } }
"""


def verdict_text(certificate: Certificate) -> str:
    """Return the verdict on the whole in a sentence or two."""
    counts = {verdict: sum(clip.verdict is verdict for clip in certificate.clips) for verdict in Verdict}
    total = len(certificate.clips)
    parts = {
        Verdict.PASSED: f"Passed: all {total} clips showed the right frame every time.",
        Verdict.FAILED: f"Failed: {counts[Verdict.FAILED]} of {total} clips did not always show the right frame.",
        Verdict.NOT_TESTED: f"Not complete: {counts[Verdict.NOT_TESTED]} of {total} clips could not be tested here.",
    }
    said = parts[certificate.verdict]
    if certificate.verdict is Verdict.FAILED and counts[Verdict.NOT_TESTED]:
        said += f" {counts[Verdict.NOT_TESTED]} could not be tested here."
    if not certificate.is_complete:
        said += " This was a part of the pack only, so it certifies no more than what is listed."
    return said


def clip_line(clip: ClipReport) -> str:
    """Return what came of a clip, for one line of text."""
    if clip.verdict is Verdict.NOT_TESTED:
        return f"not tested  {clip.title}: {clip.reason}"
    checked = sum(one.checked for one in clip.exercises)
    line = f"{clip.verdict.value:10}  {clip.title}: {clip.frames} frames, {checked:,} checks, {clip.seconds:.1f} s"
    return line + "".join(f"\n            {fault}" for fault in clip.faults)


def pace_text(pace: Pace) -> str:
    """Return in words how real-time play went on this machine."""
    return (
        f"Played by the clock for {pace.seconds:.1f} s with {pace.cameras} clips at once: {pace.shown} of {pace.due} "
        f"frames came up, {pace.late} times a tile was late, and the speed reached was {pace.speed:.2f} times "
        "the one asked for. This depends on what else the machine was doing and does not bear on the verdict."
    )


def write_certificate(certificate: Certificate, folder: Path) -> tuple[Path, Path]:
    """Write the page and the JSON, each in one step, and return where they are. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    page, data = folder / HTML_NAME, folder / JSON_NAME
    write_bytes(page, as_page(certificate).encode())
    write_bytes(data, json.dumps(as_document(certificate), indent=2, ensure_ascii=False).encode() + b"\n")
    return page, data


def as_document(certificate: Certificate) -> dict[str, object]:
    """Return all there is as one JSON document."""
    return {
        "format": FORMAT,
        "verdict": certificate.verdict.value,
        "verdict_in_words": verdict_text(certificate),
        "is_complete": certificate.is_complete,
        "is_quick": certificate.is_quick,
        "kinds_known": certificate.kinds_known,
        "begun": certificate.begun,
        "seconds": round(certificate.seconds, 2),
        "machine": certificate.machine,
        "pace": None if certificate.pace is None else dataclasses.asdict(certificate.pace),
        "clips": [_clip_document(clip) for clip in certificate.clips],
    }


def _clip_document(clip: ClipReport) -> dict[str, object]:
    return {
        "name": clip.name,
        "title": clip.title,
        "verdict": clip.verdict.value,
        "reason": clip.reason,
        "frames": clip.frames,
        "sha256": clip.sha256,
        "seconds": round(clip.seconds, 2),
        "exercises": [
            {
                "name": one.name,
                "passed": one.is_passed,
                "checked": one.checked,
                "late": one.late,
                "fault_count": one.fault_count,
                "faults": list(one.faults),
                "seconds": round(one.seconds, 2),
            }
            for one in clip.exercises
        ],
    }


def as_page(certificate: Certificate) -> str:
    """Return the certificate as a page that stands alone: no script, no link, nothing fetched."""
    verdict = certificate.verdict
    how = "quick run" if certificate.is_quick else "full run"
    facts = "".join(f"<tr><th>{_text(name)}</th><td>{_text(value)}</td></tr>" for name, value in _facts(certificate))
    rows = "".join(_row(clip) for clip in certificate.clips)
    pace = "" if certificate.pace is None else f"<h2>Pace</h2><p>{_text(pace_text(certificate.pace))}</p>"
    return f"""<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Sightline validation: {verdict.value}</title>
<style>{_STYLE}</style></head><body>
<h1>Sightline validation certificate</h1>
<p>Begun {_text(certificate.begun)}, took {certificate.seconds:.0f} s, {how}.</p>
<p class="verdict {_class(verdict)}">{_text(verdict_text(certificate))}</p>
<h2>What was done</h2>
<p>Each clip was made on this machine with every frame's number coded in its picture. The player of this program then
played it forwards and backwards, went to random instants, stepped through it both ways and played it fast. After each
refresh the number was read from the pixels that would go to the screen, and compared with the frame that covers the
instant of the playhead. The times and the count of its frames were compared with those that were written.</p>
<h2>Machine</h2><table>{facts}</table>
<h2>Clips</h2>
<table><thead><tr><th>Clip</th><th>Verdict</th><th class="number">Frames</th><th class="number">Checks</th>
<th class="number">Faults</th><th class="number">Seconds</th></tr></thead><tbody>{rows}</tbody></table>
{pace}
<p>SHA-256 of every clip and the counts of every exercise are in {JSON_NAME}.</p>
</body></html>
"""


def _facts(certificate: Certificate) -> list[tuple[str, str]]:
    return list(certificate.machine.items())


def _row(clip: ClipReport) -> str:
    checked, faults = (sum(getattr(one, name) for one in clip.exercises) for name in ("checked", "fault_count"))
    said = [clip.reason] if clip.reason else [_exercise_text(one) for one in clip.exercises if not one.is_passed]
    details = f'<ul class="faults">{"".join(f"<li>{_text(line)}</li>" for line in said)}</ul>' if said else ""
    numbers = "".join(f'<td class="number">{value}</td>' for value in (clip.frames, checked, faults))
    return (
        f'<tr><td>{_text(clip.title)}{details}</td><td class="{_class(clip.verdict)}">{clip.verdict.value}</td>'
        f'{numbers}<td class="number">{clip.seconds:.1f}</td></tr>'
    )


def _exercise_text(report: Report) -> str:
    if not report.faults:
        return f"{report.name}: nothing could be checked"
    return f"{report.name}: {report.fault_count} faults, first: {'; '.join(report.faults)}"


def _class(verdict: Verdict) -> str:
    return verdict.value.replace(" ", "-")


def _text(value: str) -> str:
    return html.escape(value)

"""Claims from file names, by the patterns of common body-worn, CCTV, phone and dashcam makers.

A name is text that anybody can change, but recorders write it at the start and exports keep it when they lose the
tags. A name that follows no known pattern yields nothing: digits that might be a date are not guessed at. Where day
and month could be swapped, the name yields nothing either.

To add a pattern: 1. add a `_Pattern` to `_PATTERNS`, before any broader one, its expression built of `{date}`,
`{time}` and the named groups that `_claims` and `_hint` read; 2. say in `note` what the maker's clock is set to, if
known; 3. add a real name (with an invented serial) to `tests/evidence/test_file_names.py`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

from evidence.claims import clock_text
from evidence.claims.source import ClaimSource, Found, claim
from evidence.records import CameraKind, ClaimMeaning, ClaimOrigin, ClaimZone, DeviceHint, TimeClaim
from evidence.text import clean_text
from evidence.times import NS_PER_S

_PARTS = {
    "date": r"(?P<year>20\d{2})(?P<month>[01]\d)(?P<day>[0-3]\d)",
    "date_": r"(?P<year>20\d{2})[-_.](?P<month>[01]\d)[-_.](?P<day>[0-3]\d)",
    "short_date": r"(?P<short_year>\d{2})(?P<month>[01]\d)(?P<day>[0-3]\d)",
    "time": r"(?P<hour>[0-2]\d)(?P<minute>[0-5]\d)(?P<second>[0-5]\d)",
    "time_": r"(?P<hour>[0-2]\d)[-_.:h](?P<minute>[0-5]\d)[-_.:m](?P<second>[0-5]\d)",
    "end": r"(?P<end_year>20\d{2})(?P<end_month>[01]\d)(?P<end_day>[0-3]\d)"
    r"(?P<end_hour>[0-2]\d)(?P<end_minute>[0-5]\d)(?P<end_second>[0-5]\d)",
}
_WEARER = re.compile(r"([A-Z]+)[ _-]?0*(\d+)", re.ASCII)
_LENSES = {"f": "front", "r": "rear", "i": "inside", "t": "telephoto", "s": "side"}
_SENT = "The time at which the message was sent, received or saved, not that of recording."


@dataclass(frozen=True)
class _Pattern:
    name: str
    expression: str
    kind: CameraKind | None = None
    make: str = ""
    zone: ClaimZone = ClaimZone.LOCAL
    meaning: ClaimMeaning = ClaimMeaning.START
    note: str = ""
    compiled: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        expression = self.expression
        for word, part in _PARTS.items():
            expression = expression.replace("{" + word + "}", part)
        object.__setattr__(self, "compiled", re.compile(expression, re.IGNORECASE | re.ASCII))


_BWV, _CCTV, _PHONE, _DASH = CameraKind.BWV, CameraKind.CCTV, CameraKind.MOBILE, CameraKind.DASHCAM
_UNRELATED = ClaimMeaning.UNRELATED

# fmt: off
_PATTERNS = (
    # Body-worn video
    _Pattern("Axon Body", r"axon[ _](?P<model>body[ _]\d|flex[ _]?\d?|fleet[ _]?\d?)[ _]video[ _]{date_}[ _]"
             r"(?P<hour>[0-2]\d)(?P<minute>[0-5]\d)(?:[ _](?P<serial>[a-z][0-9a-z]{7,9}))?(?:-(?P<segment>\d+))?",
             _BWV, "Axon", note="To the minute, when recording was pressed; a pre-event buffer lies before it."),
    _Pattern("VideoBadge", r"(?P<serial>vb-?\d{3}[-_ ]?\d{4,8})[-_ ]{date_}[-_ T]{time_}(?:[-_ ](?P<segment>\d+))?",
             _BWV, "Motorola (Edesix)"),
    _Pattern("VideoBadge", r"(?P<serial>vb-?\d{3}[-_ ]?\d{4,8})[-_ ]{date}[-_ T]?{time}(?:[-_ ](?P<segment>\d+))?",
             _BWV, "Motorola (Edesix)"),
    _Pattern("Reveal", r"(?P<serial>(?:rs\d|d[357]|k\d|calla)[a-z0-9]*[-_][0-9a-z]+)[-_]{date}[-_]?{time}"
             r"(?:[-_](?P<segment>\d+))?", _BWV, "Reveal"),
    _Pattern("body-worn: serial, date, time, number",
             r"(?P<serial>[a-z]{1,2}\d{2,8}[0-9a-z]{2,6})_{date}_{time}_(?P<segment>\d{3,5})", _BWV),
    _Pattern("body-worn: wearer, serial, date, time",
             r"(?P<wearer>(?:pc|ps|wpc|insp)[ _-]?\d{1,6})[-_ ](?:(?P<serial>[a-z]\d[0-9a-z]{5,9})[-_ ])?"
             r"{date}[-_ T]?{time}(?:[-_ ](?P<segment>\d+))?", _BWV),
    # CCTV recorders and their exports
    _Pattern("recorder: channel, start, end",
             r"(?:(?P<recorder>[a-z][a-z0-9]*)_)?ch(?P<channel>\d{1,3})_(?:(?:main|sub|extra)_)?{date}{time}[_-]{end}",
             _CCTV),
    _Pattern("recorder: channel, start",
             r"(?:(?P<recorder>[a-z][a-z0-9]*)_)?ch(?P<channel>\d{1,3})_(?:(?:main|sub|extra)_)?{date}[-_T]?{time}",
             _CCTV),
    _Pattern("Hikvision: address, channel, start", r"(?P<recorder>\d{1,3}(?:\.\d{1,3}){3})_(?P<channel>\d{1,3})_"
             r"{date}{time}(?P<milli>\d{3})?(?:_\d+)?", _CCTV, "Hikvision"),
    _Pattern("Hikvision: camera, start, end",
             r"(?P<recorder>(?:ip ?camera|camera|cam|d|a)[ _]?\d{1,3})_{date}{time}_{end}", _CCTV, "Hikvision"),
    _Pattern("Dahua: channel, start, end", r"(?P<recorder>[^_]+)_ch(?P<channel>\d+)_{date}{time}_{end}",
             _CCTV, "Dahua"),
    _Pattern("Reolink", r"rec[ms](?P<channel>\d{2})_{date}_{time}(?:_\d{6}.*)?", _CCTV, "Reolink"),
    _Pattern("Synology", r"(?P<recorder>.{1,60}?)-{date}-{time}-\d{10}", _CCTV, "Synology"),
    _Pattern("export: camera, date, time", r"(?P<recorder>(?:camera|cam|cctv|channel|ch)[ _-]?[0-9a-z]{1,12})"
             r"(?: - |[ _-]){date_}(?: - |[ _T-]+)(?:at )?{time_}(?:[ _.-](?P<milli>\d{3}))?", _CCTV),
    _Pattern("export: camera, date, time", r"(?P<recorder>(?:camera|cam|cctv|channel|ch)[ _-]?[0-9a-z]{1,12})"
             r"[ _-]{date}[ _T-]?{time}(?:[ _.-](?P<milli>\d{3}))?", _CCTV),
    # Dashcams
    _Pattern("Viofo", r"(?P<year>20\d{2})_(?P<month>[01]\d)(?P<day>[0-3]\d)_{time}_(?P<segment>\d{3,6})"
             r"(?P<lens>[frit])?", _DASH),
    _Pattern("Viofo", r"{date}{time}_(?P<segment>\d{3,6})p?(?P<lens>[frit])?", _DASH, "Viofo"),
    _Pattern("BlackVue", r"{date}_{time}_[neptma](?P<lens>[frits])[sl]?", _DASH, "BlackVue"),
    _Pattern("Nextbase", r"{short_date}_{time}_(?P<segment>\d{3})_(?P<lens>[fri])[hl]", _DASH, "Nextbase"),
    _Pattern("Thinkware", r"(?:rec|evt|mot|par)_(?P<year>20\d{2})_(?P<month>[01]\d)_(?P<day>[0-3]\d)_"
             r"{time_}_(?P<lens>[fri])", _DASH, "Thinkware"),
    _Pattern("70mai", r"(?:no|ev|pa)_?{date}-{time}-(?P<segment>\d{6})(?P<lens>[frb])?", _DASH, "70mai"),
    _Pattern("Tesla", r"{date_}_{time_}-(?P<view>front|back|left_repeater|right_repeater|left_pillar|right_pillar)",
             _DASH, "Tesla"),
    _Pattern("dashcam: date, time, number, lens", r"{date}[-_]?{time}_(?P<segment>\d{3,6})_?(?P<lens>[fr])", _DASH),
    # Phones and what comes through messengers
    _Pattern("Pixel", r"pxl_{date}_{time}(?P<milli>\d{3})(?:[.~].*)?", _PHONE, "Google", ClaimZone.UTC,
             note="Pixel phones write UTC in names."),
    _Pattern("Android", r"vid_{date}_{time}(?P<milli>\d{3})?(?:[_~(].*)?", _PHONE),
    _Pattern("screen recording", r"screen[_-]?record(?:ing|er)?[-_]{date_}[-_]{time_}.*", _PHONE),
    _Pattern("screen recording", r"screen[_-]?record(?:ing|er)?[-_]{date}[-_]{time}.*", _PHONE),
    _Pattern("WhatsApp", r"(?:vid|aud|ptt)-{date}-wa(?P<segment>\d{4}).*", _PHONE, meaning=_UNRELATED, note=_SENT),
    _Pattern("WhatsApp", r"whatsapp (?:video|audio|ptt) {date_} at {time_}.*", _PHONE, meaning=_UNRELATED, note=_SENT),
    _Pattern("Signal", r"signal-{date_}-{time}.*", _PHONE, meaning=_UNRELATED, note=_SENT),
    _Pattern("Telegram", r"video_{date_}_{time_}.*", _PHONE, meaning=_UNRELATED, note=_SENT),
    # Other cameras
    _Pattern("DJI", r"dji_{date}{time}_(?P<segment>\d{4})(?:_.*)?", None, "DJI"),
    _Pattern("GoPro", r"g[hxsl](?P<segment>\d{2})(?P<series>\d{4})", None, "GoPro"),
    _Pattern("GoPro", r"gp(?P<segment>\d{2})(?P<series>\d{4})", None, "GoPro"),
    _Pattern("GoPro", r"gopr(?P<series>\d{4})", None, "GoPro"),
    # No maker, but a whole date with the year first, and a time
    _Pattern("year, month, day, time", r"{date}[-_ T]?{time}(?:[-_ .](?P<milli>\d{3}))?"),
    _Pattern("year, month, day, time", r"{date_}[-_ T]+(?:at )?{time_}(?:[-_ .](?P<milli>\d{3}))?"),
    _Pattern("name, year, month, day, time", r"(?P<any>.{1,80}?)[-_ ]{date}[-_ T]?{time}(?:[-_ .](?P<milli>\d{3}))?"),
    _Pattern("name, year, month, day, time",
             r"(?P<any>.{1,80}?)[-_ ]{date_}[-_ T]+(?:at )?{time_}(?:[-_ .](?P<milli>\d{3}))?"),
    # Day first: only where the day cannot be a month
    _Pattern("name, day, month, year, time", r"(?:(?P<any>.{1,80}?)[-_ ])?(?P<day>1[3-9]|2\d|3[01])[-_.]"
             r"(?P<month>0[1-9]|1[0-2])[-_.](?P<year>20\d{2})[-_ T]+{time_}"),
)
# fmt: on

_DAHUA_DAY = re.compile(r"(20\d{2})-([01]\d)-([0-3]\d)")
_DAHUA_CLIP = re.compile(r"([0-2]\d)\.([0-5]\d)\.([0-5]\d)-([0-2]\d)\.([0-5]\d)\.([0-5]\d)(?:\[.*)?", re.ASCII)


def collect(source: ClaimSource) -> Found:
    """Collect what the file's name says."""
    stem = _stem(source.path_bytes)
    for pattern in _PATTERNS:
        match = pattern.compiled.fullmatch(stem)
        if match is None:
            continue
        claims = _claims(pattern, match.groupdict(), stem)
        if claims or "series" in match.groupdict():
            return Found(claims, _hint(pattern, match.groupdict()))
    return _dahua_card(source.path_bytes, stem)


def _stem(path_bytes: bytes) -> str:
    name = os.path.basename(path_bytes.rstrip(b"/")).decode("utf-8", errors="surrogateescape")  # noqa: PTH119 - bytes
    return name.rpartition(".")[0] or name


def _claims(pattern: _Pattern, parts: dict[str, str | None], stem: str) -> tuple[TimeClaim, ...]:
    start = _instant(parts, "")
    if start is None:
        return ()
    resolution = 86_400 if parts.get("hour") is None else 60 if parts.get("second") is None else 1
    origin, source = ClaimOrigin.FILE_NAME, f"file name, {pattern.name} form"
    step = NS_PER_S // 1000 if parts.get("milli") else resolution * NS_PER_S
    claims = [
        claim(
            origin, source, stem, start, pattern.zone, meaning=pattern.meaning, resolution_ns=step, note=pattern.note
        )
    ]  # fmt: skip
    end = _instant(parts, "end_") if parts.get("end_year") else None
    if end is not None and end > start:
        claims.append(claim(origin, f"{source}, its end", stem, end, pattern.zone, meaning=ClaimMeaning.END))
    return tuple(claims)


def _instant(parts: dict[str, str | None], prefix: str) -> int | None:
    year = parts.get(f"{prefix}year") or (f"20{parts['short_year']}" if parts.get("short_year") else None)
    if year is None:
        return None
    names = ("month", "day", "hour", "minute", "second")
    rest = [int(parts.get(prefix + name) or 0) for name in names]
    milli = int(parts.get("milli") or 0) if not prefix else 0
    return clock_text.from_digits(int(year), *rest, nanosecond=milli * (NS_PER_S // 1000))


def _hint(pattern: _Pattern, parts: dict[str, str | None]) -> DeviceHint:
    segment = parts.get("segment")
    lens = _LENSES.get((parts.get("lens") or "").lower(), "") or (parts.get("view") or "").replace("_", " ")
    channel = int(parts["channel"] or 0) if parts.get("channel") else None
    group = " ".join(
        word
        for word in (
            parts.get("recorder") or "",
            f"channel {channel}" if channel is not None else "",
            lens,
            (parts.get("any") or "").strip(" -_"),
            f"{pattern.make} {parts['series']}" if parts.get("series") else "",
        )
        if word
    )
    return DeviceHint(
        make=pattern.make,
        model=clean_text((parts.get("model") or "").replace("_", " ").title(), limit=60),
        serial=clean_text((parts.get("serial") or "").upper(), limit=60),
        wearer=clean_text(_WEARER.sub(r"\1 \2", (parts.get("wearer") or "").upper()), limit=60),
        kind=pattern.kind,
        group=clean_text(group, limit=120),
        segment=int(segment) if segment else None,
    )


def _dahua_card(path_bytes: bytes, stem: str) -> Found:
    """Dahua cards keep the day in a folder, the time in the name: `2026-03-14/003/dav/21/21.32.07-21.40.00[M].dav`."""
    clip = _DAHUA_CLIP.fullmatch(stem)
    folders = path_bytes.decode("utf-8", errors="surrogateescape").replace("\\", "/").split("/")[-6:-1]
    day = next((found for part in reversed(folders) if (found := _DAHUA_DAY.fullmatch(part))), None)
    if clip is None or day is None:
        return Found()
    date = [int(part) for part in day.groups()]
    times = [int(part) for part in clip.groups()]
    start, end = clock_text.from_digits(*date, *times[:3]), clock_text.from_digits(*date, *times[3:])
    if start is None or end is None:
        return Found()
    source, raw = "folder and file name, Dahua card form", f"{day[0]}/{stem}"
    claims = [claim(ClaimOrigin.FILE_NAME, source, raw, start, ClaimZone.LOCAL)]
    if end > start:
        end_claim = claim(
            ClaimOrigin.FILE_NAME, f"{source}, its end", raw, end, ClaimZone.LOCAL, meaning=ClaimMeaning.END
        )
        claims.append(end_claim)
    place = folders.index(day[0])
    channel = folders[place + 1] if place + 1 < len(folders) and folders[place + 1].isdigit() else ""
    hint = DeviceHint(make="Dahua", kind=CameraKind.CCTV, group=f"channel {int(channel)}" if channel else "")
    return Found(tuple(claims), hint)

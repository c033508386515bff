"""Claims from the tags of the container and its streams: creation times, Apple and Android keys, makes and models.

What `creation_time` means depends on the maker. Android writes it when recording ends, Apple when it starts; GoPro
writes local time although the format says UTC; editors write when they exported. Where the habit is not known, the
claim says so.

To add a maker's habit: 1. add a `_Habit` to `_HABITS` with the test that recognises its files, before any broader
one; 2. say where the knowledge comes from in its note; 3. test it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from evidence.claims import clock_text
from evidence.claims.source import ClaimSource, Found, claim
from evidence.records import CameraKind, ClaimMeaning, ClaimOrigin, ClaimZone, DeviceHint, StreamKind, TimeClaim
from evidence.text import clean_text
from evidence.times import NS_PER_S

_APPLE = "com.apple.quicktime."
_ANDROID = "com.android."
_TIME_OF_DAY = re.compile(r"(\d{2}):(\d{2}):(\d{2})")
_TIMECODE = re.compile(r"(\d{2}):(\d{2}):(\d{2})[:;.](\d{2})$")
_GOPRO_FIRMWARE = re.compile(r"(HD|H)(\d{1,2})\.")
_PHONE = re.compile(r"iphone|ipad|ipod|pixel|galaxy|^sm-|xperia|redmi|huawei|oneplus", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Habit:
    name: str
    matches: Callable[[ClaimSource], bool]
    meaning: ClaimMeaning
    zone: ClaimZone
    note: str


def _handler_has(words: str) -> Callable[[ClaimSource], bool]:
    return lambda source: any(words in stream.tags.get("handler_name", "") for stream in source.streams)


def _tag_starts(prefix: str) -> Callable[[ClaimSource], bool]:
    return lambda source: any(key.startswith(prefix) for key in source.tags)


_HABITS = (
    _Habit(
        "GoPro", _handler_has("GoPro"), ClaimMeaning.START, ClaimZone.LOCAL,
        "GoPro writes the camera's local time here, although the format says UTC.",
    ),
    _Habit(
        "Android", _tag_starts(_ANDROID), ClaimMeaning.END, ClaimZone.UTC,
        "Android writes this tag when recording ends.",
    ),
    _Habit(
        "Apple", _tag_starts(_APPLE), ClaimMeaning.START, ClaimZone.UTC,
        "Apple devices write the start of recording here; a copy that was edited or exported carries a later time.",
    ),
    _Habit(
        "phone of the 3GP kind", lambda source: source.brand.startswith("3gp"), ClaimMeaning.START_OR_END,
        ClaimZone.ASSERTED_UTC, "Phones write either the start or the end of recording here.",
    ),
    _Habit(
        "unknown maker", lambda _source: True, ClaimMeaning.START_OR_END, ClaimZone.ASSERTED_UTC,
        "Whether this is the start or the end, and whether it is truly UTC, depends on the maker.",
    ),
)  # fmt: skip


def collect(source: ClaimSource) -> Found:
    """Collect what the tags say."""
    claims: list[TimeClaim] = []
    claims += _apple_date(source)
    claims += _creation_times(source)
    claims += _broadcast_wave(source)
    claims += _plain_dates(source)
    claims += _timecodes(source, next(iter(claims), None))
    return Found(tuple(claims), _device(source))


def was_converted(source: ClaimSource) -> bool:
    """Tell whether a conversion program wrote the file: then it is not what the recorder wrote."""
    writers = (source.tags.get("encoder", ""), source.tags.get("encoded_by", ""), source.tags.get("software", ""))
    return any(words in writer for writer in writers for words in ("Lavf", "HandBrake", "Adobe", "Lavc"))


def _apple_date(source: ClaimSource) -> list[TimeClaim]:
    raw = source.tags.get(_APPLE + "creationdate", "")
    moment = clock_text.parse_written(raw)
    if moment is None:
        return []
    return [
        claim(
            ClaimOrigin.QUICKTIME_TAG, "moov/meta com.apple.quicktime.creationdate", raw, moment.instant_ns,
            moment.zone, resolution_ns=moment.resolution_ns,
            note="The start of recording by the device, with its own time zone.",
        )
    ]  # fmt: skip


def _creation_times(source: ClaimSource) -> list[TimeClaim]:
    habit = next(habit for habit in _HABITS if habit.matches(source))
    claims = []
    seen: set[int] = set()
    places = [("", source.tags)] + [(f"stream {stream.index} ", stream.tags) for stream in source.streams]
    for place, tags in places:
        raw = tags.get("creation_time", "")
        moment = clock_text.parse_written(raw)
        if moment is None or moment.instant_ns in seen:
            continue
        seen.add(moment.instant_ns)
        zone = habit.zone if moment.zone is ClaimZone.UTC else moment.zone
        claims.append(
            claim(
                ClaimOrigin.CONTAINER, f"{place}creation_time ({habit.name})", raw, moment.instant_ns, zone,
                meaning=habit.meaning, note=habit.note,
            )
        )  # fmt: skip
    return claims


def _broadcast_wave(source: ClaimSource) -> list[TimeClaim]:
    """A Broadcast Wave file says date and time of day apart (EBU Tech 3285, OriginationDate and OriginationTime)."""
    if not source.container.startswith(("wav", "w64")):
        return []
    time_of_day = _TIME_OF_DAY.fullmatch(source.tags.get("creation_time", "").replace("-", ":"))
    date = source.tags.get("date", "")
    moment = clock_text.parse_written(f"{date} {time_of_day[0]}") if time_of_day else None
    if moment is None:
        return []
    return [
        claim(
            ClaimOrigin.MAKER_TAG, "bext origination date and time", f"{date} {source.tags['creation_time']}",
            moment.instant_ns, ClaimZone.LOCAL, note="Broadcast Wave files give the recorder's local time.",
        )
    ]  # fmt: skip


def _plain_dates(source: ClaimSource) -> list[TimeClaim]:
    claims = []
    for key in ("date", "date_recorded", "datetimeoriginal", "date-eng", "com.android.capture.date", "tdrc"):
        raw = source.tags.get(key, "")
        moment = clock_text.parse_written(raw)
        if moment is None:
            continue
        converted = was_converted(source)
        note = (
            "A conversion program wrote this file, so this may be the time of the export."
            if converted
            else "The tag does not say which moment it means."
        )
        meaning = ClaimMeaning.UNRELATED if converted else ClaimMeaning.START_OR_END
        claims.append(
            claim(
                ClaimOrigin.CONTAINER, f"{key} tag", raw, moment.instant_ns, moment.zone,
                meaning=meaning, resolution_ns=moment.resolution_ns, note=note,
            )
        )  # fmt: skip
    return claims


def _timecodes(source: ClaimSource, dated: TimeClaim | None) -> list[TimeClaim]:
    """A timecode tells the time of day at most; its date is taken from the claim that the file makes beside it."""
    places = [("container", source.tags)] + [(f"stream {stream.index}", stream.tags) for stream in source.streams]
    for place, tags in places:
        raw = tags.get("timecode", "").strip()
        match = _TIMECODE.match(raw)
        if match is None or dated is None or raw.startswith("00:00:00"):
            continue
        hour, minute, second = (int(part) for part in match.groups()[:3])
        day_ns = 24 * 3600 * NS_PER_S
        if hour > 23 or minute > 59 or second > 59:
            continue
        time_of_day = ((hour * 60 + minute) * 60 + second) * NS_PER_S
        instant = dated.instant_ns // day_ns * day_ns + time_of_day
        note = "A time of day only; the date is that of the creation time. A timecode counts from wherever it was set."
        zone = ClaimZone.LOCAL if dated.zone is not ClaimZone.UTC else ClaimZone.ASSERTED_UTC
        return [claim(ClaimOrigin.TIMECODE, f"{place} timecode", raw, instant, zone, note=note)]
    return []


def _device(source: ClaimSource) -> DeviceHint:
    tags = source.tags
    make = tags.get(_APPLE + "make") or tags.get(_ANDROID + "manufacturer") or tags.get("make") or ""
    model = tags.get(_APPLE + "model") or tags.get(_ANDROID + "model") or tags.get("model") or ""
    serial = tags.get("serial_number") or tags.get("serialnumber") or tags.get("camera_serial_number") or ""
    if not make and _handler_has("GoPro")(source):
        make = "GoPro"
        firmware = _GOPRO_FIRMWARE.match(tags.get("firmware", ""))
        model = f"HERO{firmware[2]}" if firmware else model
    names_device = bool(tags.get(_APPLE + "make")) or _tag_starts(_ANDROID)(source)
    is_phone = names_device or bool(_PHONE.search(model)) or source.brand.startswith("3gp")
    kind = CameraKind.MOBILE if is_phone else None
    if not any(stream.kind is StreamKind.VIDEO for stream in source.streams):
        kind = CameraKind.AUDIO
    return DeviceHint(
        make=clean_text(make.strip(), limit=80),
        model=clean_text(model.strip(), limit=80),
        serial=clean_text(serial.strip(), limit=80),
        kind=kind,
    )

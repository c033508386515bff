"""What the demo's devices write about themselves: file names, container tags, burnt-in clocks and GPS lines.

All of it tells the time of the device's own, wrong clock. The makers are invented; the forms are those that makers
of such devices use. `docs/demo.md` says for each file which claim of time is the strongest.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.demo.plan import FilePlan
from evidence.records import CameraKind
from evidence.times import NS_PER_S

_LATITUDE, _LONGITUDE = 51.589_412, -0.334_871
"""Harrow Lane does not exist; this is somewhere in north-west London."""

_METRES_PER_DEGREE = 111_320.0
_RTC_ERROR_S = 2
"""The dashcam's file name comes from its clock chip, which nobody has set right; its GPS lines know better."""


def file_path(plan: FilePlan) -> str:
    """Return where a recording lies below the demo's folder, with forward slashes."""
    camera = plan.camera
    start = _moment(plan.device_start_ns)
    stamp = f"{start:%Y%m%d_%H%M%S}"
    if camera.kind is CameraKind.BWV:
        return f"recordings/BWV/{camera.serial}_{stamp}_{412 + camera.code:04d}.{camera.coding.suffix}"
    if camera.kind is CameraKind.CCTV:
        end = _moment(plan.device_start_ns + plan.duration_ns)
        name = f"NVR_ch3_main_{start:%Y%m%d%H%M%S}_{end:%Y%m%d%H%M%S}.{camera.coding.suffix}"
        return f"recordings/CCTV Harrow Lane Parade/{name}"
    if camera.kind is CameraKind.MOBILE:
        return f"recordings/Phone/IMG_4187.{camera.coding.suffix.upper()}"
    chip = start + timedelta(seconds=_RTC_ERROR_S)
    return f"recordings/Dashcam/{chip:%Y%m%d_%H%M%S}_000031F.{camera.coding.suffix.upper()}"


def claim_text(plan: FilePlan) -> str:
    """Say which claim of time in the file is the strongest, and its value: the clock's reading at the first frame."""
    start = _moment(plan.device_start_ns)
    if plan.camera.kind is CameraKind.CCTV:
        return f"file name, start of two: {start:%Y-%m-%d %H:%M:%S} local time"
    if plan.camera.kind is CameraKind.MOBILE:
        return f"com.apple.quicktime.creationdate {start:%Y-%m-%dT%H:%M:%S}+0000"
    if plan.camera.kind is CameraKind.DASHCAM:
        return f"GPS line of the text track at offset 0: {start:%Y-%m-%d %H:%M:%S}.{start.microsecond // 1000:03d} UTC"
    return f"file name and container creation_time: {start:%Y-%m-%d %H:%M:%S} UTC"


def container_tags(plan: FilePlan) -> dict[str, str]:
    """Return the container's tags. A recorder that exports CCTV writes none."""
    camera = plan.camera
    if camera.kind is CameraKind.CCTV:
        return {}
    start = _moment(plan.device_start_ns)
    created = f"{start:%Y-%m-%dT%H:%M:%S}.000000Z"
    if camera.kind is CameraKind.MOBILE:
        return {
            "creation_time": created,
            "com.apple.quicktime.make": camera.make,
            "com.apple.quicktime.model": camera.model,
            "com.apple.quicktime.software": "4.2.1",
            "com.apple.quicktime.creationdate": f"{start:%Y-%m-%dT%H:%M:%S}+0000",
        }
    if camera.kind is CameraKind.DASHCAM:
        return {"creation_time": f"{start + timedelta(seconds=_RTC_ERROR_S):%Y-%m-%dT%H:%M:%S}.000000Z"}
    return {"creation_time": created, "title": f"{camera.make} {camera.model} {camera.serial}"}


def burnt_in_lines(plan: FilePlan, frame: int) -> tuple[str, ...]:
    """Return what the device writes into the picture of a frame, or nothing where it does not."""
    camera = plan.camera
    now = _moment(plan.device_ns(frame))
    if camera.kind is CameraKind.BWV:
        return f"{now:%Y-%m-%d} T{now:%H:%M:%S}Z", f"{camera.make} {camera.model} {camera.serial}".upper()
    if camera.kind is CameraKind.CCTV:
        return f"{now:%d-%m-%Y %a %H:%M:%S}", "CAM 03 HARROW LANE"
    if camera.kind is CameraKind.DASHCAM:
        return (f"{camera.make} {camera.model}  {now:%d/%m/%Y %H:%M:%S}".upper(),)
    return ()


def gps_line(device_ns: int, x_m: float, y_m: float, speed_mps: float) -> str:
    """Return an NMEA RMC sentence (NMEA 0183) for a fix at a reading of the device's clock, to the millisecond.

    The street runs north-east; places are where the scene has the car.
    """
    now = _moment(device_ns)
    north, east = (x_m - y_m) * 0.7071, (x_m + y_m) * 0.7071
    latitude = _LATITUDE + north / _METRES_PER_DEGREE
    longitude = _LONGITUDE + east / (_METRES_PER_DEGREE * 0.6213)
    body = (
        f"GPRMC,{now:%H%M%S}.{now.microsecond // 1000:03d},A,{_degrees(latitude, 2)},N,"
        f"{_degrees(longitude, 3)},W,{speed_mps * 1.943_844:.2f},45.0,{now:%d%m%y},,,A"
    )
    check = 0
    for sign in body.encode("ascii"):
        check ^= sign
    return f"${body}*{check:02X}"


def _degrees(value: float, digits: int) -> str:
    whole, rest = divmod(abs(value), 1)
    return f"{int(whole):0{digits}d}{rest * 60:08.5f}"


def _moment(ns: int) -> datetime:
    """Return the calendar time of a clock's reading, rounded down to the microsecond."""
    seconds, rest = divmod(ns, NS_PER_S)
    return datetime.fromtimestamp(seconds, tz=UTC) + timedelta(microseconds=rest // 1000)

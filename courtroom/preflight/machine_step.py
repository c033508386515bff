"""Checks 12 to 16 and 19: what the machine says of its power, disk, memory, clock and networks."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from courtroom.preflight.checks import Check, Outcome, Result
from courtroom.preflight.machine import MachineFacts
from evidence.time_text import size_text
from evidence.times import NS_PER_S, iso_utc

LEAST_DISK_BYTES = 1 << 30
"""For the court log, captures of witnesses' marks and a proxy."""

LEAST_MEMORY_BYTES = 1 << 30
"""For two players with their pictures decoded ahead."""

LOW_BATTERY_PERCENT = 30
_DAY_NS = 86_400 * NS_PER_S


def machine_results(machine: MachineFacts, *, made_ns: int | None, zone: str) -> list[Result]:
    """Return what is said of the machine.

    Args:
        machine: its facts.
        made_ns: the day on which the pack was made, ns since the Unix epoch, or None where it does not say.
        zone: of the case's local times, an IANA name.
    """
    return [_power(machine), _disk(machine), _memory(machine), _clock(machine, made_ns, zone), _network(machine)]


def _power(machine: MachineFacts) -> Result:
    charge = "" if machine.battery_percent is None else f" The battery has {machine.battery_percent} %."
    if machine.is_on_mains:
        return Result(Check.POWER, Outcome.PASS, f"The power is connected.{charge}")
    if machine.is_on_mains is None:
        text = f"Nothing says whether the power is connected; no battery was found.{charge}"
        if machine.battery_percent is None:
            return Result(Check.POWER, Outcome.NOTE, text, "On a laptop, look at its plug and its charge.")
        return Result(Check.POWER, Outcome.FAIL, text.replace("; no battery was found", ""), "Connect the power.")
    low = " That is low." if (machine.battery_percent or 0) < LOW_BATTERY_PERCENT else ""
    text = f"It runs on its battery, and is slower and may switch itself off.{charge}{low}"
    return Result(Check.POWER, Outcome.FAIL, text, "Connect the power, and check again.")


def _disk(machine: MachineFacts) -> Result:
    free = machine.free_disk_bytes
    if free is None:
        text = "The disk for the court log does not say how much of it is free."
        return Result(Check.DISK, Outcome.FAIL, text, "Use a disk that can be written.")
    text = f"{size_text(free)} are free for the court log, captures and proxies."
    if free < LEAST_DISK_BYTES:
        remedy = f"Make room: at least {size_text(LEAST_DISK_BYTES)} should be free."
        return Result(Check.DISK, Outcome.FAIL, f"Only {text}", remedy)
    return Result(Check.DISK, Outcome.PASS, text)


def _memory(machine: MachineFacts) -> Result:
    free = machine.free_memory_bytes
    if free is None:
        return Result(Check.MEMORY, Outcome.NOTE, "The machine does not say how much memory is free.")
    text = f"{size_text(free)} of memory are free."
    if free < LEAST_MEMORY_BYTES:
        return Result(Check.MEMORY, Outcome.FAIL, f"Only {text}", "Close other programs, or restart the machine.")
    return Result(Check.MEMORY, Outcome.PASS, text)


def _clock(machine: MachineFacts, made_ns: int | None, zone: str) -> Result:
    now = iso_utc(machine.now_ns, digits=0)
    if made_ns is not None and machine.now_ns < made_ns - _DAY_NS:
        text = f"The machine's clock says {now}, which is before the pack was made ({iso_utc(made_ns, digits=0)[:10]})."
        remedy = "Set date and time: the court log tells when each item was shown by this clock."
        return Result(Check.CLOCK, Outcome.FAIL, text, remedy)
    instant = datetime.fromtimestamp(machine.now_ns // NS_PER_S, UTC)
    offset = ZoneInfo(zone).utcoffset(instant)
    expected = 0 if offset is None else offset.days * 86_400 + offset.seconds
    if expected != machine.utc_offset_s:
        text = (
            f"The machine's clock says {now}. Its zone is {machine.zone}, the case's {zone}: pictures are labelled in "
            "the case's zone, whatever the machine's is."
        )
        return Result(Check.CLOCK, Outcome.NOTE, text, "Compare the date and time with a clock you trust.")
    text = f"The machine's clock says {now}, in the case's zone; whether it is right to the minute, only you can tell."
    return Result(Check.CLOCK, Outcome.PASS, text)


def _network(machine: MachineFacts) -> Result:
    if machine.networks is None:
        return Result(Check.NETWORK, Outcome.NOTE, "Which networks are connected is not known.", "Switch them off.")
    if not machine.networks:
        return Result(Check.NETWORK, Outcome.PASS, "No network interface is up.")
    names = ", ".join(machine.networks[:6])
    text = f"Networks are up ({names}). Sightline uses none in court mode; other programs may, and show notices."
    return Result(Check.NETWORK, Outcome.NOTE, text, "Switch on flight mode, or pull the cable.")

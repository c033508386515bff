"""Cuts one recording by whichever mode was asked for, checks what was written, and says what was done.

Runs in the process that cuts.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import av.error

from annotations.cuts.checking import CheckFailedError, Expected, SoundApartError, check
from annotations.cuts.copying import CannotCopyError, copy_packets
from annotations.cuts.digests import Copied
from annotations.cuts.encoding import encode_range
from annotations.cuts.joining import CannotJoinError, join_range
from annotations.cuts.messages import CheckFacts, Codec, Cut, CutOrder, LeftOut, Mode, NotCut, Span
from annotations.cuts.pictures_out import CannotEncodeError
from annotations.cuts.places import PacketRange, lead_in_ns, packets_for
from annotations.cuts.written import DiskError
from evidence.errors import SightlineError
from evidence.program import program_name

Tell = Callable[[int, str], None]
"""Told how much is done in thousandths, and what is being done; also a sign of life."""

_EARLIER_KEYS = (0, 1, 2, 4, 8, 16, 64, 1 << 30)
_WRITING, _CHECKING = "Cutting", "Checking"


def cut(order: CutOrder, tell: Tell) -> Cut | NotCut:
    """Cut one recording and check it. What cannot be done comes back as a reason; nothing foreseen is raised."""
    path = Path(os.fsdecode(order.out_path))
    by_mode = {Mode.COPY: _copy, Mode.EXACT: _exact, Mode.SMART: _smart}
    try:
        return by_mode[order.mode](order, path, tell)
    except DiskError as error:
        return NotCut(str(error).rstrip(".") + ".", "Free some space, or choose another folder.", is_disk=True)
    except CannotJoinError as error:
        return NotCut(str(error), "Choose copy or exact for this recording.")
    except CannotCopyError as error:
        return NotCut(str(error), "Choose exact for this recording.")
    except CannotEncodeError as error:
        return NotCut(str(error), "Choose copy for this recording, or exact with FFV1.")
    except CheckFailedError as error:
        return NotCut(
            f"What was cut out of {order.display_name} did not pass its check: {error}",
            "Choose another mode; if that fails too, verify the case and report this with the file.",
        )
    except av.error.FFmpegError as error:
        return NotCut(
            f"{order.display_name} cannot be cut like this: FFmpeg says “{error.strerror or error}”.",
            "Choose another mode for this recording.",
        )
    except SightlineError as error:
        return NotCut(error.happened, error.remedy)


def _teller(tell: Tell, start: int, end: int, doing: str) -> Callable[[int, int], None]:
    def advance(done: int, total: int) -> None:
        tell(start + (end - start) * done // max(1, total), doing)

    return advance


def _copy(order: CutOrder, path: Path, tell: Tell) -> Cut:
    """Copy; where the key frame turns out to be no clean start, begin anew from an earlier one."""
    if order.index is None:
        copied = copy_packets(order, None, path, _teller(tell, 0, 600, _WRITING))
        return _copied(order, path, None, copied, tell)
    tried: set[tuple[int, bool]] = set()
    failure: CheckFailedError | None = None
    for earlier, from_start in [(0, False), *((one, True) for one in _EARLIER_KEYS)]:
        place = packets_for(order.index, order.first, order.last, earlier_keys=earlier)
        if (place.start, from_start) in tried:
            continue
        tried.add((place.start, from_start))
        copied = copy_packets(order, place, path, _teller(tell, 0, 400, _WRITING), has_one_key=from_start)
        notes = ("The nearest key frame is no clean start, so the copy begins at an earlier one.",) if earlier else ()
        try:
            return _copied(order, path, place, copied, tell, notes=notes, from_start=from_start)
        except SoundApartError:
            raise  # an earlier key frame would not mend that
        except CheckFailedError as error:
            failure = failure or error
    assert failure is not None
    raise failure


def _copied(
    order: CutOrder,
    path: Path,
    place: PacketRange | None,
    copied: Copied,
    tell: Tell,
    *,
    notes: tuple[str, ...] = (),
    from_start: bool = False,
) -> Cut:
    asked = (Span(order.first, order.last),) if order.index is not None else ()
    sounds = tuple(number for number in copied.order if number != order.video and number in _sounds(order))
    expected = Expected(place, asked, copied.is_hidden, copied, sounds, copies_sound=True, from_start=from_start)
    facts = check(order, path, expected, _teller(tell, 400, 1000, _CHECKING))
    base = _base(facts, copied.left_out, (*notes, *copied.notes))
    if place is None:
        return replace(base, operation=_COPIED_SOUND, is_hidden=copied.is_hidden)
    assert order.index is not None
    return replace(
        base,
        start_packet=place.start,
        end_packet=place.end,
        key_frame=place.key_frame,
        lead_in=place.lead_in,
        lead_in_ns=lead_in_ns(order.index, place, order.first),
        lead_out=place.lead_out,
        undecodable=place.undecodable,
        is_hidden=copied.is_hidden,
        copied=asked,
        operation=f"Video packets {place.start:,} to {place.end:,} in decoding order copied byte for byte, with the "
        f"packets of other streams that overlap the range, into {order.out_format}.",
    )


def _exact(order: CutOrder, path: Path, tell: Tell) -> Cut:
    written = encode_range(order, path, _teller(tell, 0, 700, _WRITING))
    asked = (Span(order.first, order.last),) if order.index is not None else ()
    is_equal = order.is_lossless or order.codec is Codec.FFV1
    expected = Expected(None, asked if is_equal else (), True, None, written.sounds, copies_sound=False)
    facts = check(order, path, expected, _teller(tell, 700, 1000, _CHECKING))
    return replace(
        _base(facts, written.left_out, written.notes),
        encoded=asked,
        encoder=written.encoder,
        operation=f"Frames {order.first:,} to {order.last:,} decoded and encoded anew, sound from the first frame's "
        f"start to the last one's end decoded and encoded without loss, into {order.out_format}."
        if asked
        else f"Sound decoded and encoded without loss, to the sample, into {order.out_format}.",
    )


def _smart(order: CutOrder, path: Path, tell: Tell) -> Cut:
    joined = join_range(order, path, _teller(tell, 0, 500, _WRITING))
    sounds = tuple(number for number in joined.copied.order if number in _sounds(order))
    expected = Expected(None, joined.spans_copied, True, joined.copied, sounds, copies_sound=True)
    facts = check(order, path, expected, _teller(tell, 500, 1000, _CHECKING))
    return replace(
        _base(facts, joined.copied.left_out, tuple(joined.copied.notes)),
        start_packet=joined.start_packet,
        end_packet=joined.end_packet,
        copied=joined.spans_copied,
        encoded=joined.spans_encoded,
        encoder=joined.encoder,
        is_hidden=joined.copied.is_hidden,
        operation=joined.operation,
    )


_COPIED_SOUND = "Packets that overlap the range copied byte for byte."


def _sounds(order: CutOrder) -> set[int]:
    return {note.index for note in order.streams if note.kind == "audio"}


def _base(facts: CheckFacts, left_out: tuple[LeftOut, ...], notes: tuple[str, ...]) -> Cut:
    return Cut(
        start_packet=None,
        end_packet=None,
        key_frame=None,
        lead_in=0,
        lead_in_ns=0,
        lead_out=0,
        undecodable=0,
        is_hidden=False,
        copied=(),
        encoded=(),
        operation="",
        encoder="",
        left_out=left_out,
        notes=notes,
        libraries=libraries(),
        check=facts,
    )


def libraries() -> tuple[tuple[str, str], ...]:
    """Return name and version of the program and of each library that cuts."""
    found = [("program", program_name()), ("PyAV", av.__version__)]
    found += [(name, ".".join(map(str, version))) for name, version in sorted(av.library_versions.items())]
    return tuple(found)

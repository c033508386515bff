"""Changes to a run sheet, each of which gives a new one: putting in, moving, doubling, taking out, changing items."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from courtroom.run_sheet import Item, KeyMoment, RunSheet
from evidence.times import IncidentTime


def new_sheet(title: str) -> RunSheet:
    """Return an empty run sheet."""
    return RunSheet(str(uuid.uuid4()), title)


def new_item_id() -> str:
    """Return an id for an item."""
    return str(uuid.uuid4())


def put_in(sheet: RunSheet, items: Iterable[Item], before: int | None = None) -> RunSheet:
    """Return the sheet with items put in before the item at a place (from 0), or at the end."""
    place = len(sheet.items) if before is None else max(0, min(before, len(sheet.items)))
    return replace(sheet, items=(*sheet.items[:place], *items, *sheet.items[place:]))


def take_out(sheet: RunSheet, item_ids: Collection[str]) -> RunSheet:
    """Return the sheet without some items."""
    return replace(sheet, items=tuple(item for item in sheet.items if item.id not in item_ids))


def move(sheet: RunSheet, item_ids: Collection[str], before: int) -> RunSheet:
    """Return the sheet with some items moved before the one that is at a place (from 0) now, in their order."""
    moved = [item for item in sheet.items if item.id in item_ids]
    rest_before = [item for item in sheet.items[:before] if item.id not in item_ids]
    rest_after = [item for item in sheet.items[before:] if item.id not in item_ids]
    return replace(sheet, items=(*rest_before, *moved, *rest_after))


def double(sheet: RunSheet, item_ids: Collection[str]) -> RunSheet:
    """Return the sheet with a copy of each of some items right behind the last of them."""
    copies = [replace(item, id=new_item_id()) for item in sheet.items if item.id in item_ids]
    places = [place for place, item in enumerate(sheet.items) if item.id in item_ids]
    return put_in(sheet, copies, places[-1] + 1) if places else sheet


def change(sheet: RunSheet, item_ids: Collection[str], how: Callable[[Item], Item]) -> RunSheet:
    """Return the sheet with some items changed. Raises ValueError where one would be impossible."""
    return replace(sheet, items=tuple(how(item) if item.id in item_ids else item for item in sheet.items))


def with_moment(item: Item, instant: IncidentTime, label: str = "") -> Item:
    """Return an item with a key moment more. Raises ValueError where it lies outside of the item."""
    moments = {one.instant: one for one in item.key_moments} | {instant: KeyMoment(instant, label)}
    return replace(item, key_moments=tuple(moments[one] for one in sorted(moments)))


def with_moment_named(item: Item, instant: IncidentTime, label: str) -> Item:
    """Return an item whose key moment at an instant is called otherwise."""
    renamed = tuple(replace(one, label=label) if one.instant == instant else one for one in item.key_moments)
    return replace(item, key_moments=renamed)


def without_moment(item: Item, instant: IncidentTime) -> Item:
    """Return an item without its key moment at an instant."""
    return replace(item, key_moments=tuple(one for one in item.key_moments if one.instant != instant))

"""How to doctor one fact of the day in `rehearsed_day`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rehearsed_day import BOOK, GOOD
from rehearsed_door import KEPT, SCANS, STAYS, TOLD, at

from kiosk.rehearsal.stored import (
    BookRow,
    Stay,
)
from kiosk.rehearsal.told import (
    Day,
    Scene,
)

Doctor = Callable[[Day], Day]


def day(**changes: Any) -> Doctor:
    """The day with other facts."""
    return lambda good: replace(good, **changes)


def stored(**changes: Any) -> Doctor:
    """The day with another database."""
    return lambda good: replace(good, stored=replace(good.stored, **changes))


def answer(scan_id: str, **changes: Any) -> Doctor:
    """The day in which one gate said something else."""
    return day(
        told=tuple(replace(each, **changes) if each.scan_id == scan_id else each for each in TOLD)
    )


def without(scene: Scene) -> Doctor:
    """The day in which nobody played a scene."""
    return day(told=tuple(each for each in TOLD if each.scene is not scene))


def row(table: str, place: int, **changes: Any) -> Doctor:
    """The day in which one stored row is another; `place` counts from 0."""
    rows = list(getattr(GOOD.stored, table))
    rows[place] = replace(rows[place], **changes)
    return stored(**{table: tuple(rows)})


def noted(what: str, place: int, **changes: Any) -> Doctor:
    """The day in which one thing was noted otherwise."""
    rows = list(getattr(GOOD, what))
    rows[place] = replace(rows[place], **changes)
    return day(**{what: tuple(rows)})


def stay(which: int, **changes: Any) -> Doctor:
    """The day with one other stay."""
    return row("stays", which - 1, **changes)


def person(who: int, **changes: Any) -> Doctor:
    """The day with one other person."""
    return row("people", who - 1, **changes)


def scan(scan_id: str, **changes: Any) -> Doctor:
    """The day with one other stored scan."""
    return row("scans", [each.scan_id for each in SCANS].index(scan_id), **changes)


def count(place: int, **changes: Any) -> Doctor:
    """The day with one other count; 0 and 1 are of the first motion."""
    return row("counts", place, **changes)


def kept(scan_id: str, **changes: Any) -> Doctor:
    """The day in which a gate that was cut off claimed something else."""
    return noted("kept", [each.scan_id for each in KEPT].index(scan_id), **changes)


def copied(**changes: Any) -> Doctor:
    """The day with another copy."""
    return day(copied=replace(GOOD.copied, **changes) if GOOD.copied else None)


def copied_stored(**changes: Any) -> Doctor:
    """The day with another database in the copy."""
    assert GOOD.copied
    return copied(stored=replace(GOOD.copied.stored, **changes))


def without_stay(number: int) -> tuple[Stay, ...]:
    return tuple(each for each in STAYS if each.id != number)


def without_lines(event: str) -> tuple[BookRow, ...]:
    return tuple(each for each in BOOK if not each.event.endswith(event))


def with_another_end() -> tuple[Stay, ...]:
    """The copy's stays; one who is in until the end has left in the copy."""
    first, *rest = GOOD.copied.stored.stays if GOOD.copied else ()
    return replace(first, left_at=at(7.5)), *rest


def swapped_stays() -> tuple[Stay, ...]:
    """The copy's stays, two of them with each other's people."""
    first, second, *rest = GOOD.copied.stored.stays if GOOD.copied else ()
    return (
        replace(first, delegate_id=second.delegate_id),
        replace(second, delegate_id=first.delegate_id),
        *rest,
    )

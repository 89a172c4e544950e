"""*Present* has one source, as of any moment and by unit: held against a model that only counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, update

from kiosk.checkin import queries
from kiosk.checkin.models import QuorumBase, Stay
from kiosk.conference.models import Delegate, Unit
from kiosk.core.db import unit_of_work

BEGUN = datetime(2026, 3, 12, 0, 0, tzinfo=UTC)
PEOPLE = 6  # of whom the last is a guest
UNITS = 2


@dataclass(frozen=True)
class Came:
    """One stay of the model: minutes after the beginning."""

    person: int
    entered: int
    left: int | None
    undone: bool


def minute(number: int) -> datetime:
    return BEGUN + timedelta(minutes=number)


@st.composite
def mornings(draw: st.DrawFn) -> list[Came]:
    """Comings and goings that the door allows: nobody is in twice at once."""
    stays: list[Came] = []
    for person in range(1, PEOPLE + 1):
        now = 0
        for _ in range(draw(st.integers(0, 3))):
            now += draw(st.integers(0, 4))
            undone = draw(st.booleans())
            left = draw(st.none() | st.integers(now, now + 5))
            stays.append(Came(person, now, left, undone))
            if undone:
                continue
            if left is None:
                break
            now = left
    return stays


def inside(stays: list[Came], at: int | None) -> set[int]:
    return {
        stay.person
        for stay in stays
        if not stay.undone
        and (stay.left is None if at is None else stay.entered <= at)
        and (stay.left is None or at is None or stay.left > at)
    }


@pytest.fixture
def hall(hall_of: Callable[..., Any]) -> Any:
    hall = hall_of(people=PEOPLE - 1, present=0, guests=1)
    with unit_of_work() as session:
        session.execute(insert(Unit).values(id=2, name="Trường", key="truong", position=2))
        session.execute(update(Delegate).where(Delegate.id > 3).values(unit_id=2))
        # Counts, but neither votes nor elects: the three flags are counted apart (R3).
        session.execute(update(Delegate).where(Delegate.id == 1).values(votes=False))
        session.execute(update(Delegate).where(Delegate.id <= 2).values(elects=False))
    return hall


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(stays=mornings(), at=st.none() | st.integers(0, 25))
def test_presence_at_any_moment_is_what_a_person_with_a_list_would_count(
    hall: Any, stays: list[Came], at: int | None
) -> None:
    with unit_of_work() as session:
        session.execute(delete(Stay))
        if stays:
            session.execute(
                insert(Stay),
                [
                    {
                        "delegate_id": stay.person,
                        "entered_at": minute(stay.entered),
                        "left_at": None if stay.left is None else minute(stay.left),
                        "undone_at": minute(30) if stay.undone else None,
                    }
                    for stay in stays
                ],
            )
    found = queries.presence(hall.session, at=None if at is None else minute(at))
    there = inside(stays, at)
    assert found.present == len(there - {PEOPLE})
    assert found.votes == len(there - {PEOPLE, 1})
    assert found.elects == len(there - {PEOPLE, 1, 2})
    assert found.guests == len(there & {PEOPLE})
    assert [(unit.name, unit.convened, unit.present) for unit in found.units] == [
        ("Văn phòng", 3, len(there & {1, 2, 3})),
        ("Trường", 2, len(there & {4, 5})),
    ]
    assert sum(unit.present for unit in found.units) == found.present
    assert found.convened == PEOPLE - 1
    if at is None:
        assert queries.inside_ids(hall.session) == there


@pytest.mark.parametrize(("convened", "needed"), [(85, 57), (90, 60), (100, 67)])
def test_the_hall_has_its_quorum_at_exactly_two_thirds(
    hall_of: Callable[..., Any], convened: int, needed: int
) -> None:
    hall = hall_of(people=convened, present=needed - 1, guests=40)
    short = queries.presence(hall.session)
    assert (short.convened, short.needed, short.has_quorum) == (convened, needed, False)
    hall.seat(needed)
    assert queries.presence(hall.session).has_quorum


def test_a_hall_full_of_guests_has_no_quorum(hall_of: Callable[..., Any]) -> None:
    hall = hall_of(people=3, present=0, guests=50)
    with unit_of_work() as session:
        session.execute(
            insert(Stay),
            [{"delegate_id": number, "entered_at": BEGUN} for number in range(4, 54)],
        )
    now = queries.presence(hall.session)
    assert (now.present, now.guests, now.has_quorum) == (0, 50, False)


def test_the_base_in_force_is_the_newest_and_people_beyond_it_still_count(
    hall_of: Callable[..., Any],
) -> None:
    hall = hall_of(people=6, present=6)
    with unit_of_work() as session:
        for count in (90, 6, 9):
            session.execute(
                insert(QuorumBase).values(
                    count=count,
                    roster=6,
                    kind="all_staff",
                    at=BEGUN,
                    by="staff:1",
                    reason="đếm lại",
                )
            )
    now = queries.presence(hall.session)
    assert (now.convened, now.needed, now.present, now.has_quorum) == (9, 6, 6, True)


def test_a_unit_of_guests_alone_is_not_on_the_wall(hall_of: Callable[..., Any]) -> None:
    hall = hall_of(people=2, present=0, guests=2)
    with unit_of_work() as session:
        session.execute(insert(Unit).values(id=2, name="Khách", key="khach", position=2))
        session.execute(update(Delegate).where(Delegate.id > 2).values(unit_id=2))
    assert [unit.name for unit in queries.presence(hall.session).units] == ["Văn phòng"]

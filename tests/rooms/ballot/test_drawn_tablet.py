"""The fingerprint is compared at the one tablet that was drawn by lot when the box was locked."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, update

from kiosk.ballot import locking, voting
from kiosk.core.db import unit_of_work
from kiosk.core.errors import Refused
from kiosk.devices.models import Device

KEY = b"k" * 32


def refused(code: str, act: Any, *args: Any, **named: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        act(*args, **named)
    assert caught.value.code == code, caught.value
    return caught.value


def bring(ballots: Any, number: int, kind: str, *, paired: bool = True) -> None:
    now = ballots.hall.now
    with unit_of_work() as session:
        session.execute(
            insert(Device).values(
                id=number,
                kind=kind,
                name=f"Máy {number}",
                name_key=f"may {number}",
                added_at=now,
                paired_at=now if paired else None,
                token_hash=bytes([number]) * 32 if paired else None,
            )
        )


def compare(ballots: Any, badge_of: Any, device: int) -> None:
    locking.record_comparison(
        number=1, badge=badge_of(61), device_id=device, key=KEY, **ballots.how
    )


def test_only_at_the_tablet_that_was_drawn(ballots: Any, badge_of: Any) -> None:
    ballots.ready()
    bring(ballots, 2, "tablet")
    bring(ballots, 3, "gate")
    bring(ballots, 4, "tablet", paired=False)
    ballots.lock()
    drawn = ballots.round().drawn_device_id
    assert drawn in {1, 2}
    assert ballots.hall.book("ballot:box:locked")[-1][1]["drawn"] == drawn
    for other in ({1, 2} - {drawn}) | {3, 4, 999}:
        refused("ballot_not_the_drawn_tablet", compare, ballots, badge_of, other)
    assert ballots.round().drawn_device_id == drawn  # asking changes no lot
    compare(ballots, badge_of, drawn)
    voting.open_voting(number=1, **ballots.how)


def test_a_tablet_that_fails_gives_way_to_another_lot_with_a_reason(
    ballots: Any, badge_of: Any
) -> None:
    ballots.ready()
    ballots.lock()
    compare(ballots, badge_of, 1)
    with unit_of_work() as session:
        session.execute(update(Device).where(Device.id == 1).values(revoked_at=ballots.hall.now))
    refused("ballot_no_tablet_drawn", compare, ballots, badge_of, 1)
    again = {"number": 1, **ballots.how}
    refused("ballot_no_tablet_drawn", locking.draw_again, reason="máy hỏng", **again)
    bring(ballots, 2, "tablet")
    refused("reason_missing", locking.draw_again, reason=" ", **again)
    locking.draw_again(reason="máy hỏng", **again)
    assert ballots.round().drawn_device_id == 2
    said = ballots.hall.book("ballot:tablet:drawn_again")[-1][1]
    assert (said["before"], said["drawn"], said["reason"]) == (1, 2, "máy hỏng")
    refused("ballot_not_compared", voting.open_voting, number=1, **ballots.how)
    compare(ballots, badge_of, 2)
    voting.open_voting(number=1, **ballots.how)

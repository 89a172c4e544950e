"""The box is locked once: pressed twice, pressed late, it stays the box that people vote into."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import delete

from kiosk.ballot import box, locking, opening, rounds
from kiosk.ballot.locking import Ceremony
from kiosk.ballot.models import RoundWitness
from kiosk.ballot.rules import State
from kiosk.core.db import unit_of_work
from kiosk.core.errors import Refused


def press(ballots: Any, number: int) -> None:
    locking.lock_box(
        number=number,
        box_shown=True,
        ceremony=ballots.ceremony,
        boxes=ballots.boxes,
        **ballots.how,
    )


def test_a_second_press_at_the_same_instant_makes_no_second_box(
    ballots: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each press makes a key of its own; the box of the first must not give way to the second."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    made = opening.lock_box
    first, both, locked = threading.Lock(), threading.Event(), threading.Event()

    def overtaken(codes: Any) -> Any:
        lock = made(codes)
        if first.acquire(blocking=False):
            both.wait(1)
        else:
            # Had it come so far, it would go on when the other is done.
            both.set()
            locked.wait(5)
        return lock

    def pressed(_: int) -> str:
        with app.app_context():
            try:
                press(ballots, 1)
            except Refused as refused:
                return refused.code
            finally:
                locked.set()
            return "locked"

    ballots.ready()
    with monkeypatch.context() as ceremony_alone:
        ceremony_alone.setattr(locking, "lock_box", lambda **_: None)
        number = ballots.lock()
    monkeypatch.setattr(opening, "lock_box", overtaken)
    with ThreadPoolExecutor(2) as presses:
        said = sorted(presses.map(pressed, range(2)))
    assert said == ["ballot_wrong_moment", "locked"]
    # As after a restart: refused where the file belongs to another key.
    ballots.boxes.close()
    assert ballots.boxes.of(number, ballots.round(number).mark).count() == 0


def test_a_press_after_the_lock_leaves_the_box_alone(ballots: Any) -> None:
    """`Boxes.create` destroys what a broken ceremony left: never a box that people vote into."""
    ballots.ready()
    number = ballots.lock()
    ballots.open(number)
    (slip,) = ballots.draw(10)
    ballots.cast(number, slip, [1, 0, 0, 0, 0])
    with pytest.raises(Refused) as refused:
        press(ballots, number)
    assert refused.value.code == "ballot_wrong_moment"
    assert ballots.boxes.of(number, ballots.round(number).mark).count() == 1


@pytest.mark.parametrize("moved", ["ceremony", "slips", "witness"])
def test_what_another_console_moves_while_the_key_is_made_stops_the_lock(
    ballots: Any, monkeypatch: pytest.MonkeyPatch, moved: str
) -> None:
    """Seconds pass between what was looked at and what is locked: nobody may change it unseen."""
    ballots.ready()
    with monkeypatch.context() as ceremony_alone:
        ceremony_alone.setattr(locking, "lock_box", lambda **_: None)
        number = ballots.lock()
    made = opening.lock_box

    def meanwhile(codes: Any) -> Any:
        if moved == "ceremony":
            locking.start_again(number=number, ceremony=Ceremony(), **ballots.how)
        elif moved == "slips":
            rounds.print_slips(round_number=number, count=100, key=b"k" * 32, **ballots.how)
            rounds.book_slips(number=number, counted=100, **ballots.how)
        else:
            with unit_of_work() as session:
                session.execute(delete(RoundWitness).where(RoundWitness.delegate_id == 70))
        return made(codes)

    monkeypatch.setattr(opening, "lock_box", meanwhile)
    with pytest.raises(Refused) as refused:
        press(ballots, number)
    assert refused.value.code == "ballot_ceremony_moved"
    assert ballots.round(number).state is State.PREPARED
    assert not box.path_of(ballots.boxes.instance, number).exists()

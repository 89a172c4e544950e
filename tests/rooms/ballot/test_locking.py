"""The box is locked once: pressed twice, pressed late, it stays the box that people vote into."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import current_app

from kiosk.ballot import locking, opening
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

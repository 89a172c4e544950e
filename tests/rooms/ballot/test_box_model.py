"""Any day of a ballot box: casts, refusals, crashes and the opening, in any order, against a model.

The model is what the voters were told. A crash during a COMMIT is one of two: before it became
durable, or after; the voter hears nothing in both and sends again.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from ballot_box import Round
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kiosk.ballot import box as boxes
from kiosk.ballot import judging, opening
from kiosk.ballot.box import Box, Cast
from kiosk.ballot.judging import Opened
from kiosk.core.errors import NotSaved, Refused

SLIPS = 8
place = st.integers(0, SLIPS - 1)
choice = st.tuples(*[st.integers(0, 1)] * 5)


class Crash(Exception):
    """The plug was pulled."""


class Day(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="box-"))
        self.round = Round(self.folder, printed=SLIPS)
        #: What lies in the box, by slip.
        self.stored: dict[int, bytes] = {}
        #: What a tablet sent and heard nothing about.
        self.unheard: dict[int, bytes] = {}
        self.is_shut = False
        #: The database: None until the one transaction of the opening.
        self.opened: tuple[Opened, ...] | None = None

    @initialize()
    def lock(self) -> None:
        self.round.create()
        self.box: Box | None = self.round.open()

    def teardown(self) -> None:
        if self.box is not None:
            self.box.close()
        shutil.rmtree(self.folder)

    # -- voting ------------------------------------------------------------------------------------

    def _cast(self, slip: int, sealed: bytes) -> str:
        assert self.box is not None
        try:
            return self.box.cast(self.round.slips[slip], sealed).value
        except Refused as no:
            return no.code

    def _expected(self, slip: int, sealed: bytes) -> str:
        lies_in_it = sealed in self.stored.values()
        if slip in self.stored and lies_in_it:
            return "again"
        if slip in self.stored:
            return "ballot_slip_used"
        if self.is_shut:
            return "ballot_box_shut"
        return "ballot_bytes_again" if lies_in_it else "dropped"

    @precondition(lambda self: self.box is not None)
    @rule(slip=place, marks=choice)
    def a_voter_casts(self, slip: int, marks: tuple[int, ...]) -> None:
        sealed = self.unheard.get(slip) or self.round.sealed(*marks)
        expected = self._expected(slip, sealed)
        assert self._cast(slip, sealed) == expected
        if expected == Cast.DROPPED:
            self.stored[slip] = sealed
        if expected in set(Cast):
            self.unheard.pop(slip, None)

    @precondition(lambda self: self.box is not None and self.stored)
    @rule(data=st.data(), slip=place)
    def somebody_sends_bytes_that_lie_in_the_box(self, data: st.DataObject, slip: int) -> None:
        sealed = self.stored[data.draw(st.sampled_from(sorted(self.stored)))]
        assert self._cast(slip, sealed) == self._expected(slip, sealed)

    @precondition(lambda self: self.box is not None)
    @rule(slip=place, cut=st.integers(0, 130))
    def somebody_sends_nonsense(self, slip: int, cut: int) -> None:
        assert self.box is not None
        sealed = (self.round.sealed() + bytes(60))[:cut]
        if len(sealed) != self.box.sealed_length:
            assert self._cast(slip, sealed) == "ballot_wrong_length"
        with pytest.raises(Refused, match=r"ballot_slip_unknown|ballot_box_shut"):
            self.box.cast(bytes(32), self.round.sealed())

    @precondition(lambda self: self.box is not None and not self.is_shut)
    @rule(slip=place, marks=choice, durable=st.booleans())
    def the_plug_is_pulled_during_a_cast(
        self, slip: int, marks: tuple[int, ...], durable: bool
    ) -> None:
        assert self.box is not None
        sealed = self.unheard.get(slip) or self.round.sealed(*marks)
        expected = self._expected(slip, sealed)
        writer: Any = self.box._file._writer
        commit = writer._commit

        def crash() -> None:
            if durable:
                commit()
            raise Crash

        writer._commit = crash
        with contextlib.suppress(NotSaved, Refused, Crash):
            self.box.cast(self.round.slips[slip], sealed)
        if expected == Cast.DROPPED:
            self.unheard[slip] = sealed
            if durable:
                self.stored[slip] = sealed
        self.restart()

    # -- the laptop --------------------------------------------------------------------------------

    @rule()
    def restart(self) -> None:
        if self.box is not None:
            self.box.close()
        gone = boxes.sweep(self.folder, done=[1] if self.opened is not None else [])
        there = self.round.path.exists()
        assert there == (self.opened is None), "still sealed, or wholly opened and gone"
        assert gone in ([], [1])
        self.box = self.round.open() if there else None

    # -- closing and opening -----------------------------------------------------------------------

    @precondition(lambda self: self.box is not None and (self.stored or self.is_shut))
    @rule()
    def the_head_of_tellers_closes(self) -> None:
        assert self.box is not None
        assert self.box.shut() == len(self.stored)
        self.is_shut = True

    @precondition(lambda self: self.box is not None)
    @rule(dies=st.sampled_from(["before the database", "before the deletion", "not at all"]))
    def the_tellers_open(self, dies: str) -> None:
        assert self.box is not None
        if not self.is_shut:
            with pytest.raises(Refused, match="ballot_box_open"):
                self.box.sealed_set()
            return
        sealed = self.box.sealed_set()
        assert sealed == tuple(sorted(self.stored.values()))
        ballots = opening.open_sealed(
            self.round.definition, self.round.public_key, self.round.secret.encode(), sealed
        )
        if dies == "before the database":
            self.restart()
            return
        self.opened = ballots
        if dies == "before the deletion":
            self.box.close()
            self.restart()
            return
        self.box.destroy()
        self.box = None

    # -- always ------------------------------------------------------------------------------------

    @invariant()
    def what_is_stored_is_what_was_told(self) -> None:
        if getattr(self, "box", None) is not None:
            assert self.box is not None
            assert self.box.count() == len(self.stored)
            used = [bool(self.box.is_used(slip)) for slip in self.round.slips]
            assert used == [number in self.stored for number in range(SLIPS)]
        if self.opened is not None:
            counted = judging.tally(self.round.definition, self.opened)
            assert counted.collected == len(self.stored)


@pytest.mark.slow
def test_any_day_of_a_box_keeps_what_it_told() -> None:
    run_state_machine_as_test(
        Day,
        settings=settings(
            max_examples=int(os.environ.get("KIOSK_TEST_EXAMPLES", "30")),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

"""An election on the small hall: settings, candidates, votes by hands, tellers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

import kiosk.ballot.events  # noqa: F401 (registers its catalogue)
from kiosk.agenda import services as agenda
from kiosk.agenda.rules import Draft
from kiosk.ballot import queries, services
from kiosk.ballot.models import Election
from kiosk.conference import bars, committees
from kiosk.conference.committees import Committee
from kiosk.conference.models import CommitteeMember
from kiosk.motions import services as motions

TABLES = (Election, CommitteeMember)


@dataclass
class Ballots:
    """A hall with an election in it, and the short ways of its secretary."""

    hall: Any

    @property
    def session(self) -> Any:
        return self.hall.session

    def set_up(self, **more: Any) -> None:
        wanted = services.Settings(**({"seats": 3, "term": "2026 - 2028"} | more))
        services.set_up(wanted, by=self.hall.lan, clock=self.hall.clock)

    def nominate(self, *delegates: int, consent: bool = True) -> None:
        for delegate_id in delegates:
            services.nominate(
                delegate_id=delegate_id,
                source="committee",
                consent=consent,
                by=self.hall.lan,
                clock=self.hall.clock,
            )

    def vote(self, what: str, *, adopted: bool = True) -> int:
        """Put one question to the hall and count its hands."""
        motion = services.put_to_vote(what, by=self.hall.lan, clock=self.hall.clock)
        motions.record_count(
            motion,
            in_favour=50 if adopted else 10,
            against=5,
            other=0,
            by=self.hall.lan,
            clock=self.hall.clock,
        )
        return motion

    def bar(self, delegate_id: int, kind: str) -> None:
        """Decide that a person may not stand."""
        bars.set_bar(delegate_id=delegate_id, bar=kind, by=self.hall.lan, clock=self.hall.clock)

    def seat_tellers(self, *delegates: int, witnesses: tuple[int, ...] = (70, 71)) -> None:
        for body, people in ((Committee.TELLERS, delegates), (Committee.WITNESSES, witnesses)):
            for delegate_id in people:
                committees.add_member(
                    committee=body,
                    delegate_id=delegate_id,
                    by=self.hall.lan,
                    clock=self.hall.clock,
                )
        head = committees.members(self.session, Committee.TELLERS)[0]
        committees.make_head(member_id=head.id, by=self.hall.lan, clock=self.hall.clock)

    def ready(self, *, seats: int = 3, candidates: int = 5, **more: Any) -> None:
        """Number, list and rule adopted; three tellers and two witnesses."""
        self.set_up(seats=seats, **more)
        self.nominate(*range(1, candidates + 1))
        self.seat_tellers(61, 62, 63)
        for what in ("seats", "list", "rule"):
            self.vote(what)
        assert queries.election(self.session).is_ready


@pytest.fixture
def ballots(hall_of: Callable[..., Any]) -> Ballots:
    """85 on the roster, 80 in the hall, the conference open."""
    hall = hall_of(people=85, present=80)
    agenda.add_item(Draft("Bầu Ban Thanh tra", "election"), by=hall.lan)
    agenda.open_conference(by=hall.lan, clock=hall.clock)
    return Ballots(hall)

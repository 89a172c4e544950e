"""An election on the small hall: settings, candidates, votes by hands, tellers."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

import kiosk.ballot.events
import kiosk.ballot.round_events  # noqa: F401 (every catalogue registers itself)
from kiosk.agenda import services as agenda
from kiosk.agenda.rules import Draft
from kiosk.ballot import (
    counting,
    issuing,
    judging,
    keys,
    locking,
    opening,
    queries,
    round_queries,
    rounds,
    services,
    voting,
)
from kiosk.ballot.boxes import Boxes
from kiosk.ballot.definition import fingerprint
from kiosk.ballot.locking import Ceremony
from kiosk.ballot.models import Election
from kiosk.checkin.models import Stay
from kiosk.conference import badge_code, bars, committees
from kiosk.conference.committees import Committee
from kiosk.conference.models import Badge, CommitteeMember
from kiosk.core.db import unit_of_work
from kiosk.devices.models import Device
from kiosk.motions import services as motions

TABLES = (Election, CommitteeMember)
KEY = b"k" * 32


def badge_of(delegate_id: int) -> str:
    """The digits on a person's badge in the small hall."""
    return badge_code.derive(KEY, delegate_id=delegate_id, issue=1)


@pytest.fixture(name="badge_of")
def _badge_of() -> Callable[[int], str]:
    return badge_of


@dataclass
class Ballots:
    """A hall with an election in it, and the short ways of its secretary."""

    hall: Any
    boxes: Boxes
    ceremony: Ceremony = field(default_factory=Ceremony)
    throttle: counting.Throttle = field(default_factory=counting.Throttle)
    #: Codes on the tellers' cards, by slot; slips in the bag.
    cards: dict[int, str] = field(default_factory=dict)
    bag: list[str] = field(default_factory=list)

    @property
    def how(self) -> dict[str, Any]:
        return {"by": self.hall.lan, "clock": self.hall.clock}

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
        self.hands(motion, adopted=adopted)
        return motion

    def hands(self, motion: int, *, adopted: bool = True) -> None:
        motions.record_count(
            motion,
            in_favour=50 if adopted else 10,
            against=5,
            other=0,
            by=self.hall.lan,
            clock=self.hall.clock,
        )

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

    # -- a tablet round, step by step ------------------------------------------------------------

    def round(self, number: int = 1) -> round_queries.RoundView:
        return round_queries.round_of(self.session, number)

    def leaves(self, delegate_id: int) -> None:
        with unit_of_work() as session:
            session.execute(
                update(Stay).where(Stay.delegate_id == delegate_id).values(left_at=self.hall.now)
            )

    def comes(self, delegate_id: int) -> None:
        with unit_of_work() as session:
            session.execute(insert(Stay).values(delegate_id=delegate_id, entered_at=self.hall.now))

    def prepared(self, way: str) -> int:
        return rounds.prepare(way=way, **self.how)

    def lock(self, *, way: str = "tablet", slips: int = 100) -> int:
        """Prepare a round, print and count its slips, and lock its box."""
        number = rounds.prepare(way=way, **self.how)
        self.bag = rounds.print_slips(round_number=number, count=slips, key=KEY, **self.how)
        rounds.book_slips(number=number, counted=slips, **self.how)
        tellers = queries.committee(self.session).tellers
        self.cards = {}
        for row in tellers:
            slot, code = locking.teller_comes(
                number=number,
                badge=badge_of(row.delegate_id),
                ceremony=self.ceremony,
                key=KEY,
                **self.how,
            )
            self.cards[slot] = code
            locking.type_back(
                number=number, slot=slot, typed=code, ceremony=self.ceremony, **self.how
            )
            locking.sign_envelope(number=number, slot=slot, **self.how)
        for row in queries.committee(self.session).witnesses:
            locking.witness_comes(
                number=number, badge=badge_of(row.delegate_id), key=KEY, **self.how
            )
        locking.lock_box(
            number=number, box_shown=True, ceremony=self.ceremony, boxes=self.boxes, **self.how
        )
        return number

    def open(self, number: int) -> None:
        locking.record_comparison(
            number=number,
            badge=badge_of(61),
            device_id=self.round(number).drawn_device_id or 0,
            key=KEY,
            **self.how,
        )
        voting.open_voting(number=number, **self.how)

    def draw(self, *delegates: int) -> list[str]:
        """Each person's badge is scanned, and each draws a slip."""
        drawn = []
        for delegate_id in delegates:
            said = issuing.issue(badge=badge_of(delegate_id), key=KEY, **self.how)
            assert said.answer is issuing.Answer.ISSUED, said
            drawn.append(self.bag.pop(secrets.randbelow(len(self.bag))))
        return drawn

    def page(self, number: int) -> voting.Page:
        return voting.Page(number, self.round(number).fingerprint)

    def seal(self, number: int, choices: list[int]) -> str:
        """What a tablet sends for these choices."""
        from nacl.public import PublicKey, SealedBox

        found = self.round(number)
        assert found.lock is not None
        mark = fingerprint(found.lock.public_key, found.definition)
        plain = judging.plain(found.definition, mark, choices)
        sealed = SealedBox(PublicKey(found.lock.public_key)).encrypt(plain)
        return base64.b64encode(sealed).decode()

    def cast(self, number: int, slip: str, choices: list[int]) -> str:
        sealed = self.seal(number, choices)
        self.send(number, slip, sealed)
        return sealed

    def send(self, number: int, slip: str, sealed: str) -> None:
        voting.cast(raw=slip, sealed=sealed, page=self.page(number), boxes=self.boxes, key=KEY)

    def close(self, number: int) -> None:
        voting.close_voting(
            number=number,
            head_badge=badge_of(61),
            witness_badge=badge_of(70),
            boxes=self.boxes,
            key=KEY,
            **self.how,
        )

    def sums(self, number: int, **more: Any) -> None:
        found = self.round(number)
        told = {"left": (found.slips_printed or 0) - found.issued, "in_box": found.cast} | more
        counting.record_sums(
            number=number, slips=counting.Slips(**told), boxes=self.boxes, **self.how
        )

    def count(self, number: int, codes: Mapping[int, str] | None = None) -> tuple[int, ...]:
        if codes is None:
            codes = {
                slot: self.cards[slot] for slot in list(self.cards)[: len(self.cards) // 2 + 1]
            }
        return counting.open_box(
            number=number, codes=codes, boxes=self.boxes, throttle=self.throttle, **self.how
        )


@pytest.fixture
def ballots(
    hall_of: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ballots]:
    """85 on the roster, 80 in the hall, the conference open; codes that cost nothing to try."""
    monkeypatch.setattr(opening.jobs, "run_job", _worker)
    hall = hall_of(people=85, present=80)
    with unit_of_work() as session:
        session.execute(
            insert(Device).values(
                id=1,
                kind="tablet",
                name="Bảng 1",
                name_key="bang 1",
                added_at=hall.now,
                paired_at=hall.now,
                token_hash=b"t" * 32,
            )
        )
        session.execute(
            insert(Badge),
            [
                {
                    "delegate_id": number,
                    "issue": 1,
                    "attempt": 0,
                    "code_hash": badge_code.stored_hash(KEY, badge_of(number)),
                    "issued_at": hall.now,
                }
                for number in range(1, 88)
            ],
        )
    agenda.add_item(Draft("Bầu Ban Thanh tra", "election"), by=hall.lan)
    agenda.add_item(Draft("Thông qua Nghị quyết", "resolution"), by=hall.lan)
    agenda.open_conference(by=hall.lan, clock=hall.clock)
    boxes = Boxes(tmp_path)
    yield Ballots(hall, boxes)
    boxes.close()


def _worker(name: str, payload: Any, **_named: Any) -> bytes:
    """The engine's jobs in this process, with a lock that is cheap to try."""
    if name == "ballot_lock":
        made = keys.lock(payload["codes"], passes=1, memory=8192)
        return json.dumps(made.as_json()).encode()
    assert name == "ballot_open", name
    return opening.job(payload, lambda done, total: None)

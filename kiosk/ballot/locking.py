"""Locking the box before the hall (design 5.2): badges, codes, envelopes, key, fingerprint.

The tellers' codes exist on their cards, for the minutes of the ceremony in the memory of this
process (`Ceremony`), and in the worker that locks with them. The secret never comes here.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from kiosk.agenda.services import ensure_running_conference
from kiosk.ballot import identity, judging, keys, opening, queries, roll_queries, round_queries
from kiosk.ballot.boxes import Boxes
from kiosk.ballot.definition import fingerprint
from kiosk.ballot.models import BallotRound, RollEntry, RoundTeller, RoundWitness
from kiosk.ballot.round_events import RoundEvent
from kiosk.ballot.round_queries import RoundView
from kiosk.ballot.rounds import ensure_state
from kiosk.ballot.rules import WITNESSES, State, Way
from kiosk.checkin.rules import ensure_reason
from kiosk.core import audit
from kiosk.core.access import Actor, Kind
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, db, refusing, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import tidy
from kiosk.devices import queries as devices


@dataclass
class Ceremony:
    """Codes that were given and not yet locked with, by round and slot. Memory only."""

    #: Held for the seconds of a locking: a second press would make another key and another box.
    alone: threading.Lock = field(default_factory=threading.Lock)
    _codes: dict[int, dict[int, str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def give(self, number: int, slot: int) -> str:
        """A fresh code for a slot; an earlier one of it is worth nothing."""
        with self._lock:
            code = keys.fresh_code()
            self._codes.setdefault(number, {})[slot] = code
            return code

    def is_right(self, number: int, slot: int, typed: str) -> bool:
        """Whether this is the slot's code. Refused with `ballot_code_gone` after a restart."""
        with self._lock:
            known = self._codes.get(number, {}).get(slot)
        if known is None:
            raise Refused("ballot_code_gone")
        code = keys.clean(typed)
        return code is not None and hmac.compare_digest(code, known)

    def codes(self, number: int, slots: int) -> list[str]:
        """All codes in the order of the slots. Refused with `ballot_code_gone`."""
        with self._lock:
            known = self._codes.get(number, {})
            if any(slot not in known for slot in range(1, slots + 1)):
                raise Refused("ballot_code_gone")
            return [known[slot] for slot in range(1, slots + 1)]

    def knows(self, number: int, slot: int) -> bool:
        """False when the server was restarted after the code was given."""
        with self._lock:
            return slot in self._codes.get(number, {})

    def forget(self, number: int) -> None:
        with self._lock:
            self._codes.pop(number, None)


def teller_comes(
    *,
    number: int,
    badge: str,
    ceremony: Ceremony,
    key: bytes,
    by: Actor,
    clock: Clock = utc_now,
) -> tuple[int, str]:
    """A teller scans the badge at the laptop and gets a code: `(slot, code)`, to be copied.

    Raises:
        Refused: `ballot_wrong_moment`, `ballot_slips_not_counted`, `ballot_badge_unreadable`,
            `ballot_badge_unknown`, `ballot_not_a_teller`, `ballot_teller_here`, or what is wrong
            with the committee.
    """
    at = clock()
    with unit_of_work() as session:
        found = _in_ceremony(session, number)
        committee = queries.committee(session)
        if committee.refusal is not None:
            raise committee.refusal
        person = identity.scanned(session, badge, key=key)
        member = next(
            (row for row in committee.tellers if row.delegate_id == person.delegate_id), None
        )
        if member is None:
            raise Refused("ballot_not_a_teller", name=person.name)
        slot = max((each.slot for each in found.tellers), default=0) + 1
        with refusing("ballot_teller_here", name=person.name):
            session.execute(
                insert(RoundTeller).values(
                    round_id=found.id,
                    slot=slot,
                    delegate_id=person.delegate_id,
                    is_head=member.is_head,
                    came_at=at,
                )
            )
        audit.record(
            session,
            RoundEvent.TELLER_CAME,
            by=by,
            clock=lambda: at,
            round=number,
            slot=slot,
            delegate=person.delegate_id,
        )
        changed(session, "ballot")
    return slot, ceremony.give(number, slot)


def give_again(*, number: int, slot: int, ceremony: Ceremony) -> str:
    """Another code for a teller who has not typed one back; the card before is destroyed.

    Raises:
        Refused: `ballot_wrong_moment`, `ballot_not_a_teller`, `ballot_teller_here`.
    """
    found = _in_ceremony(db.session(), number)
    teller = _slot(found, slot)
    if teller.typed_at is not None:
        raise Refused("ballot_teller_here", name=teller.name)
    return ceremony.give(number, slot)


def type_back(
    *, number: int, slot: int, typed: str, ceremony: Ceremony, by: Actor, clock: Clock = utc_now
) -> None:
    """A teller types the code from the card; quiet when that is done already.

    Raises:
        Refused: `ballot_wrong_moment`, `ballot_not_a_teller`, `ballot_code_gone`,
            `ballot_code_mistyped`.
    """
    right = ceremony.is_right(number, slot, typed)
    at = clock()
    with unit_of_work() as session:
        found = _in_ceremony(session, number)
        teller = _slot(found, slot)
        if teller.typed_at is not None:
            return
        if not right:
            raise Refused("ballot_code_mistyped")
        _mark(session, found, slot, typed_at=at)
        audit.record(
            session, RoundEvent.CODE_TYPED, by=by, clock=lambda: at, round=number, slot=slot
        )


def sign_envelope(*, number: int, slot: int, by: Actor, clock: Clock = utc_now) -> None:
    """The card lies in an envelope signed over the flap; quiet when that is done already.

    Raises:
        Refused: `ballot_wrong_moment`, `ballot_not_a_teller`, `ballot_code_first`.
    """
    at = clock()
    with unit_of_work() as session:
        found = _in_ceremony(session, number)
        teller = _slot(found, slot)
        if teller.typed_at is None:
            raise Refused("ballot_code_first")
        if teller.envelope_at is not None:
            return
        _mark(session, found, slot, envelope_at=at)
        audit.record(
            session, RoundEvent.ENVELOPE_SIGNED, by=by, clock=lambda: at, round=number, slot=slot
        )


def witness_comes(
    *, number: int, badge: str, key: bytes, by: Actor, clock: Clock = utc_now
) -> None:
    """A witness scans the badge.

    Raises:
        Refused: `ballot_wrong_moment`, `ballot_badge_unreadable`, `ballot_badge_unknown`,
            `ballot_not_a_witness`, `ballot_teller_here`.
    """
    at = clock()
    with unit_of_work() as session:
        found = _in_ceremony(session, number)
        person = identity.scanned(session, badge, key=key)
        if all(
            row.delegate_id != person.delegate_id for row in queries.committee(session).witnesses
        ):
            raise Refused("ballot_not_a_witness", name=person.name)
        with refusing("ballot_teller_here", name=person.name):
            session.execute(
                insert(RoundWitness).values(
                    round_id=found.id, delegate_id=person.delegate_id, came_at=at
                )
            )
        audit.record(
            session,
            RoundEvent.WITNESS_CAME,
            by=by,
            clock=lambda: at,
            round=number,
            delegate=person.delegate_id,
        )
        changed(session, "ballot")


def start_again(*, number: int, ceremony: Ceremony, by: Actor, clock: Clock = utc_now) -> None:
    """Forget every code and begin the ceremony anew; cards that were written are destroyed.

    Raises:
        Refused: `ballot_wrong_moment`.
    """
    with unit_of_work() as session:
        found = round_queries.round_of(session, number)
        ensure_state(found, State.PREPARED)
        session.execute(delete(RoundTeller).where(RoundTeller.round_id == found.id))
        session.execute(delete(RoundWitness).where(RoundWitness.round_id == found.id))
        audit.record(session, RoundEvent.RESTARTED, by=by, clock=clock, round=number)
        changed(session, "ballot")
    ceremony.forget(number)


def lock_box(
    *,
    number: int,
    box_shown: bool,
    ceremony: Ceremony,
    boxes: Boxes,
    by: Actor,
    clock: Clock = utc_now,
) -> None:
    """Make the key in a worker that ends, the empty box, and the list of those entitled.

    `box_shown`: the hall has seen that the clear box is empty. Waits for seconds; the unit does
    not. From here on slips are issued, and nobody is added to the list but by an act of its own.

    Raises:
        Refused: `ballot_wrong_moment`, `ballot_ceremony_not_complete`, `ballot_box_not_shown`,
            `ballot_slips_not_counted`, `ballot_slips_missing`, `ballot_code_gone`,
            `ballot_ceremony_moved`, or what the
            engine refuses.
    """
    if not box_shown:
        raise Refused("ballot_box_not_shown")
    # Whoever waits here is refused afterwards, before the box of the first is touched.
    with ceremony.alone:
        _lock_box(number, ceremony=ceremony, boxes=boxes, by=by, clock=clock)


def _lock_box(number: int, *, ceremony: Ceremony, boxes: Boxes, by: Actor, clock: Clock) -> None:
    with unit_of_work() as session:
        found = _in_ceremony(session, number)
        count = len(queries.committee(session).tellers)
        printed = roll_queries.slip_sets(session).get(number)
        if printed is None:
            raise Refused("ballot_slips_missing", number=number)
        hashes = roll_queries.slip_hashes(session, printed.id)
    sealed = [each for each in found.tellers if each.envelope_at is not None]
    if len(sealed) != count or len(found.witnesses) < WITNESSES:
        raise Refused("ballot_ceremony_not_complete", tellers=count, witnesses=WITNESSES)
    lock = opening.lock_box(ceremony.codes(number, count))
    mark = fingerprint(lock.public_key, found.definition)
    boxes.create(
        number,
        slips=hashes,
        sealed_length=judging.sealed_length(found.definition),
        fingerprint=mark,
    )
    try:
        _mark_locked(
            number, before=found, slip_set=printed.id, lock=lock, boxes=boxes, at=clock(), by=by
        )
    except Refused:
        # Still alone: this box is ours, and nobody can have voted into it.
        boxes.destroy(number)
        raise
    ceremony.forget(number)


def _mark_locked(
    number: int,
    *,
    before: RoundView,
    slip_set: int,
    lock: keys.Lock,
    boxes: Boxes,
    at: datetime,
    by: Actor,
) -> None:
    """The unit that locks; refused where something moved while the key was made."""
    mark = fingerprint(lock.public_key, before.definition)
    empty = boxes.of(number, mark).count()
    with unit_of_work() as session:
        again = _in_ceremony(session, number)
        now = roll_queries.slip_sets(session).get(number)
        moved = (again.tellers, again.witnesses, again.slips_printed) != (
            before.tellers,
            before.witnesses,
            before.slips_printed,
        )
        if moved or now is None or now.id != slip_set:
            raise Refused("ballot_ceremony_moved")
        drawn = _draw(session)
        session.execute(
            update(BallotRound)
            .where(BallotRound.id == again.id)
            .values(
                state=State.LOCKED.value,
                lock=lock.as_json(),
                fingerprint=mark.hex(),
                locked_at=at,
                drawn_device_id=drawn,
            )
        )
        fix_roll(session, again)
        audit.record(
            session,
            RoundEvent.LOCKED,
            by=by,
            clock=lambda: at,
            round=number,
            fingerprint=mark.hex(),
            public_key=lock.public_key.hex(),
            tellers=[each.delegate_id for each in again.tellers],
            witnesses=[delegate for delegate, _ in again.witnesses],
            needed=lock.needed,
            ballots_in_box=empty,
            box_shown_empty=True,
            drawn=drawn,
        )
        changed(session, "ballot")


def _draw(session: Session) -> int | None:
    """One of the paired tablets by lot; None while there is none."""
    tablets = paired_tablets(session)
    return secrets.choice(tablets).id if tablets else None


def paired_tablets(session: Session) -> list[devices.DeviceRow]:
    """Tablets that can show the box: paired and not revoked."""
    return [
        row
        for row in devices.devices(session, with_revoked=False)
        if row.kind == Kind.TABLET and row.paired_at is not None
    ]


def draw_again(*, number: int, reason: str, by: Actor, clock: Clock = utc_now) -> None:
    """Draw another tablet by lot, because the one that was drawn cannot be used.

    A comparison that was recorded counts no more.

    Raises:
        Refused: `ballot_wrong_moment`, `ballot_no_tablet_drawn`, `reason_missing`,
            `reason_too_long`.
    """
    reason = tidy(reason)
    ensure_reason(reason)
    with unit_of_work() as session:
        found = round_queries.round_of(session, number)
        ensure_state(found, State.LOCKED)
        drawn = _draw(session)
        if drawn is None:
            raise Refused("ballot_no_tablet_drawn")
        session.execute(
            update(BallotRound)
            .where(BallotRound.id == found.id)
            .values(drawn_device_id=drawn, compared_device_id=None, compared_at=None)
        )
        audit.record(
            session,
            RoundEvent.REDRAWN,
            by=by,
            clock=clock,
            round=number,
            before=found.drawn_device_id,
            drawn=drawn,
            reason=reason,
        )
        changed(session, "ballot")


def fix_roll(session: Session, found: RoundView) -> None:
    """Inside a unit: write the list of those entitled, as the roster says at this moment (R3)."""
    electorate = queries.election(session).electorate
    entitled = roll_queries.entitled_now(session, electorate)
    if entitled:
        session.execute(
            insert(RollEntry),
            [{"round_id": found.id, "delegate_id": each, "added": False} for each in entitled],
        )


def record_comparison(
    *, number: int, badge: str, device_id: int, key: bytes, by: Actor, clock: Clock = utc_now
) -> None:
    """A teller has found the same fingerprint at the tablet that was drawn by lot: at no other.

    Raises:
        Refused: `ballot_wrong_moment`, `ballot_badge_unreadable`, `ballot_badge_unknown`,
            `ballot_not_a_teller`, `ballot_no_tablet_drawn`, `ballot_not_the_drawn_tablet`.
    """
    at = clock()
    with unit_of_work() as session:
        found = round_queries.round_of(session, number)
        ensure_state(found, State.LOCKED)
        drawn = next(
            (row for row in paired_tablets(session) if row.id == found.drawn_device_id), None
        )
        if drawn is None:
            raise Refused("ballot_no_tablet_drawn")
        if drawn.id != device_id:
            raise Refused("ballot_not_the_drawn_tablet", tablet=drawn.name)
        person = identity.scanned(session, badge, key=key)
        if all(each.delegate_id != person.delegate_id for each in found.tellers):
            raise Refused("ballot_not_a_teller", name=person.name)
        session.execute(
            update(BallotRound)
            .where(BallotRound.id == found.id)
            .values(compared_at=at, compared_device_id=device_id)
        )
        audit.record(
            session,
            RoundEvent.COMPARED,
            by=by,
            clock=lambda: at,
            round=number,
            device=device_id,
            delegate=person.delegate_id,
        )
        changed(session, "ballot")


def _in_ceremony(session: Session, number: int) -> RoundView:
    ensure_running_conference(session)
    found = round_queries.round_of(session, number)
    ensure_state(found, State.PREPARED)
    if found.way is not Way.TABLET:
        raise Refused("ballot_wrong_moment", number=number, state=found.state.value)
    if found.slips_printed is None:
        raise Refused("ballot_slips_not_counted", number=number)
    return found


def _slot(found: RoundView, slot: int) -> round_queries.TellerSlot:
    teller = next((each for each in found.tellers if each.slot == slot), None)
    if teller is None:
        raise Refused("ballot_not_a_teller", name=str(slot))
    return teller


def _mark(session: Session, found: RoundView, slot: int, **values: object) -> None:
    session.execute(
        update(RoundTeller)
        .where(RoundTeller.round_id == found.id, RoundTeller.slot == slot)
        .values(**values)
    )
    changed(session, "ballot")

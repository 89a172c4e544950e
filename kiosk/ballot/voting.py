"""Opening the voting, a voter's slip and ballot, and closing (design 5.3, R12, R25).

No cast writes to the database or the book: the box is a file of its own, and the number of ballots
in it is all that anybody sees.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from kiosk.agenda import wall
from kiosk.agenda.services import ensure_running_conference
from kiosk.ballot import identity, queries, roll_queries, round_queries, slips
from kiosk.ballot.boxes import Boxes
from kiosk.ballot.locking import fix_roll
from kiosk.ballot.models import BallotRound
from kiosk.ballot.round_events import RoundEvent
from kiosk.ballot.round_queries import Door, RoundView
from kiosk.ballot.rounds import ensure_state
from kiosk.ballot.rules import State, StaySpan, Way, electorate
from kiosk.checkin import queries as presences
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, db, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.live import announce


def open_voting(*, number: int, by: Actor, clock: Clock = utc_now) -> None:
    """Open the voting; tablets that follow the meeting go to the ballot by themselves.

    Raises:
        Refused: `ballot_wrong_moment`, `ballot_not_compared`, `ballot_slips_not_counted`,
            `conference_not_open`, `conference_ended`.
    """
    at = clock()
    with unit_of_work() as session:
        ensure_running_conference(session)
        found = round_queries.round_of(session, number)
        if found.way is Way.TABLET:
            ensure_state(found, State.LOCKED)
            if found.compared_at is None:
                raise Refused("ballot_not_compared")
        else:
            ensure_state(found, State.PREPARED)
            if found.way is Way.PAPER and found.slips_printed is None:
                raise Refused("ballot_slips_not_counted", number=number)
            fix_roll(session, found)
        session.execute(
            update(BallotRound)
            .where(BallotRound.id == found.id)
            .values(state=State.OPENED.value, opened_at=at)
        )
        wall.come_back(session, by=by, at=at)
        audit.record(
            session,
            RoundEvent.OPENED,
            by=by,
            clock=lambda: at,
            round=number,
            way=found.way.value,
            entitled=len(roll_queries.roll(session, found.id)),
            issued=found.issued,
        )
        changed(session, "ballot")


# -- a voter ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """What a tablet says about the page that it shows."""

    round_number: int
    #: 64 hex digits, made by the tablet from what it shows.
    fingerprint: str


def _slip_of(found: Door, raw: str, key: bytes) -> bytes:
    code = slips.clean(raw)
    if code is None:
        raise Refused("ballot_slip_unreadable")
    own = slips.round_key(key, conference=found.conference, round_number=found.number)
    return slips.slip_hash(own, code)


#: States in which the box of a round exists and knows its slips.
_KNOWS_SLIPS = frozenset({State.OPENED, State.CLOSED, State.SEALED})
#: With them, those in which its ballots lie opened in the database.
_ANSWERED = _KNOWS_SLIPS | {State.COUNTED, State.DECLARED}


def _door(session: Session, page: Page, allowed: frozenset[State]) -> Door:
    """The round that a tablet's page is of, also after its end, for an answer that was lost."""
    found = round_queries.door(session, page.round_number)
    if found is not None and found.state is State.VOIDED:
        raise Refused("ballot_round_void")
    if found is None or found.state not in allowed:
        if allowed is _KNOWS_SLIPS and round_queries.is_voting(session):
            raise Refused("ballot_page_old")
        raise Refused("ballot_not_open")
    if found.fingerprint != page.fingerprint.lower():
        raise Refused("ballot_page_old")
    return found


def check_slip(*, raw: str, page: Page, boxes: Boxes, key: bytes) -> None:
    """Whether this slip may vote now. Asking spends and stores nothing.

    From the closing to the opening it still says whether the slip has voted.

    Raises:
        Refused: `ballot_not_open`, `ballot_page_old`, `ballot_round_void`,
            `ballot_slip_unreadable`, `ballot_slip_unknown`, `ballot_already_voted`,
            `ballot_closed_unvoted`, or what is wrong with the box.
    """
    found = _door(db.session(), page, _KNOWS_SLIPS)
    used = boxes.of(found.number, found.mark).is_used(_slip_of(found, raw, key))
    if used is None:
        raise Refused("ballot_slip_unknown")
    if used:
        raise Refused("ballot_already_voted")
    if found.state is not State.OPENED:
        raise Refused("ballot_closed_unvoted")


def look_up(*, number: int, raw: str, boxes: Boxes, key: bytes) -> bool:
    """For the tellers, with the slip before them: whether a ballot of it lies in the box.

    Raises:
        Refused: `ballot_wrong_moment` unless the box is there, `ballot_slip_unreadable`,
            `ballot_slip_unknown`, or what is wrong with the box.
    """
    found = round_queries.door(db.session(), number)
    if found is None or found.state not in _KNOWS_SLIPS:
        raise Refused("ballot_wrong_moment", number=number)
    used = boxes.of(found.number, found.mark).is_used(_slip_of(found, raw, key))
    if used is None:
        raise Refused("ballot_slip_unknown")
    return used


def cast(*, raw: str, sealed: str, page: Page, boxes: Boxes, key: bytes) -> None:
    """Use the slip and drop the ballot; durable when this returns, or refused and nothing done.

    `sealed` is Base64. The same slip with the same bytes is answered as the first time, also when
    the voting was closed or the box opened in between: the voter whose answer was lost is told.

    Raises:
        Refused: `ballot_not_open`, `ballot_page_old`, `ballot_round_void`,
            `ballot_slip_unreadable`, and what `Box.cast` refuses.
        NotSaved: the disk did not take it.
    """
    session = db.session()
    found = _door(session, page, _ANSWERED)
    try:
        ballot = base64.b64decode(sealed.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as wrong:
        raise Refused("ballot_wrong_length") from wrong
    slip = _slip_of(found, raw, key)
    if found.state in {State.COUNTED, State.DECLARED}:
        if roll_queries.was_sealed(session, found.id, ballot):
            return
        raise Refused("ballot_not_open")
    # The read ends here: a snapshot must not be held while the voter's ballot waits for its turn.
    session.rollback()
    boxes.of(found.number, found.mark).cast(slip, ballot)
    announce({"turnout"})


def cast_count(found: RoundView, boxes: Boxes) -> int | None:
    """How many ballots lie in the box, the one figure before the opening; None where there is no
    box to ask (a paper round, or a box that is gone)."""
    if found.way is not Way.TABLET or not found.fingerprint:
        return None
    if found.cast is not None:
        return found.cast
    try:
        return boxes.of(found.number, found.mark).count()
    except Refused:
        return None


# -- closing (R12) ---------------------------------------------------------------------------


def close_voting(
    *,
    number: int,
    head_badge: str,
    witness_badge: str,
    boxes: Boxes,
    key: bytes,
    by: Actor,
    clock: Clock = utc_now,
) -> None:
    """Head of tellers and a witness close the voting; no ballot is taken after.

    The electorate is counted at this moment (R25). First the box is shut, then the round is
    marked; a crash in between leaves a shut box, and closing again is quiet.

    Raises:
        Refused: `ballot_wrong_moment`, `ballot_not_the_head`, `ballot_not_a_witness`,
            `ballot_badge_unreadable`, `ballot_badge_unknown`, or what is wrong with the box.
    """
    found = round_queries.round_of(db.session(), number)
    ensure_state(found, State.OPENED)
    _closers(db.session(), found, head_badge, witness_badge, key=key)
    collected = None
    if found.way is Way.TABLET:
        collected = boxes.of(number, found.mark).shut()
    at = clock()
    with unit_of_work() as session:
        found = round_queries.round_of(session, number)
        ensure_state(found, State.OPENED)
        head, witness = _closers(session, found, head_badge, witness_badge, key=key)
        present = _electorate(session, found, at)
        session.execute(
            update(BallotRound)
            .where(BallotRound.id == found.id)
            .values(
                state=State.CLOSED.value,
                closed_at=at,
                closed_head_id=head,
                closed_witness_id=witness,
                present=present,
                summoned=presences.presence(session).convened,
                cast=collected,
            )
        )
        audit.record(
            session,
            RoundEvent.CLOSED,
            by=by,
            clock=lambda: at,
            round=number,
            head=head,
            witness=witness,
            present=present,
            issued=found.issued,
            ballots_in_box=collected,
        )
        changed(session, "ballot")


def _closers(
    session: Session, found: RoundView, head_badge: str, witness_badge: str, *, key: bytes
) -> tuple[int, int]:
    """Those who locked this box close it, whoever joined the committee since; a round without a box
    has the committee of the conference."""
    committee = queries.committee(session)
    heads = {row.delegate_id for row in committee.tellers if row.is_head}
    witnesses = {row.delegate_id for row in committee.witnesses}
    if found.way is Way.TABLET:
        heads = {each.delegate_id for each in found.tellers if each.is_head}
        witnesses = {delegate for delegate, _ in found.witnesses}
    head = identity.scanned(session, head_badge, key=key)
    if head.delegate_id not in heads:
        raise Refused("ballot_not_the_head", name=head.name)
    witness = identity.scanned(session, witness_badge, key=key)
    if witness.delegate_id not in witnesses:
        raise Refused("ballot_not_a_witness", name=witness.name)
    return head.delegate_id, witness.delegate_id


def _electorate(session: Session, found: RoundView, closed_at: datetime) -> int:
    """R25: entitled people who were in the hall at any moment of the voting.

    Whoever drew a slip took part, even if that was before the opening and they left again: so the
    slips issued can never be more than the electorate (domain 2.4).
    """
    roll = roll_queries.roll(session, found.id)
    spans = [StaySpan(*stay) for stay in presences.stay_spans(session)]
    assert found.opened_at is not None  # noqa: S101 (a round that is open was opened)
    there = electorate(
        spans,
        entitled={row.delegate_id for row in roll},
        opened_at=found.opened_at,
        closed_at=closed_at,
    )
    return len(there | {row.delegate_id for row in roll if row.drew_at is not None})

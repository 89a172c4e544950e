"""After the voting: sums by hand, opening the box, reading out, declaring (design 5.5, 5.8).

The box is either still sealed or wholly opened: one unit of work writes everything, and only then
its file is deleted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from kiosk.agenda import queries as agendas
from kiosk.agenda import wall
from kiosk.agenda.guards import before_ending, before_starting
from kiosk.agenda.rules import ItemState
from kiosk.ballot import opening, round_queries, rules
from kiosk.ballot.boxes import Boxes
from kiosk.ballot.definition import sealed_fingerprint
from kiosk.ballot.models import BallotRound, OpenedBallot, SealedBallot
from kiosk.ballot.opening import OpenedBox
from kiosk.ballot.round_events import RoundEvent
from kiosk.ballot.round_queries import RoundView
from kiosk.ballot.rounds import ensure_state
from kiosk.ballot.rules import State, Sums, Verdict, Way
from kiosk.ballot.standing import standing
from kiosk.conference.plan.kinds import AgendaKind
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, db, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import tidy


@dataclass(frozen=True)
class Slips:
    """What the tellers have counted by hand at the end of a tablet round."""

    left: int
    in_box: int
    lost: int = 0
    refused: int = 0
    note: str = ""


def record_sums(
    *, number: int, slips: Slips, boxes: Boxes, by: Actor, clock: Clock = utc_now
) -> None:
    """Store the sums by hand and the fingerprint of the sealed set; both before the first code.

    Counted again, they may be typed again until the box is opened.

    Raises:
        Refused: `ballot_wrong_moment`, what `rules.judge_sums` refuses, `ballot_more_than_slips`,
            `ballot_sums_need_words`, or what is wrong with the box.
    """
    found = round_queries.round_of(db.session(), number)
    ensure_state(found, State.CLOSED, State.SEALED)
    if found.way is not Way.TABLET:
        raise Refused("ballot_wrong_moment", number=number, state=found.state.value)
    box = boxes.of(number, found.mark)
    sealed = box.sealed_set()
    note = tidy(slips.note)[:400]
    verdict = rules.judge_sums(
        Sums(
            printed=found.slips_printed or 0,
            issued=found.issued,
            left=slips.left,
            in_box=slips.in_box,
            cast=len(sealed),
            lost=slips.lost,
            refused=slips.refused,
        )
    )
    if verdict is Verdict.VOID:
        raise Refused(
            "ballot_more_than_slips", cast=len(sealed), in_box=slips.in_box, issued=found.issued
        )
    if verdict is Verdict.EXPLAIN and len(note) < 3:
        raise Refused("ballot_sums_need_words")
    mark = sealed_fingerprint(sealed).hex()
    with unit_of_work() as session:
        found = round_queries.round_of(session, number)
        ensure_state(found, State.CLOSED, State.SEALED)
        _set(
            session,
            found,
            state=State.SEALED.value,
            slips_left=slips.left,
            slips_in_box=slips.in_box,
            slips_lost=slips.lost,
            slips_refused=slips.refused,
            sums_note=note,
            set_fingerprint=mark,
            cast=len(sealed),
        )
        audit.record(
            session,
            RoundEvent.SUMMED,
            by=by,
            clock=clock,
            round=number,
            printed=found.slips_printed,
            issued=found.issued,
            left=slips.left,
            in_box=slips.in_box,
            lost=slips.lost,
            refused=slips.refused,
            ballots_in_box=len(sealed),
            verdict=verdict.value,
            note=note,
            set_fingerprint=mark,
        )


# -- opening ---------------------------------------------------------------------------------


@dataclass
class Throttle:
    """Wrong groups of codes cost time: three are free, then 2, 4, 8 … 300 s. Memory only: a restart
    takes longer than what it would save, and 10^12 codes are not guessed."""

    _wrong: dict[int, tuple[int, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ensure_may_try(self, number: int) -> None:
        """Refused with `ballot_codes_wait`."""
        with self._lock:
            wrong, last = self._wrong.get(number, (0, 0.0))
        left = last + self._pause(wrong) - time.monotonic()
        if left > 0:
            raise Refused("ballot_codes_wait", seconds=int(left) + 1)

    def note_wrong(self, number: int) -> None:
        with self._lock:
            wrong, _ = self._wrong.get(number, (0, 0.0))
            self._wrong[number] = (wrong + 1, time.monotonic())

    @staticmethod
    def _pause(wrong: int) -> float:
        return 0.0 if wrong < 3 else float(min(2 ** (wrong - 2), 300))


def open_box(
    *,
    number: int,
    codes: Mapping[int, str],
    boxes: Boxes,
    throttle: Throttle,
    by: Actor,
    clock: Clock = utc_now,
) -> tuple[int, ...]:
    """Open the box with k codes; returns slots whose code is wrong although the others opened it.

    Raises:
        Refused: `ballot_wrong_moment`, `ballot_codes_wait`, `ballot_code_wrong`, what
            `opening.unseal` refuses, or what is wrong with the box.
    """
    found = round_queries.round_of(db.session(), number)
    ensure_state(found, State.SEALED)
    if found.lock is None:
        raise Refused("ballot_wrong_moment", number=number, state=found.state.value)
    throttle.ensure_may_try(number)
    sealed = boxes.of(number, found.mark).sealed_set()
    if sealed_fingerprint(sealed).hex() != found.set_fingerprint:
        # The tellers wrote another one down: nobody opens what has changed since.
        raise Refused("ballot_box_damaged", used=found.cast or 0, ballots=len(sealed))
    # The read ends here: no snapshot is held for the seconds of the worker.
    db.session.rollback()
    try:
        opened = opening.unseal(
            definition=found.definition, lock=found.lock, codes=codes, sealed=sealed
        )
    except Refused as refused:
        if refused.code == "ballot_codes_fit_no_group":
            throttle.note_wrong(number)
            _note_wrong(number, sorted(codes), by=by, clock=clock)
        raise
    _store(number, opened, by=by, clock=clock)
    boxes.destroy(number)
    return opened.unfit


def _note_wrong(number: int, slots: list[int], *, by: Actor, clock: Clock) -> None:
    with unit_of_work() as session:
        audit.record(
            session, RoundEvent.CODES_REFUSED, by=by, clock=clock, round=number, slots=slots
        )


def _store(number: int, opened: OpenedBox, *, by: Actor, clock: Clock) -> None:
    """Everything in one unit; its order tells nothing of who or when."""
    at = clock()
    with unit_of_work() as session:
        found = round_queries.round_of(session, number)
        ensure_state(found, State.SEALED)
        if opened.sealed:
            session.execute(
                insert(SealedBallot),
                [{"round_id": found.id, "sealed": sealed} for sealed in opened.sealed],
            )
            session.execute(
                insert(OpenedBallot),
                [
                    {
                        "round_id": found.id,
                        "place": place,
                        "marks": ballot.marks,
                        "invalid": str(ballot.invalid),
                    }
                    for place, ballot in enumerate(opened.ballots, start=1)
                ],
            )
        tally = opened.tally
        counts = _counts(found, collected=tally.collected, valid=tally.valid)
        _set(
            session,
            found,
            state=State.COUNTED.value,
            secret=opened.secret,
            counts={**counts, "reasons": dict(tally.invalid)},
            votes={"votes": list(tally.votes), "against": list(tally.against)},
            counted_at=at,
        )
        audit.record(
            session,
            RoundEvent.COUNTED,
            by=by,
            clock=lambda: at,
            round=number,
            **counts,
            set_fingerprint=opened.sealed_fingerprint.hex(),
            unfit=list(opened.unfit),
        )


def _counts(found: RoundView, *, collected: int, valid: int) -> dict[str, int]:
    return {
        "summoned": found.summoned or 0,
        "present": found.present or 0,
        "issued": found.issued,
        "collected": collected,
        "valid": valid,
        "invalid": collected - valid,
    }


def sweep(boxes: Boxes) -> None:
    """At the start: delete the box of a round that was opened or void when the program died."""
    boxes.sweep(round_queries.finished_numbers(db.session()))


# -- reading out and declaring ---------------------------------------------------------------


def read_out(*, number: int, place: int | None, by: Actor, clock: Clock = utc_now) -> None:
    """Show one candidate's figures on the wall, as the teller reads them; all with place None.

    Refused until the figures agree with each other: a disagreement stops and shows itself.

    Raises:
        Refused: `ballot_wrong_moment`, `ballot_candidate_unknown`, or the broken invariant.
    """
    with unit_of_work() as session:
        found = round_queries.round_of(session, number)
        ensure_state(found, State.COUNTED, State.DECLARED)
        outcome = found.outcome()
        if place is None:
            ranked = list(outcome.reasons)
            order = [each.printed for each in found.candidates]
            rest = [order.index(name) for name in ranked if order.index(name) not in found.revealed]
        elif 0 <= place < len(found.candidates):
            rest = [place] if place not in found.revealed else []
        else:
            raise Refused("ballot_candidate_unknown")
        if not found.revealed:
            wall.come_back(session, by=by, at=clock())
        _set(session, found, revealed=[*found.revealed, *rest])
        audit.record(
            session,
            RoundEvent.READ_OUT,
            by=by,
            clock=clock,
            round=number,
            candidates=[found.candidates[each].delegate for each in rest],
        )


def declare(*, number: int, by: Actor, clock: Clock = utc_now) -> None:
    """Announce the result of a round (R16); quiet when it is announced already.

    Raises:
        Refused: `ballot_wrong_moment`, or the broken invariant.
    """
    at = clock()
    with unit_of_work() as session:
        found = round_queries.round_of(session, number)
        if found.state is State.DECLARED:
            return
        ensure_state(found, State.COUNTED)
        outcome = found.outcome()
        places = {each.printed: each for each in found.candidates}
        ranked = [place for name in outcome.reasons for place in [_place(found, name)]]
        rest = [place for place in ranked if place not in found.revealed]
        _set(
            session,
            found,
            state=State.DECLARED.value,
            running=None,
            declared_at=at,
            revealed=[*found.revealed, *rest],
        )
        wall.come_back(session, by=by, at=at)
        audit.record(
            session,
            RoundEvent.DECLARED,
            by=by,
            clock=lambda: at,
            round=number,
            threshold=outcome.threshold,
            elected=[places[name].delegate for name in outcome.elected],
            tied=[places[name].delegate for name in outcome.tied],
            open_seats=outcome.open_seats,
            votes=dict(
                zip(
                    [str(each.delegate) for each in found.candidates],
                    found.votes["votes"],
                    strict=True,
                )
            ),
        )


def _place(found: RoundView, name: str) -> int:
    return next(place for place, each in enumerate(found.candidates) if each.printed == name)


def put_away(*, number: int, by: Actor, clock: Clock = utc_now) -> None:
    """Take the result off the wall; quiet when it is off.

    Raises:
        Refused: `ballot_round_unknown`, `ballot_wrong_moment`.
    """
    at = clock()
    with unit_of_work() as session:
        found = round_queries.round_of(session, number)
        ensure_state(found, State.DECLARED)
        if found.put_away_at is not None:
            return
        _set(session, found, put_away_at=at)
        audit.record(session, RoundEvent.PUT_AWAY, by=by, clock=lambda: at, round=number)


def record_complaint(*, number: int, words: str, by: Actor, clock: Clock = utc_now) -> None:
    """Complaints during the count, for D6; an empty text says that there was none.

    Raises:
        Refused: `ballot_round_unknown`, `ballot_wrong_moment`.
    """
    words = tidy(words)[:1000]
    with unit_of_work() as session:
        found = round_queries.round_of(session, number)
        if found.closed_at is None:
            raise Refused("ballot_wrong_moment", number=number, state=found.state.value)
        _set(session, found, complaints=words)
        audit.record(
            session, RoundEvent.COMPLAINT, by=by, clock=clock, round=number, complaint=words
        )


@before_ending
def ensure_declared(session: Session) -> None:
    """The election that was set up has its whole result (R16).

    A hall that wants no (further) election says so in the book: by hands after a round, or the
    item that has not begun is skipped with a reason.

    Raises:
        Refused: `ballot_result_not_declared` while a round runs, `ballot_board_not_complete`.
    """
    found = round_queries.running(session)
    if found is not None:
        raise Refused("ballot_result_not_declared", number=found.number)
    where = standing(session)
    if where is None or where.is_complete:
        return
    if where.is_stopped:
        return
    items = [row for row in agendas.items(session) if row.kind is AgendaKind.ELECTION]
    if not any(row.state is ItemState.SKIPPED for row in items):
        raise Refused("ballot_board_not_complete", elected=len(where.elected), seats=where.seats)


@before_starting
def ensure_announced(session: Session, kind: AgendaKind) -> None:
    """R16: the resolution takes the result over, so it does not begin without it."""
    if kind is AgendaKind.RESOLUTION:
        ensure_declared(session)


def _set(session: Session, found: RoundView, **values: object) -> None:
    session.execute(update(BallotRound).where(BallotRound.id == found.id).values(**values))
    changed(session, "ballot")

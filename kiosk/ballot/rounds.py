"""Acts on rounds: slips, preparing one, voiding one, and a smaller board where seats stay empty."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from kiosk.agenda.services import ensure_running_conference
from kiosk.ballot import queries, roll_queries, round_queries, rules, slips, standing
from kiosk.ballot.boxes import Boxes
from kiosk.ballot.models import BallotRound, Election, Lowering, Slip, SlipSet
from kiosk.ballot.outcome import ensure_can_lower
from kiosk.ballot.queries import CandidateRow
from kiosk.ballot.round_events import RoundEvent
from kiosk.ballot.round_queries import RoundView
from kiosk.ballot.rules import RoundKind, State, Way
from kiosk.checkin.rules import ensure_reason
from kiosk.conference import bars
from kiosk.conference import queries as people
from kiosk.core import audit
from kiosk.core.access import THE_PROGRAM, Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import after_commit, changed, refusing, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import tidy
from kiosk.motions import services as motions


def ensure_state(found: RoundView, *states: State) -> None:
    """Refused with `ballot_wrong_moment` unless the round stands in one of these states."""
    if found.state not in states:
        raise Refused("ballot_wrong_moment", number=found.number, state=found.state.value)


# -- slips -----------------------------------------------------------------------------------


def print_slips(
    *, round_number: int, count: int, key: bytes, by: Actor, clock: Clock = utc_now
) -> list[str]:
    """Make a new set of slips for a round; returns the codes, which are stored nowhere.

    An earlier set of the same round is worth nothing from here on. `key` is one of the instance.

    Raises:
        Refused: `ballot_slips_number_wrong`, `ballot_slips_locked`, `conference_missing`,
            `conference_ended`.
    """
    if not 1 <= count <= slips.MOST or round_number < 1:
        raise Refused("ballot_slips_number_wrong", most=slips.MOST)
    codes = slips.fresh(count)
    at = clock()
    with unit_of_work() as session:
        meeting = people.conference(session)
        if meeting.ended_at is not None:
            raise Refused("conference_ended")
        state = session.scalar(select(BallotRound.state).where(BallotRound.number == round_number))
        if state not in {None, State.PREPARED.value}:
            raise Refused("ballot_slips_locked", number=round_number)
        own = slips.round_key(key, conference=meeting.code, round_number=round_number)
        session.execute(
            update(SlipSet)
            .where(SlipSet.round_number == round_number, SlipSet.replaced_at.is_(None))
            .values(replaced_at=at)
        )
        set_id = session.scalars(
            insert(SlipSet)
            .values(round_number=round_number, count=count, printed_at=at, by=by.label)
            .returning(SlipSet.id)
        ).one()
        session.execute(
            insert(Slip),
            [
                {"set_id": set_id, "hash": digest}
                for digest in sorted(slips.slip_hash(own, code) for code in codes)
            ],
        )
        # What the tellers counted was the old set.
        session.execute(
            update(BallotRound).where(BallotRound.number == round_number).values(slips_printed=None)
        )
        audit.record(
            session,
            RoundEvent.SLIPS_PRINTED,
            by=by,
            clock=lambda: at,
            round=round_number,
            count=count,
        )
        changed(session, "ballot")
    return codes


def book_slips(*, number: int, counted: int, by: Actor, clock: Clock = utc_now) -> None:
    """Record how many slips (or ballot papers) the tellers have counted before the round.

    Raises:
        Refused: `ballot_round_unknown`, `ballot_wrong_moment`, `ballot_slips_missing`,
            `ballot_slips_more_than_printed`, `ballot_slips_number_wrong`.
    """
    with unit_of_work() as session:
        found = round_queries.round_of(session, number)
        ensure_state(found, State.PREPARED)
        if not 1 <= counted <= slips.MOST:
            raise Refused("ballot_slips_number_wrong", most=slips.MOST)
        if found.way is Way.TABLET:
            printed = roll_queries.slip_sets(session).get(number)
            if printed is None:
                raise Refused("ballot_slips_missing", number=number)
            if counted > printed.count:
                raise Refused(
                    "ballot_slips_more_than_printed", counted=counted, printed=printed.count
                )
        _set(session, found, slips_printed=counted)
        audit.record(
            session, RoundEvent.SLIPS_COUNTED, by=by, clock=clock, round=number, count=counted
        )


# -- preparing a round -----------------------------------------------------------------------


def prepare(*, way: str, by: Actor, clock: Clock = utc_now) -> int:
    """Begin the first round, or the one that the last outcome calls for; returns its number.

    The kind follows from what was declared: among the tied, for the seats left empty, or again
    after a void round.

    Raises:
        Refused: `ballot_not_prepared`, `ballot_seats_not_adopted`, `ballot_list_not_adopted`,
            `ballot_rule_not_adopted`, `ballot_round_running`, `ballot_no_further_round`, what
            `rules.ensure_committee` refuses, `ballot_smaller_board_open`,
            `ballot_election_stopped`, `ballot_barred_on_list`, `conference_not_open`,
            `conference_ended`.
    """
    chosen = rules.one_of(Way, way, field="way")
    at = clock()
    with unit_of_work() as session:
        ensure_running_conference(session)
        election = queries.election(session)
        for question, code in (
            (election.seats_question, "seats"),
            (election.list_question, "list"),
            (election.rule_question, "rule"),
        ):
            if not question.is_adopted:
                _refuse_unadopted(code)
        wrong = queries.committee(session).refusal
        if wrong is not None:
            raise wrong
        running = round_queries.running(session)
        if running is not None:
            raise Refused("ballot_round_running", number=running.number)
        round_queries.ensure_no_lowering_open(session)
        if election.stop_question.is_adopted:
            raise Refused("ballot_election_stopped")
        kind, wanted, seats, board = _next(session, election.seats)
        barred = bars.barred(session)
        for row in wanted:
            # Decided after the hall adopted the list: nobody may vote for that person.
            if barred.get(row.delegate_id):
                raise Refused("ballot_barred_on_list", name=row.name)
        number = (session.scalar(select(func.max(BallotRound.number))) or 0) + 1
        printed = standing.printed_names(wanted)
        with refusing("ballot_round_running", number=number):
            session.execute(
                insert(BallotRound).values(
                    number=number,
                    kind=kind.value,
                    way=chosen.value,
                    type=rules.ballot_type(len(wanted), seats).value,
                    seats=seats,
                    board=board,
                    style=election.style.value,
                    base=election.base.value,
                    tie=election.tie.value,
                    title=election.title,
                    conference=people.code(session),
                    candidates=[
                        {
                            "candidate": row.id,
                            "delegate": row.delegate_id,
                            "name": row.name,
                            "printed": printed[place],
                            "title": row.title,
                            "unit": row.unit,
                            "born": row.born.isoformat() if row.born else None,
                        }
                        for place, row in enumerate(wanted)
                    ],
                    state=State.PREPARED.value,
                    running=True,
                    made_at=at,
                )
            )
        audit.record(
            session,
            RoundEvent.PREPARED,
            by=by,
            clock=lambda: at,
            round=number,
            kind=kind.value,
            way=chosen.value,
            seats=seats,
            board=board,
            style=election.style.value,
            base=election.base.value,
            tie=election.tie.value,
            candidates=[row.delegate_id for row in wanted],
        )
        changed(session, "ballot")
    return number


def _refuse_unadopted(what: str) -> None:
    if what == "seats":
        raise Refused("ballot_seats_not_adopted")
    if what == "list":
        raise Refused("ballot_list_not_adopted")
    raise Refused("ballot_rule_not_adopted")


def _next(session: Session, seats: int) -> tuple[RoundKind, Sequence[CandidateRow], int, int]:
    """Kind, candidates in ballot order, seats and whole board of the round that comes now."""
    every = {row.id: row for row in queries.candidates(session)}
    past = round_queries.rounds(session)
    void = past[-1] if past and past[-1].state is State.VOIDED else None
    found = standing.standing(session)
    if found is None or found.last is None:
        if void is not None:
            same = [every[each.candidate] for each in void.candidates]
            return RoundKind.AGAIN, same, void.seats, void.board
        return RoundKind.FIRST, [row for row in every.values() if row.stands], seats, seats
    if found.open_seats == 0 or found.again_kind is None or not found.again:
        raise Refused("ballot_no_further_round")
    # After a void round too: the hall may have lowered the board since.
    again = set(found.again)
    kind = found.again_kind if void is None else RoundKind.AGAIN
    wanted = [row for row in every.values() if row.id in again]
    return kind, wanted, found.open_seats, found.seats


# -- a smaller board, by hands (R13) ---------------------------------------------------------


def ask_smaller(*, to: int, by: Actor, clock: Clock = utc_now) -> int:
    """Ask the hall, after a round that left seats empty, for a smaller board; the motion's id.

    Raises:
        Refused: `ballot_no_further_round`, `ballot_round_running`, `ballot_lower_wrong`, or what
            opening a motion refuses.
    """
    with unit_of_work() as session:
        running = round_queries.running(session)
        if running is not None:
            raise Refused("ballot_round_running", number=running.number)
        found = standing.standing(session)
        if found is None or found.last is None or found.open_seats == 0:
            raise Refused("ballot_no_further_round")
        ensure_can_lower(seats=found.seats, to=to, elected=len(found.elected))
        motion_id = motions.open_motion(
            text=f"Giảm số lượng thành viên Ban Thanh tra nhân dân từ {found.seats} xuống {to}"
            " người",
            by=by,
            clock=clock,
        )
        known = {each.question.motion.id for each in found.last.lowerings if each.question.motion}
        if motion_id in known:  # the same question while it is open: a double tap
            return motion_id
        session.execute(
            insert(Lowering).values(motion_id=motion_id, round_id=found.last.id, seats=to)
        )
        changed(session, "ballot")
        audit.record(
            session,
            RoundEvent.LOWER_ASKED,
            by=by,
            clock=clock,
            round=found.last.number,
            motion=motion_id,
            to=to,
        )
    return motion_id


def ask_stop(*, by: Actor, clock: Clock = utc_now) -> int:
    """Ask the hall, after a round that left seats empty, to vote no further; the motion's id.

    Raises:
        Refused: `ballot_no_further_round`, `ballot_round_running`, or what opening a motion
            refuses.
    """
    with unit_of_work() as session:
        running = round_queries.running(session)
        if running is not None:
            raise Refused("ballot_round_running", number=running.number)
        found = standing.standing(session)
        if found is None or found.last is None or found.open_seats == 0 or found.is_stopped:
            raise Refused("ballot_no_further_round")
        motion_id = motions.open_motion(
            text=f"Không bầu tiếp Ban Thanh tra nhân dân, để trống {found.open_seats} chỗ",
            by=by,
            clock=clock,
        )
        session.execute(update(Election).values(stop_motion_id=motion_id))
        audit.record(
            session,
            RoundEvent.STOP_ASKED,
            by=by,
            clock=clock,
            motion=motion_id,
            open_seats=found.open_seats,
        )
        changed(session, "ballot")
    return motion_id


# -- void, by two accounts -------------------------------------------------------------------


def ask_void(*, number: int, reason: str, by: Actor, clock: Clock = utc_now) -> None:
    """Ask to void a round, in writing; another account confirms (four eyes).

    Raises:
        Refused: `ballot_round_unknown`, `ballot_round_declared`, `ballot_round_counted`,
            `ballot_wrong_moment`, `reason_missing`, `reason_too_long`.
    """
    reason = tidy(reason)
    ensure_reason(reason)
    with unit_of_work() as session:
        found = round_queries.round_of(session, number)
        _ensure_may_void(found)
        _set(session, found, void_asked_by=by.label, void_asked_reason=reason)
        audit.record(
            session, RoundEvent.VOID_ASKED, by=by, clock=clock, round=number, reason=reason
        )


def void(*, number: int, boxes: Boxes, by: Actor, clock: Clock = utc_now) -> None:
    """Void a round: its box is deleted unopened, and it is voted again.

    Once counted, only figures that disagree void it; what was opened stays in the archive.

    Raises:
        Refused: `ballot_round_unknown`, `ballot_round_declared`, `ballot_round_counted`,
            `ballot_wrong_moment`, `ballot_void_not_asked`, `ballot_void_same_person`.
    """
    at = clock()
    with unit_of_work() as session:
        found = round_queries.round_of(session, number)
        _ensure_may_void(found)
        if not found.void_asked_by:
            raise Refused("ballot_void_not_asked")
        if found.void_asked_by == by.label:
            raise Refused("ballot_void_same_person")
        _set(
            session,
            found,
            state=State.VOIDED.value,
            running=None,
            void_reason=found.void_asked_reason,
            voided_by=by.label,
            voided_at=at,
        )
        audit.record(
            session,
            RoundEvent.VOIDED,
            by=by,
            clock=lambda: at,
            round=number,
            asked_by=found.void_asked_by,
            reason=found.void_asked_reason,
        )
        # Only once it is durable: a crash in between is met by the sweep at the next start.
        after_commit(session, lambda: boxes.destroy(number))


def void_restored(session: Session, clock: Clock) -> None:
    """Inside the unit of a restore: the round whose box no copy holds is void, its slips too.

    A round that was counted lies in the copy with all its ballots and goes on. Once the conference
    is open, slips for a round to come may have been handed out after the copy was made.
    """
    at = clock()
    meeting = people.find_conference(session)
    every = round_queries.rounds(session)
    if meeting is not None and meeting.opened_at is not None:
        counted = [each.number for each in every if each.state in {State.COUNTED, State.DECLARED}]
        session.execute(
            update(SlipSet)
            .where(SlipSet.replaced_at.is_(None), SlipSet.round_number > max(counted, default=0))
            .values(replaced_at=at)
        )
    found = next((each for each in every if not each.is_over), None)
    if found is None or found.state is State.COUNTED:
        return
    reason = "Khôi phục từ bản sao lưu (restored)"
    _set(
        session,
        found,
        state=State.VOIDED.value,
        running=None,
        void_reason=reason,
        voided_by=THE_PROGRAM.label,
        voided_at=at,
    )
    audit.record(
        session,
        RoundEvent.VOIDED,
        by=THE_PROGRAM,
        clock=lambda: at,
        round=found.number,
        asked_by="",
        reason=reason,
    )


def _ensure_may_void(found: RoundView) -> None:
    if found.state is State.DECLARED:
        raise Refused("ballot_round_declared", number=found.number)
    if found.state is State.VOIDED:
        raise Refused("ballot_wrong_moment", number=found.number, state=found.state.value)
    if found.state is State.COUNTED and found.disagreement is None:
        # Whoever asks has seen who is elected: a result is not voided because it displeases.
        raise Refused("ballot_round_counted", number=found.number)


def _set(session: Session, found: RoundView, **values: object) -> None:
    session.execute(update(BallotRound).where(BallotRound.id == found.id).values(**values))
    changed(session, "ballot")

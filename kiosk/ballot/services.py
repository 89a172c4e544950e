"""Preparing the election: settings, candidates, and what the hall decides by hands (R6-R9)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from kiosk.ballot import queries, round_queries, rule_text, rules
from kiosk.ballot.events import BallotEvent
from kiosk.ballot.models import Candidate, Election
from kiosk.ballot.queries import CandidateRow, ElectionView
from kiosk.ballot.rules import Base, Electorate, Source, Style, Tie
from kiosk.checkin.rules import ensure_reason
from kiosk.conference import bars
from kiosk.conference import queries as people
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, refusing, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import tidy
from kiosk.motions import services as motions


class Ask(StrEnum):
    """What the hall is asked before the election, in this order."""

    SEATS = "seats"
    LIST = "list"
    RULE = "rule"


@dataclass(frozen=True)
class Settings:
    """What a form says; words are checked when they are taken."""

    seats: int
    seats_reason: str = ""
    title: str = "Bầu Ban Thanh tra nhân dân"
    term: str = ""
    style: str = Style.CHOOSE
    base: str = Base.PRESENT
    tie: str = Tie.SECOND_ROUND
    electorate: str = Electorate.ELECTS
    camera: bool = False


def set_up(wanted: Settings, *, by: Actor, clock: Clock = utc_now) -> None:
    """Set the election up, or change its settings while nothing about them is voted on.

    Raises:
        Refused: `ballot_seats_few`, `ballot_seats_many`, `ballot_seats_locked`,
            `ballot_settings_locked`, `ballot_round_exists`, `field_wrong`,
            `conference_missing`, `conference_ended`.
    """
    values = {
        "title": tidy(wanted.title)[:200],
        "term": tidy(wanted.term)[:40],
        "seats": wanted.seats,
        "seats_reason": rules.ensure_seats(wanted.seats, wanted.seats_reason),
        "style": rules.one_of(Style, wanted.style, field="style").value,
        "base": rules.one_of(Base, wanted.base, field="base").value,
        "tie": rules.one_of(Tie, wanted.tie, field="tie").value,
        "electorate": rules.one_of(Electorate, wanted.electorate, field="electorate").value,
        "camera": wanted.camera,
    }
    if not values["title"]:
        raise Refused("field_wrong", field="title")
    with unit_of_work() as session:
        _ensure_not_ended(session)
        _ensure_no_round(session)
        before = queries.find_election(session)
        if before is None:
            session.execute(insert(Election).values(id=1, **values))
        else:
            if before.rule_question.is_fixed:
                raise Refused("ballot_settings_locked")
            if before.seats_question.is_fixed and before.seats != wanted.seats:
                raise Refused("ballot_seats_locked")
            session.execute(update(Election).values(**values))
        audit.record(session, BallotEvent.SETTINGS_CHANGED, by=by, clock=clock, **values)
        changed(session, "ballot")


# -- who stands ------------------------------------------------------------------------------


def nominate(
    *,
    delegate_id: int,
    source: str,
    consent: bool = False,
    by: Actor,
    clock: Clock = utc_now,
) -> None:
    """Put a person on the list of candidates (R7).

    Raises:
        Refused: `ballot_not_prepared`, `ballot_list_locked`, `ballot_candidate_twice`,
            `ballot_guest_no_candidate`, `ballot_candidate_barred`, `delegate_unknown`.
    """
    brought = rules.one_of(Source, source, field="source")
    at = clock()
    with unit_of_work() as session:
        ensure_list_is_free(session)
        person = people.delegate(session, delegate_id)
        barred = bars.barred(session).get(delegate_id)
        rules.ensure_may_stand(name=person.name, is_guest=person.is_guest, bar=barred or "")
        with refusing("ballot_candidate_twice", name=person.name):
            session.execute(
                insert(Candidate).values(
                    delegate_id=delegate_id,
                    source=brought.value,
                    consent_at=at if consent else None,
                    consent_by=by.label if consent else "",
                    added_at=at,
                    added_by=by.label,
                )
            )
        audit.record(
            session,
            BallotEvent.NOMINATED,
            by=by,
            clock=lambda: at,
            delegate=delegate_id,
            source=brought.value,
            consent=consent,
        )
        changed(session, "ballot")


def record_consent(*, candidate_id: int, agrees: bool, by: Actor, clock: Clock = utc_now) -> None:
    """Record that a nominated person agrees to stand, or take that back (R7).

    Raises:
        Refused: `ballot_candidate_unknown`, `ballot_list_locked`.
    """
    at = clock()
    with unit_of_work() as session:
        ensure_list_is_free(session)
        found = queries.candidate(session, candidate_id)
        session.execute(
            update(Candidate)
            .where(Candidate.id == candidate_id)
            .values(consent_at=at if agrees else None, consent_by=by.label if agrees else "")
        )
        _note(session, BallotEvent.CONSENTED, found, by, lambda: at, agrees=agrees)


def record_birth(*, candidate_id: int, born: str, by: Actor, clock: Clock = utc_now) -> None:
    """Keep a date of birth, only for the tie rule (R22); an empty one takes it away.

    Raises:
        Refused: `ballot_candidate_unknown`, `ballot_list_locked`, `field_wrong`.
    """
    day = rules.birth_of(born)
    with unit_of_work() as session:
        ensure_list_is_free(session)
        found = queries.candidate(session, candidate_id)
        session.execute(update(Candidate).where(Candidate.id == candidate_id).values(born=day))
        # The date itself stays out of the book: it is personal and no act.
        _note(session, BallotEvent.BORN_SET, found, by, clock, known=day is not None)


def withdraw(*, candidate_id: int, reason: str, by: Actor, clock: Clock = utc_now) -> None:
    """Take a person off the list, with the reason; quiet when that is done already.

    Raises:
        Refused: `ballot_candidate_unknown`, `ballot_list_locked`, `reason_missing`,
            `reason_too_long`.
    """
    reason = tidy(reason)
    at = clock()
    with unit_of_work() as session:
        ensure_list_is_free(session)
        found = queries.candidate(session, candidate_id)
        if not found.stands:
            return
        ensure_reason(reason)
        session.execute(
            update(Candidate)
            .where(Candidate.id == candidate_id)
            .values(withdrawn_at=at, withdraw_reason=reason)
        )
        _note(session, BallotEvent.WITHDRAWN, found, by, lambda: at, reason=reason)


def put_back(*, candidate_id: int, by: Actor, clock: Clock = utc_now) -> None:
    """Put a withdrawn person back on the list (the hall did not accept the withdrawal).

    Raises:
        Refused: `ballot_candidate_unknown`, `ballot_list_locked`.
    """
    with unit_of_work() as session:
        ensure_list_is_free(session)
        found = queries.candidate(session, candidate_id)
        if found.stands:
            return
        session.execute(
            update(Candidate)
            .where(Candidate.id == candidate_id)
            .values(withdrawn_at=None, withdraw_reason="")
        )
        _note(session, BallotEvent.RETURNED, found, by, clock)


# -- votes by hands (R8, R9) -------------------------------------------------------------------


def put_to_vote(what: str, *, by: Actor, clock: Clock = utc_now) -> int:
    """Put number, list or rule to the hall; returns the motion's id.

    While it is voted on and once it is adopted, what it is about cannot change. Between two rounds
    only a count that was corrected to a rejection can be asked again; what is asked is the same,
    because settings and list are fixed by the first round.

    Raises:
        Refused: `ballot_question_unknown`, `ballot_question_adopted`, `ballot_seats_not_adopted`,
            `ballot_list_not_adopted`, `ballot_round_running`, what `rules.ensure_list_complete`
            refuses, or what opening a motion refuses.
    """
    try:
        ask = Ask(what)
    except ValueError as unknown:
        raise Refused("ballot_question_unknown") from unknown
    with unit_of_work() as session:
        found = queries.election(session)
        question = {
            Ask.SEATS: found.seats_question,
            Ask.LIST: found.list_question,
            Ask.RULE: found.rule_question,
        }[ask]
        if question.is_adopted and question.motion is not None:
            raise Refused("ballot_question_adopted", number=question.motion.number)
        running = round_queries.running(session)
        if running is not None:
            raise Refused("ballot_round_running", number=running.number)
        standing = queries.candidates(session, standing_only=True)
        text, stored = _question(session, ask, found, standing)
        motion_id = motions.open_motion(text=text, by=by, clock=clock)
        column = {
            Ask.SEATS: "seats_motion_id",
            Ask.LIST: "slate_motion_id",
            Ask.RULE: "rule_motion_id",
        }[ask]
        session.execute(update(Election).values({column: motion_id, **stored}))
        audit.record(
            session,
            BallotEvent.PUT_TO_VOTE,
            by=by,
            clock=clock,
            what=ask.value,
            motion=motion_id,
            seats=found.seats,
            candidates=[each.delegate_id for each in standing],
            **stored,
        )
        changed(session, "ballot")
    return motion_id


def _question(
    session: Session, ask: Ask, found: ElectionView, standing: list[CandidateRow]
) -> tuple[str, dict[str, str]]:
    """What the chair reads out, and what is stored beside the motion."""
    if ask is Ask.SEATS:
        return f"Số lượng thành viên Ban Thanh tra nhân dân: {found.seats} người", {}
    if not found.seats_question.is_adopted:
        raise Refused("ballot_seats_not_adopted")
    if ask is Ask.LIST:
        barred = bars.barred(session)
        for each in standing:
            # Decided after the nomination: the hall must not be asked about it.
            rules.ensure_may_stand(
                name=each.name, is_guest=False, bar=barred.get(each.delegate_id) or ""
            )
        rules.ensure_list_complete(
            [rules.Nominee(each.name, each.consent_at is not None, each.born) for each in standing],
            seats=found.seats,
            tie=found.tie,
        )
        names = ", ".join(each.name for each in standing)
        text = f"Danh sách bầu cử gồm {len(standing)} người: {names}"
        return (text if len(text) <= 500 else f"Danh sách bầu cử gồm {len(standing)} người"), {}
    if not found.list_question.is_adopted:
        raise Refused("ballot_list_not_adopted")
    digest = rule_text.digest(rule_text.of(session))
    return "Thể lệ bầu cử Ban Thanh tra nhân dân", {"rule_sha256": digest}


def _ensure_not_ended(session: Session) -> None:
    if people.conference(session).ended_at is not None:
        raise Refused("conference_ended")


def _ensure_no_round(session: Session) -> None:
    """Refused with `ballot_round_exists`: whatever the hall corrects later, a round was prepared
    by these settings and this list."""
    if round_queries.exists(session):
        raise Refused("ballot_round_exists")


def ensure_list_is_free(session: Session) -> None:
    """Refused: `conference_ended`, `ballot_not_prepared`, `ballot_round_exists`,
    `ballot_list_locked` (R8)."""
    _ensure_not_ended(session)
    _ensure_no_round(session)
    if queries.election(session).list_question.is_fixed:
        raise Refused("ballot_list_locked")


def _note(
    session: Session,
    event: BallotEvent,
    found: CandidateRow,
    by: Actor,
    clock: Clock,
    **facts: object,
) -> None:
    audit.record(
        session,
        event,
        by=by,
        clock=clock,
        candidate=found.id,
        delegate=found.delegate_id,
        **facts,
    )
    changed(session, "ballot")

"""What the hall has decided stays decided: the rule of a round, and the number of seats."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from kiosk.agenda import queries as agendas
from kiosk.agenda import services as agenda
from kiosk.ballot import (
    counting,
    issuing,
    paper_round,
    report,
    round_queries,
    rounds,
    services,
    standing,
    voting,
)
from kiosk.ballot.judging import Typed
from kiosk.ballot.models import BallotRound
from kiosk.ballot.rules import Base, RoundKind, Style
from kiosk.conference import committees
from kiosk.conference.committees import Committee
from kiosk.conference.plan.kinds import AgendaKind
from kiosk.core.db import unit_of_work
from kiosk.core.errors import Refused
from kiosk.motions import services as motions

KEY = b"k" * 32


def refused(code: str, act: Any, *args: Any, **named: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        act(*args, **named)
    assert caught.value.code == code, caught.value
    return caught.value


@pytest.fixture
def by_hands(ballots: Any, badge_of: Any) -> Any:
    """A whole round counted by hands: `by_hands([yes, …])`, declared; its number."""

    def held(votes: list[int], *, declare: bool = True) -> int:
        number: int = ballots.prepared("hands")
        voting.open_voting(number=number, **ballots.how)
        ballots.close(number)
        typed = Typed(
            issued=80,
            collected=80,
            valid=80,
            invalid=0,
            votes=tuple(votes),
        )
        for teller in (61, 62):
            paper_round.type_entry(
                number=number, badge=badge_of(teller), typed=typed, key=KEY, **ballots.how
            )
        paper_round.take(number=number, **ballots.how)
        if declare:
            counting.declare(number=number, **ballots.how)
        return number

    return held


def corrected(ballots: Any, motion: int, *, adopted: bool) -> None:
    """The secretary corrects a count by hands: the hall had said the opposite."""
    motions.correct_count(
        motion,
        in_favour=50 if adopted else 10,
        against=5,
        other=0,
        reason="đếm nhầm",
        **ballots.how,
    )


def rule_of(ballots: Any) -> int:
    from kiosk.ballot import queries

    found = queries.election(ballots.session).rule_question.motion
    assert found is not None
    return int(found.id)


def test_a_declared_round_keeps_its_rule_whatever_is_corrected_after(
    ballots: Any, by_hands: Any
) -> None:
    ballots.ready(seats=3, candidates=5)
    number = by_hands([60, 50, 45, 20, 10])
    before = ballots.round(number).outcome()
    corrected(ballots, rule_of(ballots), adopted=False)
    refused("ballot_round_exists", ballots.set_up, seats=3, base="valid", style="strike")
    found = ballots.round(number)
    assert (found.base, found.style, found.outcome()) == (Base.PRESENT, Style.CHOOSE, before)


def test_settings_and_list_stay_while_the_box_is_full(ballots: Any) -> None:
    """A changed style would make every sealed ballot one of another round."""
    ballots.ready()
    number = ballots.lock()
    (slip,) = ballots.draw(10)
    ballots.open(number)
    ballots.cast(number, slip, [1, 0, 0, 0, 0])
    ballots.close(number)
    ballots.sums(number)
    corrected(ballots, rule_of(ballots), adopted=False)
    refused("ballot_round_exists", ballots.set_up, style="strike")
    refused("ballot_round_exists", ballots.nominate, 20)
    refused("ballot_round_running", services.put_to_vote, "rule", **ballots.how)
    ballots.count(number)
    assert ballots.round(number).counts["valid"] == 1


def test_a_rule_whose_count_was_corrected_is_asked_again_between_rounds(
    ballots: Any, by_hands: Any
) -> None:
    ballots.ready(seats=4, candidates=5)
    by_hands([60, 50, 45, 20, 10])
    corrected(ballots, rule_of(ballots), adopted=False)
    refused("ballot_rule_not_adopted", rounds.prepare, way="hands", **ballots.how)
    ballots.vote("rule")
    assert rounds.prepare(way="hands", **ballots.how) == 2


def seats_of(ballots: Any) -> tuple[int, int]:
    found = standing.standing(ballots.session)
    assert found is not None
    return found.seats, found.open_seats


def test_a_second_lowering_does_not_take_the_first_back(ballots: Any, by_hands: Any) -> None:
    ballots.ready(seats=5, candidates=7)
    by_hands([60, 50, 45, 20, 10, 5, 5])
    ballots.hands(rounds.ask_smaller(to=4, **ballots.how))
    assert seats_of(ballots) == (4, 1)
    second = rounds.ask_smaller(to=3, **ballots.how)
    assert seats_of(ballots) == (4, 1)
    ballots.hands(second, adopted=False)
    assert seats_of(ballots) == (4, 1)
    ballots.hands(rounds.ask_smaller(to=3, **ballots.how))
    assert seats_of(ballots) == (3, 0)


def test_nothing_begins_while_the_hall_votes_on_a_smaller_board(
    ballots: Any, by_hands: Any
) -> None:
    ballots.ready(seats=5, candidates=7)
    by_hands([60, 50, 45, 20, 10, 5, 5])
    motion = rounds.ask_smaller(to=3, **ballots.how)
    refused("ballot_smaller_board_open", rounds.prepare, way="hands", **ballots.how)
    ballots.hands(motion, adopted=False)
    assert rounds.prepare(way="hands", **ballots.how) == 2


def test_a_correction_after_the_next_round_changes_no_board(ballots: Any, by_hands: Any) -> None:
    ballots.ready(seats=5, candidates=7)
    by_hands([60, 50, 45, 20, 10, 5, 5])
    motion = rounds.ask_smaller(to=3, **ballots.how)
    ballots.hands(motion, adopted=False)
    by_hands([50, 45, 5, 5])
    assert seats_of(ballots) == (5, 0)
    corrected(ballots, motion, adopted=True)
    assert seats_of(ballots) == (5, 0)


def test_a_board_lowered_after_a_void_round_is_voted_smaller(ballots: Any, by_hands: Any) -> None:
    ballots.ready(seats=5, candidates=7)
    by_hands([60, 50, 45, 20, 10, 5, 5])
    number = ballots.prepared("hands")
    assert ballots.round(number).seats == 2
    rounds.ask_void(number=number, reason="mất thẻ mã", **ballots.how)
    rounds.void(number=number, boxes=ballots.boxes, by=ballots.hall.minh, clock=ballots.hall.clock)
    ballots.hands(rounds.ask_smaller(to=4, **ballots.how))
    again = ballots.round(ballots.prepared("hands"))
    assert (again.kind, again.seats, again.board) == (RoundKind.AGAIN, 1, 4)


# -- R16: the resolution takes the result over ---------------------------------------------------


def item_of(ballots: Any, kind: AgendaKind) -> int:
    return next(row.id for row in agendas.items(ballots.session) if row.kind is kind)


def test_no_resolution_and_no_end_before_the_board_is_elected(ballots: Any, by_hands: Any) -> None:
    counting.ensure_declared(ballots.session)  # nothing is set up: nothing is missing
    last = item_of(ballots, AgendaKind.RESOLUTION)
    ballots.ready(seats=4, candidates=5)
    refused("ballot_board_not_complete", agenda.start_item, last, **ballots.how)
    number = ballots.prepared("hands")
    rounds.ask_void(number=number, reason="mất thẻ mã", **ballots.how)
    rounds.void(number=number, boxes=ballots.boxes, by=ballots.hall.minh, clock=ballots.hall.clock)
    refused("ballot_board_not_complete", agenda.start_item, last, **ballots.how)
    by_hands([60, 50, 45, 20, 10])
    said = refused("ballot_board_not_complete", agenda.start_item, last, **ballots.how)
    assert said.facts == {"elected": 3, "seats": 4}
    refused("ballot_board_not_complete", counting.ensure_declared, ballots.session)
    ballots.hands(rounds.ask_smaller(to=3, **ballots.how))
    agenda.start_item(last, **ballots.how)


def test_a_hall_that_skips_the_election_goes_on_without_it(ballots: Any) -> None:
    ballots.ready()
    last = item_of(ballots, AgendaKind.RESOLUTION)
    refused("ballot_board_not_complete", agenda.start_item, last, **ballots.how)
    agenda.skip_item(
        item_of(ballots, AgendaKind.ELECTION), reason="Hội nghị hoãn bầu", **ballots.how
    )
    agenda.start_item(last, **ballots.how)


def test_a_hall_that_leaves_seats_empty_decides_so_by_hands(ballots: Any, by_hands: Any) -> None:
    """Two of three elected, no smaller board is lawful, and the item has begun: no skip is left."""
    ballots.ready(seats=3, candidates=5)
    last = item_of(ballots, AgendaKind.RESOLUTION)
    refused("ballot_no_further_round", rounds.ask_stop, **ballots.how)
    by_hands([60, 50, 10, 20, 10])
    motion = rounds.ask_stop(**ballots.how)
    refused("ballot_smaller_board_open", rounds.prepare, way="hands", **ballots.how)
    ballots.hands(motion, adopted=False)
    refused("ballot_board_not_complete", agenda.start_item, last, **ballots.how)
    ballots.hands(rounds.ask_stop(**ballots.how))
    refused("ballot_election_stopped", rounds.prepare, way="hands", **ballots.how)
    agenda.start_item(last, **ballots.how)


# -- a result that is known ----------------------------------------------------------------------


def test_nobody_voids_a_round_whose_result_is_known(ballots: Any, by_hands: Any) -> None:
    ballots.ready()
    number = by_hands([60, 50, 45, 20, 10], declare=False)
    refused("ballot_round_counted", rounds.ask_void, number=number, reason="xin", **ballots.how)


def test_a_void_that_was_asked_before_the_count_is_too_late_after_it(ballots: Any) -> None:
    ballots.ready()
    number = ballots.lock()
    (slip,) = ballots.draw(10)
    ballots.open(number)
    ballots.cast(number, slip, [1, 0, 0, 0, 0])
    ballots.close(number)
    ballots.sums(number)
    rounds.ask_void(number=number, reason="mất hai thẻ mã", **ballots.how)
    ballots.count(number)
    sure = {"by": ballots.hall.minh, "clock": ballots.hall.clock}
    refused("ballot_round_counted", rounds.void, number=number, boxes=ballots.boxes, **sure)
    counting.declare(number=number, **ballots.how)


def test_figures_that_disagree_can_still_be_voided(ballots: Any, by_hands: Any) -> None:
    ballots.ready()
    number = by_hands([60, 50, 45, 20, 10], declare=False)
    with unit_of_work() as session:
        counts = ballots.round(number).counts | {"valid": 40}
        session.execute(update(BallotRound).values(counts=counts))
    rounds.ask_void(number=number, reason="số không khớp", **ballots.how)
    sure = {"by": ballots.hall.minh, "clock": ballots.hall.clock}
    rounds.void(number=number, boxes=ballots.boxes, **sure)


# -- who stands, who closes, what the hall sees --------------------------------------------------


def test_who_is_barred_after_the_list_was_adopted_comes_on_no_ballot(ballots: Any) -> None:
    ballots.ready()
    ballots.bar(3, "chief_accountant")
    refused("ballot_barred_on_list", ballots.prepared, "tablet")
    ballots.bar(3, "")
    assert ballots.prepared("tablet") == 1


def test_those_who_locked_the_box_close_it(ballots: Any, badge_of: Any) -> None:
    ballots.ready()
    number = ballots.lock()
    ballots.open(number)
    row = committees.members(ballots.session, Committee.TELLERS)[1]
    committees.make_head(member_id=row.id, **ballots.how)
    newer = {"head_badge": badge_of(row.delegate_id), "witness_badge": badge_of(70)}
    closing = {"number": number, "boxes": ballots.boxes, "key": KEY, **ballots.how}
    refused("ballot_not_the_head", voting.close_voting, **newer, **closing)
    ballots.close(number)
    assert ballots.round(number).closed_head_id == 61


def test_an_old_result_stays_off_the_wall_while_the_next_round_runs(
    ballots: Any, by_hands: Any
) -> None:
    ballots.ready(seats=4, candidates=5)
    first = by_hands([60, 50, 45, 20, 10])
    shown = round_queries.shown_result(ballots.session)
    assert shown is not None
    assert shown.number == first
    second = ballots.prepared("hands")
    assert round_queries.shown_result(ballots.session) is None
    voting.open_voting(number=second, **ballots.how)
    ballots.close(second)
    assert round_queries.shown_result(ballots.session) is None


# -- paper: the list of signatures says who got a ballot (R15) -----------------------------------


def test_ballots_typed_that_nobody_signed_for_need_words_for_the_report(
    ballots: Any, badge_of: Any
) -> None:
    ballots.ready()
    number = ballots.prepared("paper")
    rounds.book_slips(number=number, counted=90, **ballots.how)
    voting.open_voting(number=number, **ballots.how)
    for person in range(10, 60):
        issuing.issue(badge=badge_of(person), key=KEY, **ballots.how)
    ballots.close(number)

    def type_in(teller: int, issued: int, note: str = "") -> None:
        typed = Typed(issued, 50, 50, 0, (50, 45, 41, 5, 5))
        paper_round.type_entry(
            number=number, badge=badge_of(teller), typed=typed, note=note, key=KEY, **ballots.how
        )

    said = refused("ballot_issued_needs_words", type_in, 61, 51)
    assert said.facts == {"typed": 51, "listed": 50}
    type_in(61, 51, "một phiếu phát không ký nhận")
    refused("ballot_issued_needs_words", type_in, 62, 51)
    type_in(62, 51, "một phiếu phát không ký nhận")
    paper_round.take(number=number, **ballots.how)
    told = report.facts(ballots.session, ballots.round(number))
    assert (told.issued, told.issued_note) == (51, "một phiếu phát không ký nhận")


def test_ballots_as_signed_for_need_no_words(ballots: Any, badge_of: Any) -> None:
    ballots.ready()
    number = ballots.prepared("paper")
    rounds.book_slips(number=number, counted=90, **ballots.how)
    voting.open_voting(number=number, **ballots.how)
    for person in range(10, 60):
        issuing.issue(badge=badge_of(person), key=KEY, **ballots.how)
    ballots.close(number)
    for teller in (61, 62):
        typed = Typed(50, 50, 50, 0, (50, 45, 41, 5, 5))
        paper_round.type_entry(
            number=number, badge=badge_of(teller), typed=typed, key=KEY, **ballots.how
        )
    paper_round.take(number=number, **ballots.how)
    assert ballots.round(number).issued_note == ""

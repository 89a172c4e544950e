"""What the hall has decided stays decided: the rule of a round, and the number of seats."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.ballot import counting, paper_round, rounds, services, standing, voting
from kiosk.ballot.judging import Typed
from kiosk.ballot.rules import Base, RoundKind, Style
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

    def held(votes: list[int], *, against: list[int] | None = None, declare: bool = True) -> int:
        number: int = ballots.prepared("hands")
        voting.open_voting(number=number, **ballots.how)
        ballots.close(number)
        typed = Typed(
            issued=80,
            collected=80,
            valid=80,
            invalid=0,
            votes=tuple(votes),
            against=None if against is None else tuple(against),
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

"""One ballot: valid, or invalid and why; all of them added up; two people counting paper."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ballot import judging
from kiosk.ballot.definition import Definition, Style
from kiosk.ballot.judging import Difference, Invalid, Opened, Tally, Typed, differences
from kiosk.ballot.outcome import Counts, Kind, Stood

MARK = bytes(range(32))
OTHER = bytes(32)

SURPLUS = Definition("0123456789ab", 1, Kind.A, 2, Style.CHOOSE, ("An", "Bình", "Chi"))
AGREE = replace(SURPLUS, kind=Kind.B, seats=3)


def judged(ballot: Definition, *choices: int, mark: bytes = MARK) -> Opened:
    return judging.judge(ballot, MARK, bytes(choices) + mark)


def test_one_to_n_names_are_valid() -> None:
    assert judged(SURPLUS, 1, 0, 0) == Opened(b"\1\0\0")
    assert judged(SURPLUS, 0, 1, 1).is_valid


def test_more_than_n_names_are_too_many() -> None:
    assert judged(SURPLUS, 1, 1, 1) == Opened(b"\1\1\1", Invalid.TOO_MANY)


def test_nobody_marked_is_blank_in_both_kinds() -> None:
    assert judged(SURPLUS, 0, 0, 0) == Opened(b"\0\0\0", Invalid.BLANK)
    assert judged(AGREE, 0, 0, 0) == Opened(b"\0\0\0", Invalid.BLANK)


def test_who_is_not_marked_is_not_counted_and_the_ballot_stays_valid() -> None:
    """Kind B: both or neither ticked for a person (domain.md 2.1)."""
    ballots = [judged(AGREE, 1, 2, 0), judged(AGREE, 0, 2, 1), judged(AGREE, 1, 1, 1)]
    added = judging.tally(AGREE, ballots)
    assert added.valid == 3
    assert added.votes == (2, 1, 2)
    assert added.against == (0, 2, 0)
    assert [added.not_counted(place) for place in range(3)] == [1, 0, 1]


def test_disagreeing_with_everybody_is_a_valid_ballot_of_kind_b() -> None:
    assert judged(AGREE, 2, 2, 2).is_valid


@pytest.mark.parametrize(
    ("opened", "reason"),
    [
        (None, Invalid.UNREADABLE),
        (b"", Invalid.MALFORMED),
        (b"\1\0\0", Invalid.MALFORMED),
        (b"\1\0\0\0" + MARK, Invalid.MALFORMED),
        (b"\1\0\0" + OTHER, Invalid.OTHER_BALLOT),
        (b"\2\0\0" + MARK, Invalid.MALFORMED),
        (b"\xff\0\0" + MARK, Invalid.MALFORMED),
    ],
)
def test_what_is_no_ballot_of_this_box_leaves_its_reason_and_no_byte(
    opened: bytes | None, reason: Invalid
) -> None:
    assert judging.judge(SURPLUS, MARK, opened) == Opened(b"", reason)


@given(st.one_of(st.none(), st.binary(max_size=80)))
def test_no_ballot_whatever_it_holds_stops_the_count(opened: bytes | None) -> None:
    for ballot in (SURPLUS, AGREE):
        one = judging.judge(ballot, MARK, opened)
        judging.tally(ballot, [one])
        assert one.marks == b"" or len(one.marks) == 3


def test_choose_and_strike_store_the_same() -> None:
    """1 stands for whom the voter elects, however the tablet asked (design 5.9)."""
    struck = replace(SURPLUS, style=Style.STRIKE)
    assert judged(SURPLUS, 0, 1, 1) == judged(struck, 0, 1, 1)


ballots = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 2)).map(
        lambda marks: judged(AGREE, *marks)
    ),
    max_size=30,
)


@given(ballots, st.randoms())
def test_the_order_of_the_ballots_changes_nothing(found: list[Opened], random: Any) -> None:
    mixed = list(found)
    random.shuffle(mixed)
    assert judging.tally(AGREE, mixed) == judging.tally(AGREE, found)
    assert sorted(mixed) == sorted(found)


@given(ballots)
def test_a_tally_always_agrees_with_itself(found: list[Opened]) -> None:
    added = judging.tally(AGREE, found)
    assert added.collected == len(found)
    assert sum(added.invalid.values()) + added.valid == added.collected
    for place in range(3):
        assert added.votes[place] + added.against[place] + added.not_counted(place) == added.valid


def test_one_length_whatever_the_choice() -> None:
    lengths = {
        len(judging.plain(SURPLUS, MARK, choices)) for choices in [(0, 0, 0), (1, 0, 0), (1, 1, 1)]
    }
    assert lengths == {judging.plain_length(SURPLUS)} == {3 + 32}
    assert judging.sealed_length(SURPLUS) == 3 + 32 + 48
    with pytest.raises(ValueError, match="each candidate"):
        judging.plain(SURPLUS, MARK, (1,))


def test_a_tally_becomes_the_figures_and_the_candidates_of_the_outcome() -> None:
    added = Tally(valid=3, invalid={"blank": 1}, votes=(2, 1, 3), against=(0, 0, 0))
    assert added.counts(summoned=9, present=6, issued=5) == Counts(9, 6, 5, 4, 3, 1)
    assert added.stood(SURPLUS, order=("c", "b", "a"))[0] == Stood("An", votes=2, order="c")
    assert [one.votes for one in added.stood(SURPLUS)] == [2, 1, 3]


# -- paper (R15) -----------------------------------------------------------------------------------

FIRST = Typed(issued=60, collected=58, valid=57, invalid=1, votes=(30, 28, 40))


def test_two_entries_that_agree_may_be_taken() -> None:
    assert differences(FIRST, replace(FIRST, against=(0, 0, 0))) == []
    assert FIRST.counts(summoned=90, present=60) == Counts(90, 60, 60, 58, 57, 1)
    assert FIRST.tally().collected == 58


def test_every_difference_of_two_entries_is_named() -> None:
    second = replace(FIRST, valid=56, invalid=2, votes=(30, 29, 40), against=(0, 0, 4))
    assert differences(FIRST, second) == [
        Difference("valid", None, 57, 56),
        Difference("invalid", None, 1, 2),
        Difference("votes", 1, 28, 29),
        Difference("against", 2, 0, 4),
    ]


def test_entries_of_different_ballots_are_a_programming_error() -> None:
    with pytest.raises(ValueError, match="different ballots"):
        differences(FIRST, replace(FIRST, votes=(1,)))

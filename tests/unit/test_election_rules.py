"""Rules of the election before and after the count: seats, candidates, electorate, sums by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ballot import rules
from kiosk.ballot.outcome import Kind
from kiosk.ballot.rules import Nominee, StaySpan, Sums, Tie, Verdict
from kiosk.core.errors import Refused

OPEN = datetime(2026, 3, 12, 2, 0, tzinfo=UTC)
CLOSE = OPEN + timedelta(minutes=40)


def minutes(after: int) -> datetime:
    return OPEN + timedelta(minutes=after)


@pytest.mark.parametrize(
    ("seats", "reason", "code"),
    [(2, "", "ballot_seats_few"), (10, "", "ballot_seats_many"), (10, "vì", "ballot_seats_many")],
)
def test_seats_that_are_refused(seats: int, reason: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        rules.ensure_seats(seats, reason)


def test_a_reason_is_kept_only_where_it_is_needed() -> None:
    assert rules.ensure_seats(5, "thừa") == ""
    assert rules.ensure_seats(11, " cơ quan   phân tán ") == "cơ quan phân tán"


@pytest.mark.parametrize("bar", ["head", "deputy_head", "chief_accountant"])
def test_who_is_barred_does_not_stand(bar: str) -> None:
    with pytest.raises(Refused, match="ballot_candidate_barred"):
        rules.ensure_may_stand(name="Lan", is_guest=False, bar=bar)


@given(st.integers(1, 30), st.integers(1, 30))
def test_the_type_follows_from_the_surplus(candidates: int, seats: int) -> None:
    assert (rules.ballot_type(candidates, seats) is Kind.A) == (candidates > seats)


def test_candidates_stand_in_the_order_of_the_given_name() -> None:
    names = {1: "Nguyễn Văn Hoa", 2: "Trần Thị Dũng", 3: "Lê Duy", 4: "Phạm Đạt", 5: "Bùi Dương"}
    assert [names[number].split()[-1] for number in rules.ballot_order(names)] == [
        "Dũng", "Duy", "Dương", "Đạt", "Hoa",
    ]  # fmt: skip


def test_the_list_is_complete_or_says_what_lacks() -> None:
    agreed = Nominee("An", has_consent=True, born=date(1980, 1, 1))
    rules.ensure_list_complete([agreed] * 3, seats=3, tie=Tie.OLDER)
    for people, tie, code in (
        ([agreed] * 2, Tie.OLDER, "ballot_candidates_few"),
        ([agreed, agreed, Nominee("Bình", False, None)], Tie.OLDER, "ballot_consent_missing"),
        ([agreed, agreed, Nominee("Bình", True, None)], Tie.OLDER, "ballot_birth_missing"),
    ):
        with pytest.raises(Refused, match=code):
            rules.ensure_list_complete(people, seats=3, tie=tie)


def test_tellers_and_witnesses() -> None:
    three, two = {1: "A", 2: "B", 3: "C"}, {4: "D", 5: "E"}
    rules.ensure_committee(tellers=three, head=1, witnesses=two, candidates={9})
    for tellers, head, witnesses, candidates, code in (
        ({1: "A", 2: "B"}, 1, two, set(), "ballot_tellers_number"),
        (three, None, two, set(), "ballot_tellers_head"),
        (three, 1, {4: "D"}, set(), "ballot_witnesses_number"),
        (three, 1, two, {5}, "ballot_teller_stands"),
        (three, 1, {3: "C", 4: "D"}, set(), "ballot_two_duties"),
    ):
        with pytest.raises(Refused, match=code):
            rules.ensure_committee(
                tellers=tellers, head=head, witnesses=witnesses, candidates=candidates
            )


# -- the electorate (R25) ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entered", "left", "counts"),
    [
        (-30, None, True),  # there all the time
        (-30, -1, False),  # gone before the opening
        (-30, 0, True),  # left as it opened
        (20, 25, True),  # came late and left
        (40, None, True),  # came as it closed
        (41, None, False),  # came after
    ],
)
def test_present_at_any_moment_of_the_voting(entered: int, left: int | None, counts: bool) -> None:
    stay = StaySpan(1, minutes(entered), None if left is None else minutes(left))
    found = rules.electorate([stay], entitled={1}, opened_at=OPEN, closed_at=CLOSE)
    assert (1 in found) is counts


@given(
    st.lists(
        st.builds(
            lambda who, begin, span: StaySpan(who, minutes(begin), minutes(begin + span)),
            st.integers(1, 20), st.integers(-60, 60), st.integers(0, 90),
        )
    ),
    st.sets(st.integers(1, 20)),
)  # fmt: skip
def test_only_the_entitled_count_and_a_longer_voting_never_loses_one(
    stays: list[StaySpan], entitled: set[int]
) -> None:
    short = rules.electorate(stays, entitled=entitled, opened_at=OPEN, closed_at=CLOSE)
    longer = rules.electorate(
        stays, entitled=entitled, opened_at=OPEN, closed_at=CLOSE + timedelta(minutes=9)
    )
    assert short <= longer <= entitled


# -- the sums by hand (5.5) ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counted", "verdict"),
    [
        # in the clear box, in the electronic box, lost, given back; 100 printed, 90 issued, 10 left
        ((90, 90, 0, 0), Verdict.FITS),
        ((88, 88, 1, 1), Verdict.FITS),
        ((90, 89, 0, 0), Verdict.EXPLAIN),  # a slip was dropped without a ballot
        ((89, 89, 0, 0), Verdict.EXPLAIN),  # a slip went home in a pocket
        ((89, 90, 0, 0), Verdict.VOID),  # a ballot without a slip
        ((91, 90, 0, 0), Verdict.VOID),  # a slip that nobody was given
    ],
)
def test_what_the_sums_say(counted: tuple[int, int, int, int], verdict: Verdict) -> None:
    assert rules.judge_sums(Sums(100, 90, 10, *counted)) is verdict


def test_slips_that_do_not_add_up_are_counted_again() -> None:
    with pytest.raises(Refused, match="ballot_slips_do_not_add_up") as caught:
        rules.judge_sums(Sums(printed=100, issued=90, left=9, in_box=90, cast=90))
    assert caught.value.facts["sum"] == 99
    with pytest.raises(Refused, match="ballot_sums_negative"):
        rules.judge_sums(Sums(printed=100, issued=90, left=10, in_box=-1, cast=0))


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 60), st.integers(0, 60))
def test_more_ballots_than_slips_never_pass(left: int, issued: int, in_box: int, cast: int) -> None:
    verdict = rules.judge_sums(Sums(left + issued, issued, left, in_box, cast))
    assert (verdict is Verdict.VOID) == (cast > in_box or in_box > issued)


@pytest.mark.parametrize(
    ("text", "day"),
    [("05/03/1984", date(1984, 3, 5)), ("1984-03-05", date(1984, 3, 5)), (" ", None)],
)
def test_a_date_of_birth_as_people_write_it(text: str, day: date | None) -> None:
    assert rules.birth_of(text) == day


@pytest.mark.parametrize("text", ["31/02/1984", "1984", "05/03/1884", "x" * 50])
def test_what_is_no_date_of_birth(text: str) -> None:
    with pytest.raises(Refused, match="field_wrong"):
        rules.birth_of(text)

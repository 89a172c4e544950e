"""Who is elected: elections worked out by hand, laws that hold for all, and a second count."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import kiosk.ballot.engine_events  # noqa: F401 (registers the sentences)
from kiosk.ballot import question
from kiosk.ballot.outcome import (
    INVARIANTS,
    Base,
    Counts,
    Disagreement,
    Kind,
    Outcome,
    Reason,
    SecondRound,
    Stood,
    Tie,
    decide,
    ensure_can_lower,
)
from kiosk.ballot.question import Question
from kiosk.closing import recount
from kiosk.core.errors import Refused
from kiosk.core.messages import sentence
from kiosk.core.names import sort_key

LETTERS = {
    "E": Reason.ELECTED,
    "B": Reason.BELOW_THRESHOLD,
    "O": Reason.OUTRANKED,
    "T": Reason.TIED_LAST_SEAT,
}


class Golden(NamedTuple):
    story: str
    asked: Question
    expected: Outcome


def golden() -> list[Golden]:
    """The table of `golden_elections.txt`."""
    text = Path(__file__).with_name("golden_elections.txt").read_text(encoding="utf-8")
    found = []
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if lines:
            found.append(_golden(*lines))
    return found


def _golden(story: str, setting: str, people: str, result: str) -> Golden:
    how, counts = setting.split("|")
    kind, seats, base, tie = how.split()
    stood, reasons = [], {}
    for person in people.split(";"):
        *words, letter = person.split()
        born = date.fromisoformat(words.pop()) if "-" in words[-1] else None
        yes, _, no = words.pop().partition("/")
        name = " ".join(words)
        stood.append(Stood(name, born, votes=int(yes), no=int(no or 0)))
        reasons[name] = LETTERS[letter]
    least, elected, tied, left, again = (cell.strip() for cell in result[1:].split("|"))
    return Golden(
        story[1:].strip(),
        Question(
            Kind(kind), int(seats), Base(base), Tie(tie),
            Counts(*map(int, counts.split())), tuple(stood),
        ),
        Outcome(
            int(least), _names(elected), _names(tied), int(left),
            SecondRound(_names(again), int(left)) if _names(again) else None, reasons,
        ),
    )  # fmt: skip


def _names(cell: str) -> tuple[str, ...]:
    return () if cell == "-" else tuple(name.strip() for name in cell.split(","))


GOLDEN = golden()


def test_there_are_at_least_forty_of_them_and_they_hold_every_case() -> None:
    assert len(GOLDEN) >= 40
    assert len({each.story for each in GOLDEN}) == len(GOLDEN)
    seen = [each.asked for each in GOLDEN]
    assert {each.kind for each in seen} == set(Kind)
    assert {each.base for each in seen} == set(Base)
    assert {each.tie for each in seen} == set(Tie)
    assert {r for each in GOLDEN for r in each.expected.reasons.values()} == set(Reason)


@pytest.mark.parametrize("election", GOLDEN, ids=lambda each: each.story)
def test_an_election_worked_out_by_hand(election: Golden) -> None:
    assert election.asked.decide() == election.expected


@pytest.mark.parametrize("election", GOLDEN, ids=lambda each: each.story)
def test_the_second_count_agrees_with_the_hand(election: Golden) -> None:
    assert recount.elect(as_file(election.asked)) == election.expected.as_json()


# -- any election at all ---------------------------------------------------------------------------


def as_file(asked: Question) -> dict[str, Any]:
    """The file of `kiosk ballot decide` that asks the same."""
    votes = [
        {"votes": one.votes} if asked.kind is Kind.A else {"yes": one.yes, "no": one.no}
        for one in asked.candidates
    ]
    return {
        "type": asked.kind.value,
        "seats": asked.seats,
        "base": asked.base.value,
        "tie": asked.tie.value,
        "counts": vars(asked.counts),
        "candidates": [
            {"name": one.name, "born": one.born and one.born.isoformat()} | said
            for one, said in zip(asked.candidates, votes, strict=True)
        ],
    }


NAMES = ["An", "Ân", "Bình", "Chi", "Dũng", "Duy", "Đạt", "Đức", "Giang", "Hạnh"]


@st.composite
def elections(draw: st.DrawFn) -> Question:
    """Counts that agree, with ties, halves and equal birth dates far more often than in life."""
    kind = draw(st.sampled_from(Kind))
    valid = draw(st.integers(0, 12))
    collected = valid + draw(st.integers(0, 3))
    issued = collected + draw(st.integers(0, 3))
    present = issued + draw(st.integers(0, 3))
    counts = Counts(
        present + draw(st.integers(0, 5)), present, issued, collected, valid, collected - valid
    )
    seats = draw(st.integers(1, 5))
    names = draw(
        st.lists(
            st.sampled_from(NAMES),
            min_size=1,
            max_size=8,
            unique=True,
        )
    )
    left = valid * seats
    stood = []
    for name in names:
        votes = draw(st.integers(0, min(valid, left) if kind is Kind.A else valid))
        left -= votes
        no = 0 if kind is Kind.A else draw(st.integers(0, valid - votes))
        born = draw(st.sampled_from([None, date(1960, 1, 1), date(1970, 1, 1), date(1970, 1, 2)]))
        stood.append(Stood(name, born, votes, no))
    return Question(
        kind, seats, draw(st.sampled_from(Base)), draw(st.sampled_from(Tie)), counts, tuple(stood)
    )


@given(elections())
def test_both_counts_say_the_same_of_any_election(asked: Question) -> None:
    assert recount.elect(as_file(asked)) == asked.decide().as_json()


@given(elections())
def test_no_one_left_out_beats_someone_seated(asked: Question) -> None:
    outcome = asked.decide()
    votes = {one.name: one.votes for one in asked.candidates}
    for seated in outcome.elected:
        assert 2 * votes[seated] > asked.counts.of(asked.base)
        for other in votes.keys() - set(outcome.elected):
            assert votes[other] <= votes[seated]


@given(elections())
def test_every_seat_is_filled_or_open_and_every_candidate_has_a_reason(asked: Question) -> None:
    outcome = asked.decide()
    assert len(outcome.elected) + outcome.open_seats == asked.seats
    assert outcome.reasons.keys() == {one.name for one in asked.candidates}
    by_reason: dict[Reason, set[str]] = {reason: set() for reason in Reason}
    for name, reason in outcome.reasons.items():
        by_reason[reason].add(name)
    assert set(outcome.elected) == by_reason[Reason.ELECTED]
    assert set(outcome.tied) == by_reason[Reason.TIED_LAST_SEAT]
    # Somebody is outranked only where seats are fought for; nobody is asked again without a seat.
    assert not by_reason[Reason.OUTRANKED] or outcome.open_seats == 0 or outcome.tied
    assert (outcome.second_round is None) == (
        outcome.open_seats == 0 or len(outcome.elected) == len(asked.candidates)
    )
    if outcome.second_round is not None:
        again = outcome.second_round
        assert again.seats == outcome.open_seats
        if outcome.tied:
            assert again.candidates == outcome.tied
            assert len(again.candidates) > again.seats, "a tie is always more people than seats"
        else:
            assert set(again.candidates) == set(outcome.reasons) - set(outcome.elected)


@given(elections())
def test_lists_stand_by_votes_and_then_in_vietnamese_order(asked: Question) -> None:
    outcome = asked.decide()
    votes = {one.name: one.votes for one in asked.candidates}
    again = outcome.second_round.candidates if outcome.second_round else ()
    for names in (outcome.elected, outcome.tied, again, tuple(outcome.reasons)):
        assert list(names) == sorted(names, key=lambda name: (-votes[name], sort_key(name)))


@given(elections(), st.randoms())
def test_the_order_of_the_paper_changes_nothing(asked: Question, random: Any) -> None:
    mixed = list(asked.candidates)
    random.shuffle(mixed)
    assert decide(
        kind=asked.kind, seats=asked.seats, base=asked.base, tie=asked.tie, counts=asked.counts,
        candidates=mixed,
    ) == asked.decide()  # fmt: skip


_WORTH = {
    Reason.ELECTED: 2,
    Reason.TIED_LAST_SEAT: 1,
    Reason.OUTRANKED: 0,
    Reason.BELOW_THRESHOLD: 0,
}


@given(elections(), st.data())
def test_one_more_vote_never_harms(asked: Question, data: st.DataObject) -> None:
    """Monotone: who gains a vote on the same ballots is worth as much as before, or more."""
    lucky = data.draw(st.sampled_from(asked.candidates))
    assume(lucky.votes + lucky.no < asked.counts.valid)
    if asked.kind is Kind.A:
        assume(sum(one.votes for one in asked.candidates) < asked.counts.valid * asked.seats)
    more = Stood(lucky.name, lucky.born, lucky.votes + 1, lucky.no)
    before, after = (
        decide(
            kind=asked.kind, seats=asked.seats, base=asked.base, tie=asked.tie,
            counts=asked.counts,
            candidates=[wanted if one is lucky else one for one in asked.candidates],
        )
        for wanted in (lucky, more)
    )  # fmt: skip
    assert _WORTH[after.reasons[lucky.name]] >= _WORTH[before.reasons[lucky.name]]


@given(elections())
def test_a_wider_base_is_never_easier(asked: Question) -> None:
    """Valid ≤ collected ≤ present ≤ summoned: who fails on the narrow base fails on the wide."""
    failed: set[str] = set()
    for base in (Base.VALID, Base.COLLECTED, Base.PRESENT, Base.SUMMONED):
        reasons = decide(
            kind=asked.kind, seats=asked.seats, base=base, tie=asked.tie, counts=asked.counts,
            candidates=asked.candidates,
        ).reasons  # fmt: skip
        now = {name for name, reason in reasons.items() if reason is Reason.BELOW_THRESHOLD}
        assert failed <= now
        failed = now


# -- counts that disagree --------------------------------------------------------------------------

SOUND = Counts(summoned=100, present=90, issued=88, collected=88, valid=86, invalid=2)


def broken(
    kind: Kind = Kind.A, seats: int = 2, people: list[Stood] | None = None, **counts: int
) -> Disagreement:
    with pytest.raises(Disagreement) as refused:
        decide(
            kind=kind, seats=seats, base=Base.PRESENT, tie=Tie.SECOND_ROUND,
            counts=Counts(**(vars(SOUND) | counts)),
            candidates=[Stood("An", votes=40)] if people is None else people,
        )  # fmt: skip
    for language in ("vi", "en"):
        assert "…" not in sentence(refused.value, language)
    return refused.value


@pytest.mark.parametrize(
    ("wrong", "invariant"),
    [
        ({"issued": 91}, "issued <= present"),
        ({"collected": 89, "valid": 87}, "collected <= issued"),
        ({"valid": 85}, "valid + invalid = collected"),
        ({"invalid": 3}, "valid + invalid = collected"),
        ({"valid": 90, "invalid": -2}, "every count >= 0"),
        ({"summoned": -1}, "every count >= 0"),
        ({"people": [Stood("An", votes=87)]}, "votes of each <= valid"),
        ({"people": [Stood("An", votes=-1)]}, "every count >= 0"),
        (
            {"people": [Stood(name, votes=58) for name in ("An", "Bình", "Chi")]},
            "sum of votes <= valid * seats",
        ),
        (
            {"kind": Kind.B, "people": [Stood.asked("An", yes=50, no=37)]},
            "yes + no + not_counted = valid",
        ),
        ({"people": [Stood("An"), Stood("An")]}, "names are distinct"),
        ({"people": []}, "candidates >= 1"),
        ({"seats": 0}, "seats >= 1"),
    ],
)
def test_counts_that_cannot_be_true_stop_and_say_which_law_they_break(
    wrong: dict[str, Any], invariant: str
) -> None:
    assert broken(**wrong).invariant == invariant


def test_every_invariant_has_a_sentence_and_a_case() -> None:
    for code in INVARIANTS:
        refused = Disagreement(code)
        assert sentence(refused, "vi") != code
        assert sentence(refused, "en") != code


def test_figures_at_the_edge_of_every_law_agree() -> None:
    counts = Counts(summoned=90, present=90, issued=90, collected=90, valid=90, invalid=0)
    outcome = decide(
        kind=Kind.A, seats=2, base=Base.PRESENT, tie=Tie.SECOND_ROUND, counts=counts,
        candidates=[Stood("An", votes=90), Stood("Bình", votes=90)],
    )  # fmt: skip
    assert outcome.elected == ("An", "Bình")
    assert counts.not_collected == 0


def test_a_roster_may_put_a_person_elsewhere_in_lists() -> None:
    """domain.md 7: a per-person override of the order."""
    stood = [Stood("Y Ê Ban", votes=80, order="a"), Stood("An", votes=80, order="b")]
    outcome = decide(
        kind=Kind.A, seats=2, base=Base.PRESENT, tie=Tie.SECOND_ROUND, counts=SOUND,
        candidates=stood,
    )  # fmt: skip
    assert outcome.elected == ("Y Ê Ban", "An")


@pytest.mark.parametrize("to", [2, 5, 6])
def test_a_board_is_lowered_to_three_at_least_and_never_raised(to: int) -> None:
    with pytest.raises(Refused) as refused:
        ensure_can_lower(seats=5, to=to, elected=0)
    assert refused.value.code == "ballot_lower_wrong"


def test_a_board_is_never_lowered_below_those_who_are_elected() -> None:
    ensure_can_lower(seats=5, to=4, elected=4)
    with pytest.raises(Refused):
        ensure_can_lower(seats=5, to=3, elected=4)


# -- the file of `kiosk ballot decide` -------------------------------------------------------------


@given(elections())
def test_a_question_survives_its_file(asked: Question) -> None:
    import json

    data = json.dumps(as_file(asked)).encode()
    assert question.read(data) == asked
    assert question.read(b"\xef\xbb\xbf" + data) == asked


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"type": "C"}, "type"),
        ({"seats": "3"}, "seats"),
        ({"seats": True}, "seats"),
        ({"seats": 3.0}, "seats"),
        ({"base": None}, "base"),
        ({"tie": "coin"}, "tie"),
        ({"counts": []}, "counts"),
        ({"counts": {"summoned": 1}}, "counts.present"),
        ({"candidates": {}}, "candidates"),
        ({"candidates": [7]}, "candidates[0]"),
        ({"candidates": [{"name": " ", "votes": 1}]}, "candidates[0].name"),
        ({"candidates": [{"name": "An", "votes": "1"}]}, "candidates[0].votes"),
        ({"candidates": [{"name": "An", "votes": 1, "born": "1970"}]}, "candidates[0].born"),
        ({"candidates": [{"name": "An", "votes": 1, "born": "1970-13-01"}]}, "candidates[0].born"),
    ],
)
def test_a_file_that_is_wrong_is_told_where(wrong: dict[str, Any], field: str) -> None:
    import json

    said = as_file(GOLDEN[0].asked) | wrong
    with pytest.raises(Refused) as refused:
        question.read(json.dumps(said).encode())
    assert refused.value.code == "ballot_count_file_wrong"
    assert refused.value.facts == {"field": field}


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"{", b"null"])
def test_a_file_that_is_no_json_object_is_told(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        question.read(data)
    assert refused.value.facts == {"field": "JSON"}

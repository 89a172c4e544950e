"""A tablet round from its slips to its result: what holds, what is refused, what stays unknown."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import select

from kiosk.ballot import (
    box,
    counting,
    issuing,
    judging,
    locking,
    paper_round,
    rounds,
    standing,
    voting,
)
from kiosk.ballot.issuing import Answer
from kiosk.ballot.models import OpenedBallot, SealedBallot
from kiosk.ballot.outcome import Reason
from kiosk.ballot.rules import RoundKind, State
from kiosk.core.errors import Refused

KEY = b"k" * 32


def refused(code: str, act: Any, *args: Any, **named: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        act(*args, **named)
    assert caught.value.code == code, caught.value
    return caught.value


def voted(ballots: Any, votes: list[list[int]]) -> int:
    """A round in which these ballots are cast by people 10, 11, …, closed and summed."""
    number = ballots.lock()
    drawn = ballots.draw(*range(10, 10 + len(votes)))
    ballots.open(number)
    for slip, choices in zip(drawn, votes, strict=True):
        ballots.cast(number, slip, choices)
    ballots.close(number)
    ballots.sums(number)
    return number


def test_a_round_is_voted_opened_and_declared(ballots: Any) -> None:
    ballots.ready(seats=3, candidates=5)
    number = voted(ballots, [[1, 1, 1, 0, 0]] * 45 + [[0, 0, 0, 1, 0]] * 5 + [[0] * 5])
    assert ballots.count(number) == ()
    found = ballots.round(number)
    assert (found.state, found.counts["valid"], found.counts["invalid"]) == (State.COUNTED, 50, 1)
    assert (found.present, found.issued, found.cast) == (80, 51, 51)
    outcome = found.outcome()
    assert (outcome.threshold, len(outcome.elected), outcome.open_seats) == (41, 3, 0)
    counting.declare(number=number, **ballots.how)
    where = standing.standing(ballots.session)
    assert where.is_complete
    assert [each.votes for each in where.elected] == [45, 45, 45]
    assert not box.path_of(ballots.boxes.instance, number).exists()


def test_one_slip_is_one_ballot_and_the_same_bytes_are_answered_again(ballots: Any) -> None:
    ballots.ready()
    number = ballots.lock()
    one, two = ballots.draw(10, 11)
    ballots.open(number)
    sealed = ballots.cast(number, one, [1, 0, 0, 0, 0])
    ballots.send(number, one, sealed)
    refused("ballot_slip_used", ballots.cast, number, one, [0, 1, 0, 0, 0])
    refused("ballot_bytes_again", ballots.send, number, two, sealed)
    refused("ballot_slip_unreadable", ballots.cast, number, "12345", [1, 0, 0, 0, 0])
    ask = {"page": ballots.page(number), "boxes": ballots.boxes, "key": KEY}
    refused("ballot_already_voted", voting.check_slip, raw=one, **ask)
    voting.check_slip(raw=two, **ask)
    old = voting.Page(number, "0" * 64)
    refused("ballot_page_old", voting.check_slip, raw=two, **(ask | {"page": old}))
    assert voting.cast_count(ballots.round(number), ballots.boxes) == 1


def test_nobody_votes_before_the_opening_or_after_the_closing(ballots: Any) -> None:
    ballots.ready()
    number = ballots.lock()
    (slip,) = ballots.draw(10)
    refused("ballot_not_open", ballots.cast, number, slip, [1, 0, 0, 0, 0])
    refused("ballot_not_compared", voting.open_voting, number=number, **ballots.how)
    ballots.open(number)
    sealed, page = ballots.seal(number, [1, 0, 0, 0, 0]), ballots.page(number)
    ballots.close(number)
    late = {"raw": slip, "sealed": sealed, "page": page, "boxes": ballots.boxes, "key": KEY}
    refused("ballot_box_shut", voting.cast, **late)


def test_after_the_closing_a_slip_still_says_whether_it_voted(ballots: Any) -> None:
    """Whose answer was lost must never hear that nothing was taken."""
    ballots.ready()
    number = ballots.lock()
    used, unused = ballots.draw(10, 11)
    ballots.open(number)
    ballots.cast(number, used, [1, 0, 0, 0, 0])
    page, other = ballots.page(number), ballots.seal(number, [0, 1, 0, 0, 0])
    ballots.close(number)
    ask = {"page": page, "boxes": ballots.boxes, "key": KEY}
    tell = {"number": number, "boxes": ballots.boxes, "key": KEY}
    for _step in ("closed", "sealed"):
        refused("ballot_slip_used", voting.cast, raw=used, sealed=other, **ask)
        refused("ballot_already_voted", voting.check_slip, raw=used, **ask)
        refused("ballot_closed_unvoted", voting.check_slip, raw=unused, **ask)
        assert voting.look_up(raw=used, **tell)
        assert not voting.look_up(raw=unused, **tell)
        refused("ballot_slip_unreadable", voting.look_up, raw="1", **tell)
        ballots.sums(number, lost=1, note="một người còn giữ thẻ")
    ballots.count(number)
    refused("ballot_not_open", voting.check_slip, raw=used, **ask)
    refused("ballot_wrong_moment", voting.look_up, raw=used, **tell)


def test_a_void_round_is_named_to_whoever_still_votes_in_it(ballots: Any) -> None:
    ballots.ready()
    number = ballots.lock()
    (slip,) = ballots.draw(10)
    ballots.open(number)
    sealed = ballots.seal(number, [1, 0, 0, 0, 0])
    ask = {"raw": slip, "page": ballots.page(number), "boxes": ballots.boxes, "key": KEY}
    rounds.ask_void(number=number, reason="mất hai thẻ mã", **ballots.how)
    rounds.void(number=number, boxes=ballots.boxes, by=ballots.hall.minh, clock=ballots.hall.clock)
    refused("ballot_round_void", voting.check_slip, **ask)
    refused("ballot_round_void", voting.cast, sealed=sealed, **ask)


def test_a_slip_is_issued_once_to_those_entitled_and_present(ballots: Any, badge_of: Any) -> None:
    ballots.ready()

    def scan(delegate_id: int) -> issuing.Issue:
        return issuing.issue(badge=badge_of(delegate_id), key=KEY, **ballots.how)

    assert scan(10).answer is Answer.CLOSED
    ballots.lock()
    assert scan(10).answer is Answer.ISSUED
    again = scan(10)
    assert (again.answer, again.issued, again.entitled) == (Answer.ALREADY, 1, 85)
    assert scan(84).answer is Answer.ABSENT
    assert scan(86).answer is Answer.NOT_ENTITLED  # a guest
    assert issuing.issue(badge="77", key=KEY, **ballots.how).answer is Answer.UNREADABLE
    issuing.undo_issue(delegate_id=10, **ballots.how)
    assert scan(10).answer is Answer.ISSUED
    ballots.hall.later(minutes=3)
    refused("ballot_undo_late", issuing.undo_issue, delegate_id=10, **ballots.how)


def test_a_later_addition_needs_a_witness_and_is_named(ballots: Any, badge_of: Any) -> None:
    ballots.ready()
    number = ballots.lock()
    more = {"number": number, "reason": "bổ sung danh sách", "key": KEY, **ballots.how}
    refused(
        "ballot_entitled_already",
        issuing.add_to_roll,
        delegate_id=10,
        witness_badge=badge_of(70),
        **more,
    )
    refused(
        "ballot_not_a_witness",
        issuing.add_to_roll,
        delegate_id=86,
        witness_badge=badge_of(10),
        **more,
    )
    refused(
        "ballot_may_not_elect",
        issuing.add_to_roll,
        delegate_id=86,
        witness_badge=badge_of(70),
        **more,
    )


def test_the_ceremony_wants_every_code_typed_back(ballots: Any, badge_of: Any) -> None:
    ballots.ready()
    number = rounds.prepare(way="tablet", **ballots.how)
    come = {"number": number, "ceremony": ballots.ceremony, "key": KEY, **ballots.how}
    refused("ballot_slips_not_counted", locking.teller_comes, badge=badge_of(61), **come)
    rounds.print_slips(round_number=number, count=90, key=KEY, **ballots.how)
    refused(
        "ballot_slips_more_than_printed",
        rounds.book_slips,
        number=number,
        counted=91,
        **ballots.how,
    )
    rounds.book_slips(number=number, counted=90, **ballots.how)
    refused("ballot_not_a_teller", locking.teller_comes, badge=badge_of(70), **come)
    slot, code = locking.teller_comes(badge=badge_of(61), **come)
    refused("ballot_teller_here", locking.teller_comes, badge=badge_of(61), **come)
    typed = {"number": number, "slot": slot, "ceremony": ballots.ceremony, **ballots.how}
    other = "00000000000000" if code[0] != "0" else "99999999999999"
    refused("ballot_code_mistyped", locking.type_back, typed=other, **typed)
    refused("ballot_code_first", locking.sign_envelope, number=number, slot=slot, **ballots.how)
    locking.type_back(typed=code, **typed)
    locking.sign_envelope(number=number, slot=slot, **ballots.how)
    lock = {"number": number, "ceremony": ballots.ceremony, "boxes": ballots.boxes}
    refused("ballot_box_not_shown", locking.lock_box, box_shown=False, **lock, **ballots.how)
    refused("ballot_ceremony_not_complete", locking.lock_box, box_shown=True, **lock, **ballots.how)
    ballots.ceremony.forget(number)  # as after a restart of the server
    refused("ballot_code_gone", locking.type_back, typed=code, **typed)
    locking.start_again(number=number, ceremony=ballots.ceremony, **ballots.how)
    assert ballots.round(number).tellers == ()


def test_a_wrong_code_is_named_and_costs_time(ballots: Any) -> None:
    ballots.ready()
    number = voted(ballots, [[1, 0, 0, 0, 0]] * 3)
    wrong = {1: ballots.cards[2], 2: ballots.cards[2]}
    for _ in range(3):
        refused("ballot_codes_fit_no_group", ballots.count, number, wrong)
    refused("ballot_codes_wait", ballots.count, number, dict(ballots.cards))
    assert ballots.round(number).state is State.SEALED
    ballots.throttle = counting.Throttle()
    assert ballots.count(number, {**ballots.cards, 3: ballots.cards[1]}) == (3,)
    [(_, facts), *_] = ballots.hall.book("ballot:codes:refused")
    assert facts["slots"] == [1, 2]


def test_the_sums_by_hand_stop_what_cannot_be(ballots: Any) -> None:
    ballots.ready()
    number = ballots.lock()
    drawn = ballots.draw(10, 11, 12)
    ballots.open(number)
    for slip in drawn:
        ballots.cast(number, slip, [1, 0, 0, 0, 0])
    ballots.close(number)
    refused("ballot_slips_do_not_add_up", ballots.sums, number, left=98)
    refused("ballot_more_than_slips", ballots.sums, number, in_box=2)
    refused("ballot_wrong_moment", ballots.count, number)
    ballots.sums(number)
    assert len(ballots.round(number).set_fingerprint) == 64


def test_fewer_ballots_than_slips_are_explained(ballots: Any) -> None:
    ballots.ready()
    number = ballots.lock()
    drawn = ballots.draw(10, 11)
    ballots.open(number)
    ballots.cast(number, drawn[0], [1, 0, 0, 0, 0])
    ballots.close(number)
    refused("ballot_sums_need_words", ballots.sums, number, in_box=2)
    ballots.sums(number, in_box=2, note="một người thả thẻ nhưng không bỏ phiếu")
    assert ballots.round(number).state is State.SEALED


def test_a_tie_leads_to_a_second_round_with_everything_new(ballots: Any) -> None:
    ballots.ready(seats=3, candidates=5)
    both = [[1, 1, 1, 0, 0]] * 23 + [[1, 1, 0, 1, 0]] * 23
    number = voted(ballots, both)
    ballots.count(number)
    outcome = ballots.round(number).outcome()
    assert [*outcome.reasons.values()].count(Reason.TIED_LAST_SEAT) == 0  # 23 is below 41
    counting.declare(number=number, **ballots.how)
    where = standing.standing(ballots.session)
    assert (where.again_kind, where.open_seats) == (RoundKind.SHORTAGE, 1)
    assert len(where.again) == 3
    first = ballots.round(number)
    second = ballots.round(voted(ballots, [[1, 0, 0]] * 45))
    assert (second.number, second.kind, second.seats) == (2, RoundKind.SHORTAGE, 1)
    assert second.lock.public_key != first.lock.public_key
    ballots.count(2)
    counting.declare(number=2, **ballots.how)
    assert standing.standing(ballots.session).is_complete
    refused("ballot_no_further_round", rounds.prepare, way="tablet", **ballots.how)


def test_the_hall_may_want_a_smaller_board_instead(ballots: Any) -> None:
    ballots.ready(seats=4, candidates=5)
    number = voted(ballots, [[1, 1, 1, 0, 0]] * 45)
    ballots.count(number)
    counting.declare(number=number, **ballots.how)
    refused("ballot_lower_wrong", rounds.ask_smaller, to=2, **ballots.how)
    motion = rounds.ask_smaller(to=3, **ballots.how)
    assert not standing.standing(ballots.session).is_complete
    ballots.hands(motion)
    where = standing.standing(ballots.session)
    assert (where.seats, where.is_complete) == (3, True)


def test_a_void_round_takes_two_accounts_and_its_box_is_gone(ballots: Any) -> None:
    ballots.ready()
    number = voted(ballots, [[1, 0, 0, 0, 0]] * 3)
    refused("ballot_void_not_asked", rounds.void, number=number, boxes=ballots.boxes, **ballots.how)
    rounds.ask_void(number=number, reason="mất hai thẻ mã", **ballots.how)
    refused(
        "ballot_void_same_person", rounds.void, number=number, boxes=ballots.boxes, **ballots.how
    )
    rounds.void(number=number, boxes=ballots.boxes, by=ballots.hall.minh, clock=ballots.hall.clock)
    assert ballots.round(number).state is State.VOIDED
    assert not box.path_of(ballots.boxes.instance, number).exists()
    again = rounds.prepare(way="tablet", **ballots.how)
    found = ballots.round(again)
    assert (found.number, found.kind, len(found.candidates)) == (2, RoundKind.AGAIN, 5)


def test_the_conference_does_not_end_while_a_round_runs(ballots: Any) -> None:
    ballots.ready()
    number = ballots.lock()
    refused("ballot_result_not_declared", counting.ensure_declared, ballots.session)
    assert ballots.round(number).state is State.LOCKED


def test_no_line_of_the_book_is_written_for_a_cast(ballots: Any) -> None:
    ballots.ready()
    number = ballots.lock()
    drawn = ballots.draw(10, 11, 12)
    ballots.open(number)
    before = len(ballots.hall.book(""))
    for slip in drawn:
        ballots.cast(number, slip, [1, 0, 0, 0, 0])
    assert len(ballots.hall.book("")) == before


def test_box_and_database_share_no_value_and_no_order(ballots: Any, tmp_path: Any) -> None:
    ballots.ready()
    number = ballots.lock()
    drawn = ballots.draw(*range(10, 30))
    ballots.open(number)
    sealed = [ballots.cast(number, slip, [1, 0, 0, 0, 0]) for slip in drawn]
    ballots.boxes.close()
    with closing(sqlite3.connect(box.path_of(tmp_path, number))) as raw:
        values = {
            value
            for table in ("slip", "ballot", "box")
            for row in raw.execute(f"SELECT * FROM {table}")  # noqa: S608
            for value in row
            if isinstance(value, bytes) and len(value) >= 16
        }
    with closing(sqlite3.connect(tmp_path / "hall.sqlite")) as raw:
        ours = "\n".join(raw.iterdump())
    assert len(values) > 100
    assert [value for value in values if value.hex() in ours.lower()] == []
    import base64

    assert all(base64.b64decode(each).hex() not in ours.lower() for each in sealed)
    ballots.close(number)
    ballots.sums(number)
    ballots.count(number)
    session = ballots.session
    stored = session.scalars(select(SealedBallot.sealed)).all()
    assert stored == sorted(base64.b64decode(each) for each in sealed)
    marks = session.scalars(select(OpenedBallot.marks).order_by(OpenedBallot.place)).all()
    assert marks == sorted(marks)


def test_a_box_that_is_gone_is_said_and_the_round_is_voted_again(ballots: Any) -> None:
    """The laptop was restored from a copy, which holds no locked box (design 10)."""
    ballots.ready()
    number = ballots.lock()
    drawn = ballots.draw(10)
    ballots.open(number)
    ballots.boxes.destroy(number)
    assert voting.cast_count(ballots.round(number), ballots.boxes) is None
    refused("ballot_box_missing", ballots.cast, number, drawn[0], [1, 0, 0, 0, 0])
    refused("ballot_box_missing", ballots.close, number)
    rounds.ask_void(number=number, reason="máy được khôi phục từ bản sao", **ballots.how)
    rounds.void(number=number, boxes=ballots.boxes, by=ballots.hall.minh, clock=ballots.hall.clock)
    assert ballots.round(ballots.lock()).number == 2


def test_the_electorate_counts_who_came_late_and_who_left(ballots: Any) -> None:
    ballots.ready()
    number = ballots.lock()
    ballots.draw(1)
    ballots.open(number)
    ballots.hall.later(minutes=5)
    ballots.leaves(80)
    ballots.comes(84)
    ballots.hall.later(minutes=5)
    ballots.close(number)
    assert ballots.round(number).present == 81


def test_hands_are_typed_twice_and_go_through_the_same_engine(ballots: Any, badge_of: Any) -> None:
    ballots.ready(seats=3, candidates=5)
    number = ballots.prepared("hands")
    voting.open_voting(number=number, **ballots.how)
    assert issuing.issue(badge=badge_of(10), key=KEY, **ballots.how).answer is Answer.CLOSED
    ballots.close(number)
    typed = judging.Typed(80, 80, 80, 0, (60, 50, 41, 40, 9))
    for teller in (61, 62):
        paper_round.type_entry(
            number=number, badge=badge_of(teller), typed=typed, key=KEY, **ballots.how
        )
    paper_round.take(number=number, **ballots.how)
    outcome = ballots.round(number).outcome()
    assert (outcome.threshold, len(outcome.elected)) == (41, 3)


def test_a_tie_at_the_last_seat_goes_to_those_who_tie(ballots: Any) -> None:
    ballots.ready(seats=3, candidates=5)
    number = voted(ballots, [[1, 1, 1, 0, 0]] * 25 + [[1, 1, 0, 1, 0]] * 25)
    ballots.count(number)
    assert ballots.round(number).outcome().tied == ()  # 25 of 80: no majority, so no tie
    counting.declare(number=number, **ballots.how)
    again = ballots.lock()
    assert (ballots.round(again).seats, len(ballots.round(again).candidates)) == (1, 3)


def test_two_who_tie_with_a_majority(ballots: Any, badge_of: Any) -> None:
    ballots.ready(seats=3, candidates=5)
    number = ballots.prepared("paper")
    rounds.book_slips(number=number, counted=85, **ballots.how)
    voting.open_voting(number=number, **ballots.how)
    for delegate in range(1, 81):
        issuing.issue(badge=badge_of(delegate), key=KEY, **ballots.how)
    ballots.close(number)
    typed = judging.Typed(80, 80, 80, 0, (70, 60, 50, 50, 10))
    for teller in (61, 62):
        paper_round.type_entry(
            number=number, badge=badge_of(teller), typed=typed, key=KEY, **ballots.how
        )
    paper_round.take(number=number, **ballots.how)
    outcome = ballots.round(number).outcome()
    assert (len(outcome.tied), outcome.open_seats) == (2, 1)
    counting.declare(number=number, **ballots.how)
    where = standing.standing(ballots.session)
    assert where.again_kind is RoundKind.TIE
    found = ballots.round(ballots.lock())
    assert (found.kind, found.seats, len(found.candidates)) == (RoundKind.TIE, 1, 2)

"""Preparing the election: who may stand, what is locked when, and what the rule says (R6-R9)."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.ballot import queries, rule_text, services
from kiosk.core.errors import Refused


def refused(code: str, act: Any, *args: Any, **named: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        act(*args, **named)
    assert caught.value.code == code, caught.value
    return caught.value


def test_the_number_of_seats_follows_the_law(ballots: Any) -> None:
    refused("ballot_seats_few", ballots.set_up, seats=2)
    refused("ballot_seats_many", ballots.set_up, seats=11)
    ballots.set_up(seats=11, seats_reason="cơ quan phân tán nhiều cơ sở")
    assert queries.election(ballots.session).seats_reason == "cơ quan phân tán nhiều cơ sở"


def test_who_may_not_stand(ballots: Any) -> None:
    ballots.set_up()
    ballots.bar(7, "deputy_head")
    refused("ballot_candidate_barred", ballots.nominate, 7)
    refused("ballot_guest_no_candidate", ballots.nominate, 86)
    ballots.nominate(8)
    refused("ballot_candidate_twice", ballots.nominate, 8)
    assert [each.delegate_id for each in queries.candidates(ballots.session)] == [8]


def test_the_list_needs_enough_people_and_the_consent_of_each(ballots: Any) -> None:
    ballots.set_up(seats=3)
    ballots.vote("seats")
    ballots.nominate(1, 2)
    refused("ballot_candidates_few", ballots.vote, "list")
    ballots.nominate(3, consent=False)
    assert "Người 3" in refused("ballot_consent_missing", ballots.vote, "list").facts["names"]
    found = queries.candidates(ballots.session)[-1]
    services.record_consent(
        candidate_id=found.id, agrees=True, by=ballots.hall.lan, clock=ballots.hall.clock
    )
    ballots.vote("list")
    assert queries.election(ballots.session).list_question.is_adopted


def test_the_older_one_needs_dates_of_birth(ballots: Any) -> None:
    ballots.set_up(seats=3, tie="older")
    ballots.vote("seats")
    ballots.nominate(1, 2, 3)
    refused("ballot_birth_missing", ballots.vote, "list")
    for found in queries.candidates(ballots.session):
        services.record_birth(candidate_id=found.id, born="05/03/1984", by=ballots.hall.lan)
    ballots.vote("list")
    assert all("born" not in facts for _, facts in ballots.hall.book("ballot:candidate:birth"))


def test_the_order_of_questions(ballots: Any) -> None:
    refused("ballot_not_prepared", services.put_to_vote, "seats", by=ballots.hall.lan)
    ballots.set_up()
    refused("ballot_seats_not_adopted", services.put_to_vote, "list", by=ballots.hall.lan)
    ballots.vote("seats")
    refused("ballot_list_not_adopted", services.put_to_vote, "rule", by=ballots.hall.lan)
    refused("ballot_question_adopted", services.put_to_vote, "seats", by=ballots.hall.lan)
    refused("ballot_question_unknown", services.put_to_vote, "colour", by=ballots.hall.lan)


def test_what_the_hall_has_adopted_is_locked(ballots: Any) -> None:
    ballots.ready()
    first = queries.candidates(ballots.session)[0]
    refused("ballot_list_locked", ballots.nominate, 9)
    refused(
        "ballot_list_locked",
        services.withdraw,
        candidate_id=first.id,
        reason="xin rút",
        by=ballots.hall.lan,
    )
    refused("ballot_settings_locked", ballots.set_up, base="valid")


def test_a_rejected_list_is_free_again(ballots: Any) -> None:
    ballots.set_up()
    ballots.vote("seats")
    ballots.nominate(1, 2, 3)
    ballots.vote("list", adopted=False)
    ballots.nominate(4)
    first = queries.candidates(ballots.session)[0]
    services.withdraw(candidate_id=first.id, reason="xin rút", by=ballots.hall.lan)
    assert not queries.candidate(ballots.session, first.id).stands
    services.put_back(candidate_id=first.id, by=ballots.hall.lan)
    assert queries.candidate(ballots.session, first.id).stands


def test_the_rule_is_written_from_the_settings_and_hashed(ballots: Any) -> None:
    ballots.ready(seats=3, candidates=5, base="valid", tie="second_round")
    text = rule_text.of(ballots.session)
    words = " ".join(words for article in text.articles for words in article.paragraphs)
    assert "quá nửa số phiếu hợp lệ" in words
    assert "nhiều nhất 3 người" in words
    assert "ít nhất 2 trong 3 mã" in words
    assert queries.election(ballots.session).rule_sha256 == rule_text.digest(text)
    [*_, (_, facts)] = ballots.hall.book("ballot:question:put_to_vote")
    assert facts["rule_sha256"] == rule_text.digest(text)


def test_tellers_are_three_or_five_and_stand_for_nothing(ballots: Any) -> None:
    ballots.set_up()
    ballots.nominate(1, 2, 3)
    assert queries.committee(ballots.session).refusal.code == "ballot_tellers_number"
    ballots.seat_tellers(61, 62, 1)
    assert queries.committee(ballots.session).refusal.code == "ballot_teller_stands"


def test_whoever_is_barred_after_the_nomination_is_found_before_the_hall_votes(
    ballots: Any,
) -> None:
    ballots.set_up(seats=3)
    ballots.vote("seats")
    ballots.nominate(1, 2, 3, 4)
    ballots.bar(2, "chief_accountant")
    refused("ballot_candidate_barred", ballots.vote, "list")
    barred = next(each for each in queries.candidates(ballots.session) if each.delegate_id == 2)
    services.withdraw(candidate_id=barred.id, reason="kế toán trưởng", by=ballots.hall.lan)
    ballots.vote("list")

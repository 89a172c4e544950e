"""The election through its pages: one round, its refusals, and what no page may ever do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from balloting import BallotDay
from support import Browser, Meeting

from kiosk.ballot import rounds, slips
from kiosk.core import jobs
from kiosk.core.access import Kind, Role


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The codes of the newest set, which the program itself keeps nowhere."""
    kept: list[str] = []
    make = slips.fresh

    def fresh(count: int, **more: Any) -> list[str]:
        kept[:] = make(count, **more)
        return list(kept)

    monkeypatch.setattr(rounds.slips, "fresh", fresh)
    run = jobs.run_job

    def run_job(name: str, payload: Any, **more: Any) -> bytes:
        return b"%PDF-" if name == "ballot_paper" else run(name, payload, **more)

    monkeypatch.setattr(jobs, "run_job", run_job)
    return kept


@pytest.fixture
def day(
    meeting: Meeting,
    signed_in: Callable[..., Browser],
    as_device: Callable[[str, str], Browser],
    printed: list[str],
) -> BallotDay:
    """The conference open, all twelve in the hall, two tablets and a gate."""
    made = BallotDay(
        meeting=meeting,
        secretary=signed_in(Role.SECRETARY),
        chair=signed_in(Role.CHAIR),
        gate=as_device(Kind.GATE, "Cổng 1"),
        tablets=[as_device(Kind.TABLET, "Bảng 1"), as_device(Kind.TABLET, "Bảng 2")],
    )
    made.everyone_in()
    made.act("/console/conference/open")
    return made


@pytest.fixture
def voting(day: BallotDay, printed: list[str]) -> BallotDay:
    """A box locked, compared and open; three people have drawn a slip."""
    day.prepare()
    day.act("/console/ballot/rounds", way="tablet")
    day.slips(lambda: printed, number=1, count=15)
    day.lock(1, counted=15)
    day.open(1)
    return day


def test_a_whole_round_through_the_pages(voting: BallotDay) -> None:
    assert "vote" in voting.page("/ballot", who=voting.tablets[0])
    for number, choices in ((1, [1, 1, 1, 0]), (2, [1, 1, 1, 0]), (5, [0, 0, 0, 0])):
        assert voting.vote(1, voting.draw(number), choices).status_code == 204
    for number in (3, 4, 6, 7, 8):
        assert voting.vote(1, voting.draw(number), [1, 1, 1, 0]).status_code == 204
    voting.close(1)
    voting.count(1)
    page = voting.page("/console/ballot/rounds/1")
    assert "Bầu đủ 3 người" in page
    voting.act("/console/ballot/rounds/1/read", place=0)
    voting.act("/console/ballot/rounds/1/declare")
    assert "Đã bầu đủ 3 người" in voting.page("/console/ballot")
    report = voting.page("/console/ballot/rounds/1/report")
    assert "in 15, phát 8, còn lại 7, trong hòm trong suốt 8" in report


def test_every_refusal_to_a_voter_is_one_sentence(voting: BallotDay) -> None:
    slip = voting.draw(1)
    sealed, said = voting.sealed(1, [1, 0, 0, 0])
    cast = {**said, "slip": slip, "sealed": sealed}
    assert voting.send("/ballot/cast", cast).status_code == 204
    assert voting.send("/ballot/cast", cast, tablet=voting.tablets[1]).status_code == 204

    def refusal(path: str, **more: Any) -> str:
        answer = voting.send(path, {**cast, **more})
        assert answer.status_code in {409, 422}, answer.status_code
        text = answer.get_data(as_text=True)
        assert text.count("data-refusal") == 1
        return text.split('data-refusal="')[1].split('"')[0]

    other = voting.sealed(1, [0, 1, 0, 0])[0]
    free = voting.draw(2)
    assert refusal("/ballot/cast", sealed=other) == "ballot_slip_used"
    assert refusal("/ballot/cast", slip=free) == "ballot_bytes_again"
    assert refusal("/ballot/cast", slip="1234567890") == "ballot_slip_unreadable"
    assert refusal("/ballot/cast", slip=free, sealed="AAAA") == "ballot_wrong_length"
    assert refusal("/ballot/cast", slip=free, sealed="ế") == "ballot_wrong_length"
    assert refusal("/ballot/slip") == "ballot_already_voted"
    assert refusal("/ballot/slip", slip=free, round="2") == "ballot_page_old"
    assert refusal("/ballot/slip", slip=slips.fresh(1)[0]) == "ballot_slip_unknown"
    voting.close(1)
    assert refusal("/ballot/cast", slip=free, sealed=other) == "ballot_box_shut"
    assert voting.send("/ballot/cast", cast).status_code == 204, "the lost answer is told"


def test_what_is_no_order_of_a_ballot_page_is_a_bad_request(voting: BallotDay) -> None:
    for said in ({}, {"round": "x"}, {"round": "1", "fingerprint": 7}, {"round": "9" * 9}):
        assert voting.send("/ballot/cast", said).status_code == 400
        assert voting.send("/ballot/slip", said).status_code == 400


def test_no_slip_is_read_where_slips_are_issued(voting: BallotDay) -> None:
    """A slip that is scanned at the issue by mistake is unreadable, and stored nowhere."""
    code = voting.bag[0]
    said = voting.act("/issue/scan", status=200, who=voting.gate, code=code)
    assert 'data-outcome="unreadable"' in said
    assert code not in said
    with voting.meeting.app.app_context():
        from kiosk.core.db import db

        raw = db.session.connection().connection.driver_connection
        assert code not in "\n".join(raw.iterdump())


def test_only_tablets_vote_and_only_one_answer_is_given_twice(voting: BallotDay) -> None:
    for who in (voting.secretary, voting.gate):
        headers = {"X-CSRF-Token": who.token}
        assert who.client.post("/ballot/cast", json={}, headers=headers).status_code in {401, 403}


def test_tablets_go_to_the_ballot_by_themselves_and_back(voting: BallotDay) -> None:
    tablet = voting.tablets[0]
    answer = tablet.get("/tablet")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/ballot")
    page = tablet.get("/ballot").get_data(as_text=True)
    assert 'data-live="' not in page.split("<body")[1].split(">")[0]
    voting.close(1)
    assert tablet.get("/ballot").headers["Location"] == "/tablet"
    assert tablet.get("/tablet").status_code == 200


def test_a_tablet_shows_the_fingerprint_before_the_vote(day: BallotDay, printed: list[str]) -> None:
    day.prepare()
    day.act("/console/ballot/rounds", way="tablet")
    day.slips(lambda: printed, number=1, count=15)
    day.lock(1, counted=15)
    assert day.tablets[0].get("/tablet").headers["Location"] == "/ballot/box"
    page = day.page("/ballot/box", who=day.tablets[0])
    assert day.round(1).lock.public_key.hex() in page


def test_the_figures_before_the_opening_are_two(voting: BallotDay) -> None:
    for number in (1, 2, 3):
        slip = voting.draw(number)
        if number < 3:
            voting.vote(1, slip, [1, 0, 0, 0])
    live = voting.secretary.get("/live/ballot?poll=1").get_data(as_text=True)
    assert "3<small>" in live
    assert "2<small>" in live
    wall = voting.page("/projector")
    assert 'data-screen="ballot"' in wall


def test_paper_is_typed_twice_by_two_tellers(day: BallotDay) -> None:
    day.prepare()
    day.act("/console/ballot/rounds", way="paper")
    at = "/console/ballot/rounds/1"
    day.act(f"{at}/slips-counted", counted=15)
    day.act(f"{at}/open")
    for number in range(1, 9):
        said = day.act("/issue/scan", status=200, who=day.gate, code=day.badge(number))
        assert 'data-outcome="issued"' in said
    day.close(1)
    votes = {"votes-0": 7, "votes-1": 7, "votes-2": 7, "votes-3": 0}
    typed = {"issued": 8, "collected": 8, "valid": 8, "invalid": 0, **votes}
    wrong = day.act(f"{at}/entries", status=422, badge=day.badge(9), **(typed | {"collected": 9}))
    assert "ballot_collected_over_issued" in wrong
    day.act(f"{at}/entries", badge=day.badge(9), **(typed | {"votes-3": 1}))
    assert "ballot_typed_by_same" in day.act(
        f"{at}/entries", status=422, badge=day.badge(9), **typed
    )
    day.act(f"{at}/entries", badge=day.badge(10), **typed)
    assert "khác nhau" in day.page(at)
    assert "ballot_entries_differ" in day.act(f"{at}/entries/take", status=409)
    day.act(f"{at}/entries/drop")
    for teller in (9, 10):
        day.act(f"{at}/entries", badge=day.badge(teller), **typed)
    day.act(f"{at}/entries/take")
    day.act(f"{at}/declare")
    assert "Đã bầu đủ 3 người" in day.page("/console/ballot")


def test_the_resolution_waits_for_the_result(voting: BallotDay) -> None:
    with voting.meeting.app.app_context():
        from kiosk.agenda import queries as agendas
        from kiosk.core.db import db

        items = agendas.items(db.session())
    resolution = next(item for item in items if item.kind.value == "resolution")
    said = voting.act(f"/console/agenda/{resolution.id}/start", status=409)
    assert "ballot_result_not_declared" in said


def test_guessing_slips_at_a_tablet_costs_time_there_alone(voting: BallotDay) -> None:
    slip = voting.draw(1)
    sealed, said = voting.sealed(1, [1, 0, 0, 0])
    for wrong in range(5):
        way = ("/ballot/slip", "/ballot/cast")[wrong % 2]
        guess = {**said, "slip": slips.fresh(1)[0], "sealed": sealed}
        assert "ballot_slip_unknown" in voting.send(way, guess).get_data(as_text=True)
    for way in ("/ballot/slip", "/ballot/cast"):
        answer = voting.send(way, {**said, "slip": slip, "sealed": sealed})
        assert "ballot_slips_wait" in answer.get_data(as_text=True)
    other = voting.tablets[1]
    assert voting.send("/ballot/slip", {**said, "slip": slip}, tablet=other).status_code == 204


def test_a_tablet_issues_slips_only_while_it_is_pinned_to_that(voting: BallotDay) -> None:
    tablet = voting.tablets[0]
    code = voting.badge(1)
    said = voting.act("/issue/scan", status=200, who=tablet, code=code)
    assert 'data-outcome="not_here"' in said
    assert tablet.get("/issue").status_code == 409
    assert voting.round(1).issued == 0
    voting.draw(1)
    voting.act("/issue/undo/1", status=409, who=tablet)
    voting.act("/console/devices/2/task", task="issue")
    assert tablet.get("/issue").status_code == 200
    said = voting.act("/issue/scan", status=200, who=tablet, code=voting.badge(2))
    assert 'data-outcome="issued"' in said
    voting.act("/issue/undo/2", who=tablet)


def test_tellers_look_a_slip_up_and_book_who_was_robbed(voting: BallotDay) -> None:
    at = "/console/ballot/rounds/1"
    slip, free = voting.draw(1), voting.draw(2)
    assert voting.vote(1, slip, [1, 1, 1, 0]).status_code == 204
    for step in ("opened", "closed"):
        assert 'data-used="1"' in voting.act(f"{at}/slip-state", status=200, slip=slip)
        said = voting.act(f"{at}/slip-state", status=200, slip=free)
        assert 'data-used="0"' in said
        assert free not in said
        voting.act(f"{at}/robbed")
        assert "người báo thẻ bị người khác dùng" in voting.page(at)
        if step == "opened":
            voting.close(1)
    voting.count(1, in_box=1, lost=1, note="một người còn giữ thẻ")
    report = voting.page(f"{at}/report")
    assert "Người báo thẻ bầu của mình đã bị người khác dùng: 2." in report


def test_slips_that_were_printed_and_not_counted_are_named(
    day: BallotDay, printed: list[str]
) -> None:
    day.prepare()
    day.act("/console/ballot/rounds", way="tablet")
    day.slips(lambda: printed, number=1, count=15)
    for counted, is_short in ((14, True), (15, False)):
        day.act("/console/ballot/rounds/1/slips-counted", counted=counted)
        assert ('id="slips-short"' in day.page("/console/ballot/rounds/1")) is is_short

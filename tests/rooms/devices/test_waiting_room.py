"""Who may wait to be paired: few from one address, nobody for ever, and no planted secret."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from pairing_by_code import CODE, code_of, confirm, waits
from support import Browser
from werkzeug.test import TestResponse

from kiosk.core import audit
from kiosk.core.access import Role
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.devices import rules, waiting


@pytest.fixture
def secretary(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in(Role.SECRETARY)


def test_a_code_ends_after_ten_minutes_and_the_page_gets_another(app: Flask) -> None:
    now = 0.0
    room = waiting.WaitingRoom(ticking=lambda: now)
    mine = room.arrive(secret_hash=b"a" * 32, address="10.0.0.1", agent="")
    now = rules.CODE_LIVES - 1
    assert room.with_code(mine.code) is not None
    assert room.arrive(secret_hash=b"a" * 32, address="10.0.0.1", agent="").code == mine.code
    now = rules.CODE_LIVES
    assert room.seconds_left(b"a" * 32) is None
    assert room.with_code(mine.code) is None
    assert room.take(mine.code) is None
    again = room.arrive(secret_hash=b"a" * 32, address="10.0.0.1", agent="")
    assert room.seconds_left(b"a" * 32) == rules.CODE_LIVES
    assert again.secret_hash == mine.secret_hash


def test_a_confirmed_browser_that_never_comes_gets_nothing_later(
    secretary: Browser, stranger: Browser
) -> None:
    confirm(secretary, code_of(stranger))
    with time_machine.travel(3600 * 24 * 365 * 60, tick=True):
        assert stranger.get("/pair").status_code == 200


def test_few_may_wait_from_one_address_and_pages_that_are_gone_give_way() -> None:
    now = 0.0
    room = waiting.WaitingRoom(ticking=lambda: now)

    def arrive(number: int, address: str = "10.0.0.9") -> waiting.Waiting:
        return room.arrive(secret_hash=number.to_bytes(32), address=address, agent="")

    for number in range(rules.WAITING_FROM_ONE):
        arrive(number)
    with pytest.raises(Refused, match="pairing_full"):
        arrive(100)
    arrive(101, address="10.0.0.10")
    assert arrive(0).secret_hash == (0).to_bytes(32), "who waits already keeps the place"
    now = rules.WAITING_SILENT + 1
    assert room.count == 0
    arrive(0)
    assert arrive(100).address == "10.0.0.9", "seven pages were closed since"


def fill(room: waiting.WaitingRoom, *, addresses: int, each: int) -> list[waiting.Waiting]:
    return [
        room.arrive(
            secret_hash=(number * 1000 + page).to_bytes(32),
            address=f"10.0.{number}.1",
            agent="",
        )
        for number in range(addresses)
        for page in range(each)
    ]


def test_a_full_room_gives_way_to_an_address_that_holds_less() -> None:
    """A stranger with forty addresses fills the room; the tablet gets its code all the same."""
    room = waiting.WaitingRoom(ticking=lambda: 0.0)
    fill(room, addresses=rules.WAITING_IN_ALL // 6, each=6)
    assert room.count == rules.WAITING_IN_ALL
    tablet = room.arrive(secret_hash=b"t" * 32, address="192.168.1.50", agent="")
    assert room.with_code(tablet.code) == tablet
    assert room.count <= rules.WAITING_IN_ALL
    # And what the stranger opens next pushes out his own, never the tablet.
    for number in range(200):
        with suppress(Refused):
            room.arrive(
                secret_hash=(10**6 + number).to_bytes(32), address=f"10.0.{number % 50}.1", agent=""
            )
    assert room.with_code(tablet.code) == tablet


def test_in_a_full_room_of_equals_nobody_pushes_out_another() -> None:
    room = waiting.WaitingRoom(ticking=lambda: 0.0)
    places = fill(room, addresses=rules.WAITING_IN_ALL, each=1)
    with pytest.raises(Refused, match="pairing_full"):
        room.arrive(secret_hash=b"x" * 32, address="10.1.0.1", agent="")
    assert all(room.with_code(place.code) == place for place in places)


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 8)),
    st.sampled_from("abcdefgh"),
)
def test_giving_way_never_leaves_anybody_with_less_than_the_newcomer_has_then(
    held: dict[str, int], newcomer: str
) -> None:
    giving = rules.gives_way(held, newcomer)
    if giving is not None:
        assert giving != newcomer
        assert held[giving] - 1 >= held.get(newcomer, 0) + 1
    else:
        assert all(count <= held.get(newcomer, 0) + 1 for count in held.values())


def test_a_secretary_clears_the_room_and_the_tablets_get_new_codes_by_themselves(
    app: Flask, secretary: Browser, stranger: Browser, signed_in: Callable[..., Browser]
) -> None:
    before = code_of(stranger)
    crowd = [Browser(app) for _ in range(rules.WAITING_FROM_ONE)]
    for each in crowd:
        each.get("/pair", environ_base={"REMOTE_ADDR": "10.0.0.66"})
    assert signed_in(Role.DESK).post("/console/devices/pair/clear").status_code == 403
    answer = secretary.post("/console/devices/pair/clear", fragment=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/devices/pair")
    assert not waits(stranger), "so it loads itself anew"
    after = code_of(stranger)
    assert after != before
    # For ten minutes one page from each address is enough.
    kept = [each.get("/pair", environ_base={"REMOTE_ADDR": "10.0.0.66"}) for each in crowd]
    assert [each.status_code for each in kept].count(200) == 1
    confirm(secretary, after)
    with app.app_context():
        cleared = [line for line in audit.read(db.session()) if line.event.endswith(":cleared")]
    assert [line.facts["count"] for line in cleared] == [rules.WAITING_FROM_ONE + 1]


def test_a_full_waiting_room_is_one_sentence_and_no_cookie(app: Flask) -> None:
    for _ in range(rules.WAITING_FROM_ONE):
        code_of(Browser(app))
    answer = Browser(app).get("/pair")
    assert answer.status_code == 409
    assert 'data-refusal="pairing_full"' in answer.get_data(as_text=True)
    assert "kiosk_waiting" not in str(answer.headers)
    assert Browser(app).get("/pair", environ_base={"REMOTE_ADDR": "10.0.0.2"}).status_code == 200


def test_a_browser_that_only_looks_ahead_gets_no_code(app: Flask, stranger: Browser) -> None:
    stranger.client.head("/pair")
    stranger.get("/pair", headers={"Sec-Purpose": "prefetch"})
    with app.app_context():
        assert waiting.waiting_room().count == 0


@pytest.mark.parametrize("cookie", ["", "x", "x" * 5_000, "ế" * 8, "a" * 31, "../../etc/passwd"])
def test_a_made_up_secret_is_replaced_by_one_of_ours(app: Flask, cookie: str) -> None:
    answer = app.test_client(use_cookies=False).get(
        "/pair", headers={"Cookie": f"kiosk_waiting={cookie}"}
    )
    assert answer.status_code == 200
    given = re.search(r"kiosk_waiting=([\w-]{32});", str(answer.headers))
    assert given is not None
    assert given[1] not in answer.get_data(as_text=True), "the secret stands in no page"


# -- a secret that somebody else knows -------------------------------------------------------------

PLANTED = "a" * 32


def secret_in(answer: TestResponse) -> str:
    """The secret that a browser is given with its code."""
    found = re.search(r"kiosk_waiting=([\w-]{32});", str(answer.headers))
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    "name", ["kiosk_waiting", "__host-kiosk_waiting", "__Secure-kiosk_waiting"]
)
def test_over_tls_a_secret_planted_from_the_plain_page_is_not_heard(
    app: Flask, secretary: Browser, name: str
) -> None:
    """Cookies ignore the port: whoever changes the plain page can plant one for the whole host."""

    def over_tls(cookie: str) -> TestResponse:
        return app.test_client(use_cookies=False).get(
            "/pair", base_url="https://localhost", headers={"Cookie": f"{cookie}={PLANTED}"}
        )

    tablet = over_tls(name)
    code = CODE.search(tablet.get_data(as_text=True))
    assert code is not None
    assert secret_in(tablet) != PLANTED
    confirm(secretary, code[1])
    thief = over_tls("__Host-kiosk_waiting")
    assert thief.status_code == 200, "a stranger as before"


def test_a_secret_that_the_waiting_room_has_not_given_is_never_taken_over(app: Flask) -> None:
    answer = app.test_client(use_cookies=False).get(
        "/pair", headers={"Cookie": f"kiosk_waiting={PLANTED}"}
    )
    assert secret_in(answer) != PLANTED


def test_a_secret_that_was_given_to_a_browser_elsewhere_is_not_taken_over(app: Flask) -> None:
    """A stranger may fetch one of ours first and plant that."""
    his = secret_in(
        app.test_client(use_cookies=False).get("/pair", environ_base={"REMOTE_ADDR": "10.0.0.66"})
    )
    cookie = {"Cookie": f"kiosk_waiting={his}"}
    tablets = app.test_client(use_cookies=False).get(
        "/pair", headers=cookie, environ_base={"REMOTE_ADDR": "10.0.0.2"}
    )
    assert secret_in(tablets) != his
    again = app.test_client(use_cookies=False).get(
        "/pair", headers=cookie, environ_base={"REMOTE_ADDR": "10.0.0.66"}
    )
    assert secret_in(again) == his, "and who waits there keeps the place"

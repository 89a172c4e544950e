"""Pairing by code: a code seen is worth nothing, guesses are slowed, a restart loses nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from support import Browser, Meeting
from werkzeug.test import TestResponse

from kiosk import create_app
from kiosk.config import Settings
from kiosk.core import audit
from kiosk.core.access import Actor, Role
from kiosk.core.clock import utc_now
from kiosk.core.db import db, writer
from kiosk.core.errors import Refused
from kiosk.devices import pairing, queries, rules, services, waiting

CODE = re.compile(r'id="pair-code">(\d{3} \d{3})<')
LAN = Actor(kind="staff", id=1, name="Lan")


def code_of(browser: Browser, **more: object) -> str:
    """What the new device shows."""
    answer = browser.get("/pair", **more)
    found = CODE.search(answer.get_data(as_text=True))
    assert found is not None, answer.get_data(as_text=True)
    return found[1]


def confirm(secretary: Browser, code: str, **form: object) -> str:
    answer = secretary.post("/console/devices/pair", {"code": code, "kind": "tablet", **form})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        writer().close()
        db.engine.dispose()


def waits(browser: Browser) -> bool:
    found: bool = browser.get("/pair/state").json["waiting"]
    return found


@pytest.fixture
def secretary(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in(Role.SECRETARY)


# -- the way it goes -------------------------------------------------------------------------------


def test_a_code_makes_the_browser_that_shows_it_a_device(
    secretary: Browser, stranger: Browser, meeting: Meeting
) -> None:
    code = code_of(stranger)
    assert waits(stranger)
    found = secretary.post("/console/devices/pair/code", {"code": code.replace(" ", "")})
    page = found.get_data(as_text=True)
    assert found.status_code == 200
    assert code in page
    assert "Máy tính bảng 1" in page
    assert "Đã ghép <strong>Máy tính bảng 1</strong>" in confirm(secretary, code)
    assert not waits(stranger)
    answer = stranger.get("/pair")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tablet")
    assert stranger.get("/tablet").status_code == 200
    assert stranger.get("/pair").headers["Location"] == "/tablet", "a device needs no code"


def test_the_cookie_is_strict_hidden_from_scripts_and_renewed_at_each_page(
    secretary: Browser, stranger: Browser
) -> None:
    confirm(secretary, code_of(stranger))
    for path in ("/pair", "/tablet", "/tablet"):
        set_cookies = stranger.get(path).headers.getlist("Set-Cookie")
        ours = [each for each in set_cookies if each.startswith("kiosk_tablet=")]
        assert len(ours) == 1, path
        assert all(sign in ours[0] for sign in ("HttpOnly", "SameSite=Strict", "Max-Age=604800"))
        assert "Secure" not in ours[0]
    for path in ("/live/tablet?poll=1", "/healthz"):
        assert "kiosk_tablet" not in str(stranger.get(path).headers), "a page renews, nothing else"


def test_over_tls_the_cookie_never_travels_in_the_clear(
    secretary: Browser, stranger: Browser
) -> None:
    code = CODE.search(stranger.get("/pair", base_url="https://localhost").get_data(as_text=True))
    assert code is not None
    confirm(secretary, code[1])
    set_cookies = stranger.get("/pair", base_url="https://localhost").headers.getlist("Set-Cookie")
    given = [each for each in set_cookies if each.startswith("__Host-kiosk_tablet=")]
    assert len(given) == 1, set_cookies
    assert all("Secure" in each for each in set_cookies)


def test_names_and_kinds_are_chosen_by_one_tap_or_typed(secretary: Browser, app: Flask) -> None:
    for form, words in (
        ({"kind": "gate"}, "Cổng 1"),
        ({"kind": "gate"}, "Cổng 2"),
        ({"kind": "projector"}, "Máy chiếu"),
        ({"kind": "tablet", "name": "  Bàn bà Thuỷ "}, "Bàn bà Thuỷ"),
        ({"kind": "tablet"}, "Máy tính bảng 1"),
    ):
        assert words in confirm(secretary, code_of(Browser(app)), **form)


def test_a_dead_tablet_is_replaced_by_another_of_the_same_name(
    secretary: Browser, stranger: Browser, app: Flask, as_device: Callable[[str, str], Browser]
) -> None:
    dead = as_device("tablet", "Máy tính bảng 7")
    confirm(secretary, code_of(stranger), kind="", instead_of="1")
    assert stranger.get("/pair").headers["Location"] == "/tablet"
    assert "Máy tính bảng 7" in stranger.get("/tablet").get_data(as_text=True)
    assert dead.get("/tablet").status_code == 303, "the old browser is a stranger"
    with app.app_context():
        assert len(queries.devices(db.session())) == 1


def test_the_qr_leads_the_secretarys_phone_to_the_console_with_the_code(
    secretary: Browser, stranger: Browser
) -> None:
    code = code_of(stranger).replace(" ", "")
    step = secretary.get(f"/pair/code/{code}").get_data(as_text=True)
    assert f'content="0; url=/console/devices/pair?code={code}"' in step
    assert f'value="{code}"' in secretary.get(f"/console/devices/pair?code={code}").get_data(
        as_text=True
    )
    # Not signed in yet: the code survives the sign-in.
    asked = stranger.get(f"/console/devices/pair?code={code}")
    assert asked.headers["Location"] == f"/sign-in?next=/console/devices/pair?code%3D{code}"
    for wrong in ("41850", "abcdef", "418 503"):
        assert secretary.get(f"/pair/code/{wrong}").status_code == 404


# -- an answer that is lost on its way -------------------------------------------------------------


def jar_of(browser: Browser) -> dict[object, object]:
    """What a browser keeps; put back, the answers since were lost on their way to it."""
    return dict(browser.client._cookies or {})


def state_on_the_board(app: Flask, device_id: int = 1) -> str:
    with app.app_context():
        row = queries.device(db.session(), device_id)
        assert row is not None
        return row.state


def test_a_lost_answer_to_the_claim_loses_no_pairing_and_shows_no_green(
    app: Flask, secretary: Browser, stranger: Browser
) -> None:
    confirm(secretary, code_of(stranger))
    before = jar_of(stranger)
    for _ in range(3):
        assert stranger.get("/pair").headers["Location"] == "/tablet"
        stranger.client._cookies = dict(before)  # the line was cut before the cookie came
        assert state_on_the_board(app) == "waiting", "nobody has spoken yet"
    assert stranger.get("/pair").headers["Location"] == "/tablet"
    assert state_on_the_board(app) == "waiting"
    assert stranger.get("/tablet").status_code == 200
    assert state_on_the_board(app) == "fine"


def test_answers_that_cross_each_other_give_one_and_the_same_cookie(
    secretary: Browser, stranger: Browser
) -> None:
    confirm(secretary, code_of(stranger))
    before, given = jar_of(stranger), set()
    for _ in range(2):
        stranger.client._cookies = dict(before)
        stranger.get("/pair")
        cookie = stranger.client.get_cookie("kiosk_tablet")
        assert cookie is not None
        given.add(cookie.value)
    assert len(given) == 1


def test_once_the_device_has_spoken_its_secret_is_worth_nothing(
    app: Flask, secretary: Browser, stranger: Browser
) -> None:
    confirm(secretary, code_of(stranger))
    before = jar_of(stranger)
    stranger.get("/pair")
    stranger.get("/tablet")
    copied = Browser(app)
    copied.client._cookies = dict(before)
    assert copied.get("/pair").status_code == 200, "a stranger with a code of its own"
    with app.app_context():
        lines = [line for line in audit.read(db.session()) if line.event.endswith(":paired")]
    assert len(lines) == 1, "paired once, however often the answer was given"


def test_a_claim_is_given_again_for_ten_minutes_and_no_longer(
    secretary: Browser, stranger: Browser
) -> None:
    confirm(secretary, code_of(stranger))
    before = jar_of(stranger)
    stranger.get("/pair")
    stranger.client._cookies = dict(before)
    with time_machine.travel(utc_now() + timedelta(minutes=11), tick=True):
        assert stranger.get("/pair").status_code == 200


def test_a_one_time_address_opened_again_by_its_device_leads_home(
    app: Flask, secretary: Browser
) -> None:
    with app.app_context():
        key = app.extensions["kiosk_keys"].tokens
        added = services.add_device(kind="gate", name="Cổng 1", by=LAN, key=key)
    gate, other = Browser(app), Browser(app)
    for _ in range(3):
        assert gate.get(f"/pair/{added.ticket}").headers["Location"] == "/gate"
    assert other.get(f"/pair/{added.ticket}").status_code == 409, "and nobody else"
    secretary.post(f"/console/devices/{added.id}/kind", {"kind": "tablet"})
    assert gate.get(f"/pair/{added.ticket}").headers["Location"] == "/tablet"
    secretary.post(f"/console/devices/{added.id}/revoke")
    assert gate.get(f"/pair/{added.ticket}").status_code == 409


# -- who may not -----------------------------------------------------------------------------------


def test_whoever_sees_the_code_cannot_become_the_device(
    secretary: Browser, stranger: Browser, app: Flask
) -> None:
    code = code_of(stranger)
    onlooker = Browser(app)
    mine = code_of(onlooker)
    assert mine != code
    confirm(secretary, code)
    assert waits(onlooker)
    assert code_of(onlooker) == mine, "still a stranger"
    for path in (f"/pair/{code.replace(' ', '')}", "/tablet"):
        assert onlooker.get(path).status_code in {303, 409}
    assert stranger.get("/pair").headers["Location"] == "/tablet"


def test_a_code_is_confirmed_once_also_by_two_secretaries_at_once(
    app: Flask, stranger: Browser
) -> None:
    code, start = code_of(stranger), Barrier(6)

    def press(number: int) -> str:
        with app.app_context():
            start.wait(timeout=10)
            try:
                by = Actor(kind="staff", id=number, name="x")
                room = waiting.waiting_room()
                return pairing.confirm(text=code, kind="gate", by=by, room=room).name
            except Refused as refused:
                return refused.code

    with ThreadPoolExecutor(6) as pool:
        results = sorted(pool.map(press, range(6)))
    assert results.count("pairing_code_unknown") == 5
    assert "Cổng 1" in results


def test_a_refused_confirmation_leaves_the_code_as_it_was(
    secretary: Browser, stranger: Browser, as_device: Callable[[str, str], Browser]
) -> None:
    as_device("gate", "Cổng 1")
    code = code_of(stranger)
    for form, status in (
        ({"kind": "gate", "name": "cổng 1"}, 409),
        ({"kind": "desk"}, 422),
        ({"kind": "tablet", "name": "x" * 41}, 422),
        ({"instead_of": "77"}, 422),
    ):
        answer = secretary.post("/console/devices/pair", {"code": code, **form})
        assert answer.status_code == status, answer.get_data(as_text=True)
        assert waits(stranger)
    confirm(secretary, code)


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


# -- guessing --------------------------------------------------------------------------------------


def guess(browser: Browser, code: str = "000 000") -> str:
    answer = browser.post("/console/devices/pair/code", {"code": code})
    found = re.search(r'data-refusal="(\w+)"', answer.get_data(as_text=True))
    return found[1] if found else ""


def test_three_slips_are_free_then_each_costs_longer(secretary: Browser, stranger: Browser) -> None:
    code = code_of(stranger)
    assert guess(secretary, "12") == "pairing_code_wrong", "what is no code is no guess"
    for _ in range(4):
        assert guess(secretary) == "pairing_code_unknown"
    assert guess(secretary) == "pairing_delayed"
    assert guess(secretary, code) == "pairing_delayed", "also the right one must wait"
    answer = secretary.post("/console/devices/pair", {"code": code, "kind": "tablet"})
    assert answer.status_code == 409, "and there is no way round by the other act"


def test_waiting_and_the_right_code_clear_the_slips(
    app: Flask, secretary: Browser, stranger: Browser
) -> None:
    code = code_of(stranger)
    for _ in range(4):
        guess(secretary)
    # Sessions end by the clock, so this asks the act itself.
    with time_machine.travel("2100-01-01", tick=True), app.app_context():
        room = waiting.waiting_room()
        place = pairing.look_up(text=code, by=LAN, room=room)
        assert place.code == code.replace(" ", "")
        pairing.confirm(text=code, kind="tablet", by=LAN, room=room)
    assert guess(secretary) == "pairing_code_unknown", "three free slips again"


def test_one_members_slips_do_not_hold_up_another(
    secretary: Browser, stranger: Browser, signed_in: Callable[..., Browser]
) -> None:
    code = code_of(stranger)
    for _ in range(5):
        guess(secretary)
    assert guess(secretary, code) == "pairing_delayed"
    confirm(signed_in(Role.TECHNICIAN), code)


def test_a_restart_forgets_no_slip_and_no_confirmation(
    app: Flask, settings: Settings, secretary: Browser, stranger: Browser
) -> None:
    confirm(secretary, code_of(stranger))
    for _ in range(5):
        guess(secretary)
    close(app)
    again = create_app(settings)
    try:
        for browser in (secretary, stranger):
            jar = browser.client._cookies
            browser.client = again.test_client()
            browser.client._cookies = jar
        assert guess(secretary) == "pairing_delayed"
        assert stranger.get("/pair").headers["Location"] == "/tablet"
    finally:
        close(again)


def test_a_page_that_waits_over_a_restart_gets_a_new_code_by_itself(
    app: Flask, settings: Settings, secretary: Browser, stranger: Browser
) -> None:
    code_of(stranger)
    close(app)
    again = create_app(settings)
    try:
        jar = stranger.client._cookies
        stranger.client = again.test_client()
        stranger.client._cookies = jar
        assert not waits(stranger), "so it loads itself anew"
        code_of(stranger)
        assert waits(stranger)
    finally:
        close(again)


def test_many_guesses_at_once_do_not_get_round_the_delay(app: Flask) -> None:
    start = Barrier(12)

    def try_one(number: int) -> str:
        with app.app_context():
            start.wait(timeout=10)
            try:
                room = waiting.waiting_room()
                pairing.look_up(text=f"{number:06d}", by=LAN, room=room)
            except Refused as refused:
                return refused.code
            return "found"

    with ThreadPoolExecutor(12) as pool:
        results = list(pool.map(try_one, range(12)))
    assert results.count("pairing_code_unknown") == 4, results
    assert results.count("pairing_delayed") == 8


# -- what the record shows -------------------------------------------------------------------------


def test_the_book_knows_who_confirmed_whom_and_holds_no_code(
    app: Flask, secretary: Browser, stranger: Browser
) -> None:
    code = code_of(stranger)
    guess(secretary)
    confirm(secretary, code)
    stranger.get("/pair")
    stranger.get("/tablet")
    with app.app_context():
        lines = [line for line in audit.read(db.session()) if line.event.startswith("devices:")]
    assert [line.event for line in lines] == [
        "devices:code:refused",
        "devices:code:confirmed",
        "devices:device:paired",
    ]
    assert lines[1].facts["name"] == "Máy tính bảng 1"
    assert lines[1].facts["address"] == "127.0.0.1"
    assert lines[1].by.startswith("staff:")
    assert lines[2].by == "device:1"
    stored = app.extensions["kiosk_settings"].instance / "kiosk.sqlite3"
    written = stored.read_bytes() + stored.with_name("kiosk.sqlite3-wal").read_bytes()
    assert code.encode() not in written
    assert code.replace(" ", "").encode() not in written

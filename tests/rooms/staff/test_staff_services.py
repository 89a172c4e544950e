"""Accounts, sessions and the growing delay, with real commits and a clock that the test moves."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import text
from support import Clock

from kiosk import create_app
from kiosk.core import audit, tokens
from kiosk.core.access import THE_PROGRAM, Actor, Role
from kiosk.core.clock import utc_now
from kiosk.core.db import db, writer
from kiosk.core.errors import Refused
from kiosk.staff import queries, services

KEY = bytes(range(32))
RIGHT = "mật khẩu đúng 1"
WRONG = "mật khẩu sai 11"


@pytest.fixture
def hall(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


@pytest.fixture
def lan(hall: Flask) -> int:
    return services.add_account(
        name="Lan Thư Ký", role=Role.SECRETARY, password=RIGHT, by=THE_PROGRAM
    )


def sign_in(clock: Clock, password: str = RIGHT, name: str = "Lan Thư Ký") -> services.Opened:
    return services.sign_in(name=name, password=password, key=KEY, hours=14, clock=clock)


def holder(opened: services.Opened, clock: Clock) -> queries.SignedIn | None:
    db.session.rollback()
    digest = tokens.stored(KEY, opened.token, purpose="staff")
    return queries.signed_in(db.session(), digest, clock())


def fail(clock: Clock, times: int) -> list[str]:
    codes = []
    for _ in range(times):
        with pytest.raises(Refused) as said:
            sign_in(clock, WRONG)
        codes.append(said.value.code)
    return codes


# -- signing in ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "Lan Thư Ký",
        "lan thư ký",
        "LAN THU KY",
        "  lan   thu ky ",
        unicodedata.normalize("NFD", "Lan Thư Ký"),
        "Lan\u00a0Thư\u200b Ký",
    ],
)
def test_a_name_is_known_however_it_is_typed(lan: int, clock: Clock, typed: str) -> None:
    opened = sign_in(clock, name=typed)
    assert (opened.account_id, opened.role) == (lan, Role.SECRETARY)
    assert holder(opened, clock) == queries.SignedIn(lan, "Lan Thư Ký", "secretary")


def test_a_password_is_known_in_both_forms_of_unicode(lan: int, clock: Clock) -> None:
    sign_in(clock, unicodedata.normalize("NFD", RIGHT))
    with pytest.raises(Refused, match="sign_in_failed"):
        sign_in(clock, RIGHT.upper())


def test_the_cookie_and_the_password_are_nowhere_stored(lan: int, clock: Clock) -> None:
    opened = sign_in(clock)
    db.session.rollback()
    file = db.engine.url.database
    assert file is not None
    with open(file, "rb") as main, open(f"{file}-wal", "rb") as log:
        stored = main.read() + log.read()
    assert opened.token.encode() not in stored
    assert RIGHT.encode() not in stored
    assert b"$argon2id$" in stored


def test_the_hash_of_the_hall_is_the_second_choice_of_rfc_9106() -> None:
    # The tests use a cheap one; this is what stands in the source.
    named = services._NOBODY.split("$")
    assert named[1:4] == ["argon2id", "v=19", "m=65536,t=3,p=2"]
    hasher = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=2)
    assert not hasher.check_needs_rehash(services._NOBODY)


def test_a_session_ends_after_its_hours(lan: int, clock: Clock) -> None:
    opened = sign_in(clock)
    clock.later(hours=13, minutes=59)
    assert holder(opened, clock) is not None
    clock.later(minutes=1)
    assert holder(opened, clock) is None


def test_signing_out_ends_this_session_alone_and_twice_is_quiet(lan: int, clock: Clock) -> None:
    first, second = sign_in(clock), sign_in(clock)
    by = Actor("staff", lan, "Lan")
    for _ in range(2):
        services.sign_out(token=first.token, key=KEY, by=by, clock=clock)
    assert holder(first, clock) is None
    assert holder(second, clock) is not None
    assert [line.event for line in audit.read(db.session())].count("staff:session:signed_out") == 1


# -- wrong passwords -----------------------------------------------------------------------------


def test_three_wrong_tries_are_free_and_then_the_wait_grows(lan: int, clock: Clock) -> None:
    assert fail(clock, 4) == ["sign_in_failed"] * 4
    for seconds in (2, 4, 8, 16):
        with pytest.raises(Refused) as said:
            sign_in(clock)
        assert said.value.code == "sign_in_delayed"
        assert said.value.facts == {"seconds": seconds}
        clock.later(seconds=seconds)
        fail(clock, 1)


def test_the_right_password_is_not_even_tried_during_the_wait_and_counts_afterwards(
    lan: int, clock: Clock
) -> None:
    fail(clock, 5)
    with pytest.raises(Refused, match="sign_in_delayed"):
        sign_in(clock)
    clock.later(seconds=4)
    sign_in(clock)
    db.session.rollback()
    assert queries.wrong_tries(db.session(), "lan thu ky") is None
    assert fail(clock, 3) == ["sign_in_failed"] * 3


def test_the_wait_is_kept_over_a_restart(lan: int, hall: Flask, clock: Clock) -> None:
    fail(clock, 6)
    restarted = create_app(hall.extensions["kiosk_settings"])
    with restarted.app_context():
        try:
            with pytest.raises(Refused, match="sign_in_delayed"):
                sign_in(clock)
        finally:
            db.session.remove()
            writer().close()
            db.engine.dispose()


def test_a_clock_set_back_locks_nobody_out_for_longer_than_the_delay(
    lan: int, clock: Clock
) -> None:
    fail(clock, 6)
    clock.now -= timedelta(days=400)
    with pytest.raises(Refused) as said:
        sign_in(clock)
    assert said.value.facts["seconds"] <= 8


def test_a_name_that_nobody_has_is_delayed_like_any_other(lan: int, clock: Clock) -> None:
    codes = []
    for _ in range(5):
        with pytest.raises(Refused) as said:
            sign_in(clock, name="người lạ")
        codes.append(said.value.code)
    assert codes == ["sign_in_failed"] * 4 + ["sign_in_delayed"]


def test_one_name_that_is_attacked_does_not_slow_another(lan: int, clock: Clock) -> None:
    services.add_account(name="Minh", role=Role.CHAIR, password=RIGHT, by=THE_PROGRAM)
    fail(clock, 4)
    assert sign_in(clock, name="Minh").role == Role.CHAIR


def test_many_guesses_at_once_do_not_get_round_the_delay(
    lan: int, hall: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten guesses are admitted together, all before the first is counted; one is right."""
    together = Barrier(10)
    late = Barrier(2)
    matches = services._matches

    def slow(digest: str, password: str) -> bool:
        together.wait(timeout=10)
        result = matches(digest, password)
        if result:
            # The right guess is answered last.
            late.wait(timeout=10)
        return result

    monkeypatch.setattr(services, "_matches", slow)

    def guess(number: int) -> str:
        with hall.app_context():
            try:
                sign_in(clock, RIGHT if number == 0 else WRONG)
            except Refused as refused:
                return refused.code
            return "in"

    with ThreadPoolExecutor(10) as pool:
        right = pool.submit(guess, 0)
        wrong = [pool.submit(guess, number) for number in range(1, 10)]
        assert {each.result() for each in wrong} == {"sign_in_failed"}
        late.wait(timeout=10)
        assert right.result() == "sign_in_delayed"


def test_an_account_closed_while_its_password_is_checked_does_not_come_in(
    lan: int, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.add_account(name="Minh", role=Role.SECRETARY, password=RIGHT, by=THE_PROGRAM)
    matches = services._matches

    def meanwhile(digest: str, password: str) -> bool:
        services.reset_password(name="Lan Thư Ký", password="another one", by=THE_PROGRAM)
        return matches(digest, password)

    monkeypatch.setattr(services, "_matches", meanwhile)
    with pytest.raises(Refused, match="sign_in_failed"):
        sign_in(clock)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("", ""),
        ("\0", "\0"),
        ("lan\0thu ky", RIGHT + "\0"),
        ("x" * 1_000_000, "y" * 1_000_000),
        ("' OR 1=1 --", "' OR 1=1 --"),
        ("\u202e" * 50, "🦆" * 100),
        ("Lan Thư Ký", RIGHT + "x" * 300),
    ],
)
def test_odd_input_is_only_a_wrong_password(
    lan: int, clock: Clock, name: str, password: str
) -> None:
    with pytest.raises(Refused, match="sign_in_failed"):
        services.sign_in(name=name, password=password, key=KEY, hours=1, clock=clock)


def test_a_mistyped_name_is_not_written_into_the_book(lan: int, clock: Clock) -> None:
    with pytest.raises(Refused):
        sign_in(clock, name="mật khẩu thật của tôi")
    db.session.rollback()
    book = [str(line) for line in audit.read(db.session())]
    assert not any("mật khẩu thật" in line or "mat khau that" in line for line in book)
    assert any("staff:session:refused" in line for line in book)


# -- accounts ------------------------------------------------------------------------------------


def test_a_reset_ends_every_session_and_forgets_the_wrong_tries(lan: int, clock: Clock) -> None:
    one, two = sign_in(clock), sign_in(clock)
    fail(clock, 4)
    services.reset_password(
        name=unicodedata.normalize("NFD", "LAN thư ký"),
        password="mật khẩu mới 22",
        by=THE_PROGRAM,
        clock=clock,
    )
    assert holder(one, clock) is None
    assert holder(two, clock) is None
    assert sign_in(clock, "mật khẩu mới 22").account_id == lan
    with pytest.raises(Refused, match="sign_in_failed"):
        sign_in(clock)


def test_a_closed_account_comes_in_no_more_and_its_sessions_end(lan: int, clock: Clock) -> None:
    minh = services.add_account(name="Minh", role=Role.SECRETARY, password=RIGHT, by=THE_PROGRAM)
    opened = sign_in(clock)
    services.close_account(account_id=lan, by=THE_PROGRAM, clock=clock)
    assert holder(opened, clock) is None
    with pytest.raises(Refused, match="sign_in_failed"):
        sign_in(clock)
    with pytest.raises(Refused, match="account_unknown"):
        services.close_account(account_id=lan, by=THE_PROGRAM)
    with pytest.raises(Refused, match="account_unknown"):
        services.reset_password(name="Lan Thư Ký", password=RIGHT, by=THE_PROGRAM)
    with pytest.raises(Refused, match="last_account"):
        services.close_account(account_id=minh, by=THE_PROGRAM)


def test_the_last_account_that_can_add_others_stays(lan: int) -> None:
    desk = services.add_account(name="Bàn", role=Role.DESK, password=RIGHT, by=THE_PROGRAM)
    services.add_account(name="Chủ tọa", role=Role.CHAIR, password=RIGHT, by=THE_PROGRAM)
    with pytest.raises(Refused, match="last_account"):
        services.close_account(account_id=lan, by=THE_PROGRAM)
    services.close_account(account_id=desk, by=THE_PROGRAM)


@pytest.mark.parametrize("name", ["Lan Thư Ký", "LAN THU KY", "lan  thư\tký"])
def test_one_name_is_one_account(lan: int, name: str) -> None:
    with pytest.raises(Refused, match="account_exists"):
        services.add_account(name=name, role=Role.DESK, password=RIGHT, by=THE_PROGRAM)


@pytest.mark.parametrize(
    ("name", "role", "password", "code"),
    [
        ("", "desk", RIGHT, "account_name_wrong"),
        ("\0\0", "desk", RIGHT, "account_name_wrong"),
        ("x" * 61, "desk", RIGHT, "account_name_wrong"),
        ("Minh", "teller", RIGHT, "role_unknown"),
        ("Minh", "gate", RIGHT, "role_unknown"),
        ("Minh", "", RIGHT, "role_unknown"),
        ("Minh", "x" * 10_000, RIGHT, "role_unknown"),
        ("Minh", "desk", "ngắn", "password_too_short"),
        ("Minh", "desk", "x" * 257, "password_too_long"),
    ],
)
def test_a_wrong_account_is_refused_and_nothing_is_stored(
    hall: Flask, name: str, role: str, password: str, code: str
) -> None:
    with pytest.raises(Refused) as said:
        services.add_account(name=name, role=role, password=password, by=THE_PROGRAM)
    assert said.value.code == code
    assert all(len(str(fact)) < 100 for fact in said.value.facts.values())
    assert queries.accounts(db.session()) == []
    assert db.session.scalar(text("SELECT count(*) FROM book_line")) == 0


def test_a_made_password_is_readable_strong_and_accepted(hall: Flask) -> None:
    made = {services.made_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(each) == 14 and not set(each) - set("bcghkmnpqtv2346789-") for each in made)
    services.add_account(name="An", role="desk", password=made.pop(), by=THE_PROGRAM)


def test_every_act_writes_one_line_and_no_secret(lan: int, clock: Clock) -> None:
    before = utc_now()
    sign_in(clock)
    services.reset_password(name="Lan Thư Ký", password="mật khẩu mới 22", by=THE_PROGRAM)
    db.session.rollback()
    lines = list(audit.read(db.session()))
    assert [line.event for line in lines] == [
        "staff:account:added",
        "staff:session:signed_in",
        "staff:password:reset",
    ]
    assert "mật khẩu" not in str(lines)
    assert lines[0].at <= before

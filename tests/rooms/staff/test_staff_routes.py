"""The sign-in page and the page of accounts, as a browser meets them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from support import PASSWORD, Browser

from kiosk.core.access import Role
from kiosk.core.clock import utc_now


def test_a_person_signs_in_and_comes_to_the_console(
    app: Flask, signed_in: Callable[..., Browser]
) -> None:
    browser = signed_in(Role.SECRETARY, name="Đỗ Thị Ánh")
    page = browser.get("/console").get_data(as_text=True)
    assert "Đỗ Thị Ánh" in page


def test_a_wrong_password_is_one_sentence_and_keeps_the_name(stranger: Browser) -> None:
    answer = stranger.post(
        "/sign-in", {"name": "<b>Lan</b>", "password": "mật khẩu sai"}, fragment=False
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Tên hoặc mật khẩu chưa đúng. Hãy nhập lại." in page
    assert "&lt;b&gt;Lan&lt;/b&gt;" in page
    assert "<b>Lan" not in page
    assert "mật khẩu sai" not in page
    assert "kiosk_staff" not in "".join(answer.headers.getlist("Set-Cookie"))


def test_too_many_tries_are_told_how_long_to_wait(stranger: Browser) -> None:
    for _ in range(4):
        stranger.post("/sign-in", {"name": "Lan", "password": "sai"})
    answer = stranger.post("/sign-in", {"name": "Lan", "password": "sai"})
    assert answer.status_code == 429
    assert "giây" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\nSet-Cookie: a=b",
        "/ /evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/console/đại-biểu",
        "/" + "x" * 5_000,
        "/\0",
        "/\u2028/evil",
    ],
)
def test_nobody_is_led_away_after_signing_in(
    app: Flask, signed_in: Callable[..., Browser], wanted: str
) -> None:
    browser = signed_in(Role.DESK, name="Lan")
    shown = browser.get("/sign-in", query_string={"next": wanted})
    assert 'name="next" value=""' in shown.get_data(as_text=True)
    for path, form in (
        ("/sign-in", {"name": "Lan", "password": PASSWORD}),
        ("/language", {"language": "en"}),
    ):
        answer = browser.post(path, {**form, "next": wanted}, fragment=False)
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/console"


@pytest.mark.parametrize(
    "wanted", ["/console/delegates", "/console/delegates?q=%C4%91%E1%BB%97&unit=2", "/"]
)
def test_a_person_comes_back_to_where_they_were(
    app: Flask, signed_in: Callable[..., Browser], wanted: str
) -> None:
    browser = signed_in(Role.DESK, name="Lan")
    answer = browser.post(
        "/sign-in", {"name": "Lan", "password": PASSWORD, "next": wanted}, fragment=False
    )
    assert answer.headers["Location"] == wanted


def test_a_stranger_is_sent_to_sign_in_and_then_on(stranger: Browser) -> None:
    answer = stranger.get("/console/delegates")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/console/delegates"
    fragment = stranger.get("/console/delegates", fragment=True)
    assert fragment.status_code == 401
    assert fragment.headers["HX-Redirect"].startswith("/sign-in")


def test_signing_out_forgets_the_cookie_and_the_session(
    signed_in: Callable[..., Browser],
) -> None:
    browser = signed_in(Role.DESK)
    cookie = browser.client.get_cookie("kiosk_staff")
    assert cookie is not None
    assert browser.post("/sign-out", fragment=False).status_code == 303
    assert browser.client.get_cookie("kiosk_staff") is None
    browser.client.set_cookie("kiosk_staff", cookie.value)
    assert browser.get("/console", headers={"Accept": "text/plain"}).status_code == 401


def test_the_page_asks_again_when_the_session_is_over(
    signed_in: Callable[..., Browser],
) -> None:
    browser = signed_in(Role.DESK)
    cookie = browser.client.get_cookie("kiosk_staff")
    assert cookie is not None
    with time_machine.travel(utc_now() + timedelta(hours=14, minutes=1)):
        # A browser forgets the cookie by then; one that does not gets no further.
        browser.client.set_cookie("kiosk_staff", cookie.value)
        assert browser.get("/console").status_code == 303


@pytest.mark.parametrize("value", ["", "x", "x" * 3_000, "%00", "../../", "' OR 1=1"])
def test_a_made_up_cookie_is_nobody(app: Flask, value: str) -> None:
    client = app.test_client()
    client.set_cookie("kiosk_staff", value)
    assert client.get("/console", headers={"Accept": "text/plain"}).status_code == 401


# -- accounts ------------------------------------------------------------------------------------


def test_a_secretary_adds_and_closes_accounts(
    signed_in: Callable[..., Browser], app: Flask
) -> None:
    browser = signed_in(Role.SECRETARY)
    form = {"name": "<script>Chủ tọa</script>", "role": "chair", "password": "tám ký tự trở lên"}
    assert browser.post("/console/staff", form, fragment=False).status_code == 303
    page = browser.get("/console/staff").get_data(as_text=True)
    assert "&lt;script&gt;Chủ tọa" in page
    assert "<script>Chủ tọa" not in page
    chair = Browser(app)
    chair.post("/sign-in", {"name": form["name"], "password": form["password"]}, fragment=False)
    assert chair.get("/console").status_code == 200
    assert browser.post("/console/staff/2/close", fragment=False).status_code == 303
    assert chair.get("/console", headers={"Accept": "text/plain"}).status_code == 401


@pytest.mark.parametrize(
    ("form", "code", "status"),
    [
        ({}, "account_name_wrong", 422),
        ({"name": "An", "role": "king", "password": "x" * 9}, "role_unknown", 422),
        ({"name": "An", "role": "desk", "password": "x"}, "password_too_short", 422),
        ({"name": "x" * 1_000_000, "role": "desk", "password": "x" * 9}, "account_name_wrong", 422),
    ],
)
def test_a_wrong_form_is_one_sentence(
    signed_in: Callable[..., Browser], form: dict[str, str], code: str, status: int
) -> None:
    answer = signed_in(Role.SECRETARY).post("/console/staff", form)
    assert answer.status_code == status
    assert f'data-refusal="{code}"' in answer.get_data(as_text=True)
    assert answer.headers["HX-Retarget"] == "#notice"


@pytest.mark.parametrize("number", ["0", "999", "99999999999999999999999999"])
def test_an_account_that_is_not_there_is_a_sentence(
    signed_in: Callable[..., Browser], number: str
) -> None:
    answer = signed_in(Role.SECRETARY).post(f"/console/staff/{number}/close")
    assert answer.status_code in {404, 422}
    assert "data-refusal=" in answer.get_data(as_text=True)

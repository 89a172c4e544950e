"""What every answer carries, and what no forged request gets past."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from support import PASSWORD, Browser, Meeting

from kiosk.core.access import THE_PROGRAM, Kind, Role
from kiosk.core.db import db
from kiosk.devices import services as devices
from kiosk.staff import services as staff

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; "
    "manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)

PAGES = [
    "/",
    "/sign-in",
    "/pair",
    "/pair/nothing",
    "/console",
    "/console/delegates",
    "/console/plan",
    "/console/devices",
    "/console/staff",
    "/console/book",
    "/projector",
    "/healthz",
    "/no-such-page",
    "/live/no-such-topic",
    "/live/console?poll=1",
    "/static/css/base.css",
    "/static/no-such-file",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_strict_headers(
    meeting: Meeting, signed_in: Callable[..., Browser], path: str
) -> None:
    answer = signed_in(Role.SECRETARY).get(path, buffered=True)
    headers = answer.headers
    assert headers["Content-Security-Policy"] == POLICY
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Permissions-Policy"].startswith("camera=(), microphone=()")
    if not path.startswith(("/static", "/live")):
        assert headers["Cache-Control"] == "no-store"


def test_only_the_scanning_page_may_run_the_decoder_and_the_camera(
    as_device: Callable[[str, str], Browser],
) -> None:
    gate = as_device(Kind.GATE, "Cổng 1")
    page = gate.get("/gate").headers
    assert page["Content-Security-Policy"] == POLICY.replace(
        "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"
    )
    assert page["Permissions-Policy"].startswith("camera=(self)")
    answer = gate.post("/gate/scan", {"code": "?", "scan_id": "headers-0001"})
    assert answer.headers["Content-Security-Policy"] == POLICY


def test_refusals_and_errors_carry_the_headers_too(stranger: Browser) -> None:
    for answer in (
        stranger.client.post("/sign-in"),  # 403
        stranger.post("/healthz"),  # 405
        stranger.post("/sign-in", {"name": "x", "password": "y"}),  # 422
    ):
        assert answer.status_code in {403, 405, 422}
        assert answer.headers["Content-Security-Policy"] == POLICY


# -- forged requests -----------------------------------------------------------------------------

FORGED: list[dict[str, Any]] = [
    {"token": None},
    {"token": ""},
    {"token": "0" * 32},
    {"token": "ếế"},
    {"token": "x" * 100_000},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:81"},
    {"Origin": "https://localhost"},
    {"Origin": "localhost"},
    {"Origin": "http://[::1"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "anything"},
]


@pytest.mark.parametrize("forged", FORGED, ids=str)
def test_a_forged_request_is_forbidden_and_stores_nothing(
    app: Flask, signed_in: Callable[..., Browser], forged: dict[str, Any]
) -> None:
    browser = signed_in(Role.SECRETARY)
    before = book(app)
    headers = {"X-CSRF-Token": browser.token, "Host": "localhost", **forged}
    token = headers.pop("token", browser.token)
    del headers["X-CSRF-Token"]
    data = {"kind": "gate", "name": "Cổng giả"}
    if token is not None and token.isascii() and len(token) < 100:
        headers["X-CSRF-Token"] = token
    elif token is not None:
        data["_csrf"] = token
    answer = browser.client.post("/console/devices", data=data, headers=headers)
    assert answer.status_code == 403
    assert book(app) == before


def test_another_browsers_token_is_worth_nothing(
    app: Flask, signed_in: Callable[..., Browser], stranger: Browser
) -> None:
    browser = signed_in(Role.SECRETARY)
    before = book(app)
    answer = browser.client.post(
        "/console/devices",
        data={"kind": "gate", "name": "x"},
        headers={"X-CSRF-Token": stranger.token},
    )
    assert answer.status_code == 403
    assert book(app) == before


def test_our_own_pages_are_heard_by_header_and_by_form(
    app: Flask, signed_in: Callable[..., Browser]
) -> None:
    browser = signed_in(Role.SECRETARY)
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    by_header = browser.post("/console/devices", {"kind": "gate", "name": "Cổng 1"}, headers=own)
    assert by_header.status_code == 201
    by_form = browser.client.post(
        "/console/devices",
        data={"kind": "gate", "name": "Cổng 2", "_csrf": browser.token},
        headers={"Sec-Fetch-Site": "none"},
    )
    assert by_form.status_code == 201


def test_over_tls_the_plain_page_of_the_same_host_is_another_site(
    app: Flask, signed_in: Callable[..., Browser]
) -> None:
    """Port 80 and port 443 are left out of both headers: the scheme alone tells them apart."""
    browser = signed_in(Role.SECRETARY).over_tls()
    for origin, status in (("http://localhost", 403), ("https://localhost", 201)):
        answer = browser.client.post(
            "/console/devices",
            base_url="https://localhost",
            data={"kind": "gate", "name": f"Cổng {status}"},
            headers={"X-CSRF-Token": browser.token, "Origin": origin},
        )
        assert answer.status_code == status, answer.get_data(as_text=True)


def test_over_tls_every_cookie_has_a_name_that_nobody_can_plant(app: Flask) -> None:
    """`__Host-`: a browser takes it with Secure, Path=/ and no Domain alone, and only over TLS."""
    browser = Browser(app)
    with app.app_context():
        keys = app.extensions["kiosk_keys"]
        added = devices.add_device(kind="gate", name="Cổng 1", by=THE_PROGRAM, key=keys.tokens)
        staff.add_account(name="lan", role="secretary", password=PASSWORD, by=THE_PROGRAM)
    tls = {"base_url": "https://localhost"}
    token = re.search(
        r'data-csrf="(\w+)"', (page := browser.get("/sign-in", **tls)).get_data(as_text=True)
    )
    assert token is not None
    sent = {"X-CSRF-Token": token[1]}
    who = {"name": "lan", "password": PASSWORD}
    answers = [
        page,
        browser.get("/pair", **tls),
        browser.get(f"/pair/{added.ticket}", **tls),
        browser.get("/gate", **tls),
        browser.client.post("/sign-in", data=who, headers=sent, **tls),
        browser.client.post("/language", data={"language": "en"}, headers=sent, **tls),
        browser.client.post("/sign-out", headers=sent, **tls),
    ]
    given = [each for answer in answers for each in answer.headers.getlist("Set-Cookie")]
    assert {each.partition("=")[0] for each in given} == {
        f"__Host-kiosk_{name}" for name in ("browser", "waiting", "gate", "staff", "lang")
    }
    for each in given:
        signs = {sign.strip() for sign in each.split(";")}
        assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= signs, each
        assert "domain" not in each.lower()


def test_over_tls_no_cookie_of_another_name_is_heard(
    app: Flask, signed_in: Callable[..., Browser]
) -> None:
    cookie = signed_in(Role.SECRETARY).client.get_cookie("kiosk_staff")
    assert cookie is not None
    for name, status in (("kiosk_staff", 303), ("__Host-kiosk_staff", 200)):
        answer = app.test_client(use_cookies=False).get(
            "/console",
            base_url="https://localhost",
            headers={"Cookie": f"{name}={cookie.value}", "Accept": "text/html"},
        )
        assert answer.status_code == status, name


def test_a_planted_browser_cookie_of_another_shape_is_replaced(app: Flask) -> None:
    for planted in ("short", "x" * 33, "é" * 32, "../" * 10 + "ab", ""):
        client = app.test_client()
        client.set_cookie("kiosk_browser", planted)
        answer = client.get("/sign-in")
        assert "kiosk_browser=" in answer.headers["Set-Cookie"]


def book(app: Flask) -> int:
    with app.app_context():
        return int(db.session.scalar(text("SELECT count(*) FROM book_line")) or 0)


# -- other names for this laptop -----------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.", "10.0.0.5:8080", "a b", "é"]
)
@pytest.mark.parametrize("path", ["/", "/sign-in", "/healthz", "/no-such-page"])
def test_an_address_that_only_looks_like_ours_gets_nothing(
    app: Flask, host: str, path: str
) -> None:
    answer = app.test_client().get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:8080"])
def test_this_laptop_is_known_by_its_own_names(app: Flask, host: str) -> None:
    assert app.test_client().get("/healthz", headers={"Host": host}).status_code == 200


# -- cookies and language ------------------------------------------------------------------------


def test_cookies_are_kept_from_scripts_and_other_sites(
    app: Flask, signed_in: Callable[..., Browser], as_device: Callable[[str, str], Browser]
) -> None:
    browser = signed_in(Role.DESK)
    answer = browser.post("/language", {"language": "en"}, fragment=False)
    made = [*answer.headers.getlist("Set-Cookie")]
    for client in (browser.client, as_device(Kind.GATE, "Cổng 1").client):
        for name in ("kiosk_staff", "kiosk_gate", "kiosk_browser"):
            cookie = client.get_cookie(name)
            if cookie is not None:
                assert cookie.http_only
                assert cookie.same_site == "Strict"
    assert all("HttpOnly" in each and "SameSite=Strict" in each for each in made)
    assert "kiosk_lang=en" in made[0]


def test_over_tls_every_cookie_is_secure_also_the_one_that_is_taken_back(
    app: Flask, signed_in: Callable[..., Browser], as_device: Callable[[str, str], Browser]
) -> None:
    browser = signed_in(Role.SECRETARY)
    said = [app.test_client().get("/sign-in", base_url="https://localhost")]
    headers = {"X-CSRF-Token": browser.token}
    for path, form in (("/language", {"language": "en"}), ("/sign-out", {})):
        said.append(
            browser.client.post(path, base_url="https://localhost", data=form, headers=headers)
        )
    with app.app_context():
        keys = app.extensions["kiosk_keys"]
        added = devices.add_device(kind="gate", name="Cổng 9", by=THE_PROGRAM, key=keys.tokens)
    said.append(app.test_client().get(f"/pair/{added.ticket}", base_url="https://localhost"))
    cookies = [each for answer in said for each in answer.headers.getlist("Set-Cookie")]
    assert len(cookies) >= 4
    for cookie in cookies:
        assert "Secure" in cookie, cookie
        assert "HttpOnly" in cookie, cookie
        assert "SameSite=Strict" in cookie, cookie
    assert not any("Strict-Transport-Security" in answer.headers for answer in said)


def test_the_page_speaks_vietnamese_until_this_browser_chooses_english(
    stranger: Browser,
) -> None:
    assert 'lang="vi"' in stranger.get("/sign-in").get_data(as_text=True)
    english = stranger.get("/sign-in", headers={"Accept-Language": "en"})
    assert '<html lang="vi"' in english.get_data(as_text=True)
    stranger.post("/language", {"language": "en"})
    assert '<html lang="en"' in stranger.get("/sign-in").get_data(as_text=True)
    assert stranger.post("/language", {"language": "fr"}).status_code == 422
    stranger.client.set_cookie("kiosk_lang", "../../etc")
    assert '<html lang="vi"' in stranger.get("/sign-in").get_data(as_text=True)

"""`/trust`: four kinds of machines, two languages, and the file that is installed."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from support import authority_in
from werkzeug.test import TestResponse

from kiosk.config import Settings
from kiosk.core import doors
from kiosk.core.doors import Door, Hall
from kiosk.tls import authority, store


@pytest.fixture
def open_page(app: Flask, settings: Settings) -> Callable[..., TestResponse]:
    authority.make_authority(settings.instance, hostname="pc1", now=datetime.now(UTC))
    der = authority_in(settings.instance)
    assert der is not None
    app.extensions["kiosk_hall"] = Hall(
        encrypted=("https://192.168.1.10:8443", "https://10.0.0.5:8443"),
        trust=("http://192.168.1.10:8080/trust", "http://10.0.0.5:8080/trust"),
        hosts=frozenset({"192.168.1.10", "10.0.0.5", "pc1.local"}),
        https_port=8443,
        fingerprint=store.fingerprint(der),
    )
    app.config["TRUSTED_HOSTS"] = ["192.168.1.10", "10.0.0.5", "pc1.local", "localhost"]

    def opened(
        path: str = "/trust",
        host: str = "192.168.1.10:8080",
        agent: str = "",
        door: Door = Door.LAN,
    ) -> TestResponse:
        return app.test_client().get(
            path,
            headers={"Host": host, "User-Agent": agent},
            environ_overrides={doors.KEY: door},
        )

    return opened


def test_the_page_may_try_the_encrypted_twin_of_its_own_address_and_nothing_else(
    open_page: Callable[..., TestResponse],
) -> None:
    for name in ("192.168.1.10", "10.0.0.5", "pc1.local"):
        answer = open_page(host=f"{name}:8080")
        policy = answer.headers["Content-Security-Policy"]
        assert f"connect-src https://{name}:8443;" in policy
        assert "default-src 'none'" in policy
        assert "form-action 'none'" in policy
        assert "unsafe" not in policy
        page = answer.get_data(as_text=True)
        assert f'data-tried="https://{name}:8443"' in page
        assert "data-csrf" not in page
        assert "<form" not in page


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Linux; Android 14; SM-X200) Chrome/130", "Chứng chỉ CA"),
        ("Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X)", "Cài đặt tin cậy chứng nhận"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "Cài đặt tin cậy chứng nhận"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "Trusted Root Certification"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "certificate-manager"),
        ("", "Chứng chỉ CA"),
    ],
)
def test_a_machine_is_shown_its_own_steps_at_once(
    open_page: Callable[..., TestResponse], agent: str, words: str
) -> None:
    page = open_page(agent=agent).get_data(as_text=True)
    assert words in page
    assert page.count('aria-current="page"') == 1
    # Each of the four steps is drawn by ourselves: an inline picture with words for the ear.
    assert page.count('class="drawn"') == 4
    assert page.count('role="img" aria-label="') >= 4


@pytest.mark.parametrize("machine", ["android", "ipad", "windows", "linux"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_machine_is_explained_in_both_languages(
    open_page: Callable[..., TestResponse], machine: str, language: str
) -> None:
    page = open_page(f"/trust?machine={machine}&lang={language}").get_data(as_text=True)
    assert f'<html lang="{language}">' in page
    assert ("Tải tệp chứng chỉ" in page) == (language == "vi")
    assert ("Download the certificate" in page) == (language == "en")
    assert 'href="/trust/hall.' in page


def test_unknown_words_in_the_address_change_nothing(
    open_page: Callable[..., TestResponse],
) -> None:
    page = open_page("/trust?machine=<b>&lang=../x").get_data(as_text=True)
    assert "<b>" not in page.replace('<b class="num">', "")
    assert '<html lang="vi">' in page


def test_the_file_is_the_authoritys_certificate_and_never_its_key(
    app: Flask, settings: Settings, open_page: Callable[..., TestResponse]
) -> None:
    der = authority_in(settings.instance)
    file = open_page("/trust/hall.crt")
    assert file.get_data() == der
    assert file.headers["Content-Type"] == "application/x-x509-ca-cert"
    assert "attachment" not in file.headers["Content-Disposition"]
    text = open_page("/trust/hall.pem").get_data(as_text=True)
    assert ssl.PEM_cert_to_DER_cert(text) == der
    assert "PRIVATE" not in text


def test_the_fingerprint_stands_on_the_page_in_groups_to_compare(
    app: Flask, open_page: Callable[..., TestResponse]
) -> None:
    mark = app.extensions["kiosk_hall"].fingerprint
    for page in (open_page(), open_page(host="localhost", door=Door.LOOPBACK)):
        text = page.get_data(as_text=True)
        groups = [mark[at : at + 4] for at in range(0, 64, 4)]
        assert all(f"<span>{group}</span>" in text for group in groups)


def test_on_the_laptop_itself_it_is_the_poster_for_others(
    open_page: Callable[..., TestResponse],
) -> None:
    page = open_page(host="localhost", door=Door.LOOPBACK).get_data(as_text=True)
    assert "Đưa máy khác vào mạng hội nghị" in page
    assert "http://192.168.1.10:8080/trust" in page
    assert "https://10.0.0.5:8443" in page
    assert 'aria-label="Mã QR của trang tin cậy"' in page


def test_without_encryption_or_without_a_network_the_page_says_so(app: Flask) -> None:
    page = app.test_client().get("/trust")
    assert "chạy riêng cho máy này" in page.get_data(as_text=True)
    assert "connect-src 'none'" in page.headers["Content-Security-Policy"]
    assert app.test_client().get("/trust/hall.crt").status_code == 404
    app.extensions["kiosk_hall"] = Hall(https_port=8443, alone=True, fingerprint="AB" * 32)
    assert "chạy riêng cho máy này" in app.test_client().get("/trust").get_data(as_text=True)
    app.extensions["kiosk_hall"] = Hall(https_port=8443, fingerprint="AB" * 32)
    assert "chưa nối mạng nội bộ" in app.test_client().get("/trust").get_data(as_text=True)

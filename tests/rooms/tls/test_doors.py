"""What each door lets in, by the application with the doors before it.

The door is put into the environment as the server does; that the server takes it from the socket
is proven with real ones in `tests/journeys/test_tls.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from support import Browser
from werkzeug.test import TestResponse

from kiosk import config, create_app, instance
from kiosk.core import doors
from kiosk.core.access import Role
from kiosk.core.db import db, writer
from kiosk.core.doors import Door, Hall

HALL = Hall(
    encrypted=("https://192.168.1.10:8443",),
    trust=("http://192.168.1.10:8080/trust",),
    hosts=frozenset({"192.168.1.10", "pc1.local"}),
    https_port=8443,
    fingerprint="AB" * 32,
)


@pytest.fixture
def ask(app: Flask) -> Callable[..., TestResponse]:
    """`ask("/trust", Door.LAN, "192.168.1.10:8080")`: one request through a door."""
    app.extensions["kiosk_hall"] = HALL
    app.config["TRUSTED_HOSTS"] = [*doors.THIS_LAPTOP, *sorted(HALL.hosts)]

    def asked(path: str, door: Door, host: str, **more: Any) -> TestResponse:
        scheme = "https" if door is Door.TLS else "http"
        sent = {"PATH_INFO": more.pop("path_as_sent")} if "path_as_sent" in more else {}
        return (
            more.pop("app", app)
            .test_client(use_cookies=False)
            .open(
                path,
                base_url=f"{scheme}://localhost",
                headers={"Host": host, "Accept": "text/html", **more.pop("headers", {})},
                environ_overrides={doors.KEY: door, **sent},
                buffered=True,
                **more,
            )
        )

    return asked


LAN_HOSTS = ["192.168.1.10:8080", "192.168.1.10", "pc1.local:8080"]


# -- the network's plain door ----------------------------------------------------------------------


@pytest.mark.parametrize("host", LAN_HOSTS)
def test_over_the_plain_network_trust_is_served(
    ask: Callable[..., TestResponse], host: str
) -> None:
    page = ask("/trust", Door.LAN, host)
    assert page.status_code == 200
    assert "Cho máy này tin máy chủ hội nghị" in page.get_data(as_text=True)
    home = ask("/", Door.LAN, host)
    assert (home.status_code, home.headers["Location"]) == (303, "/trust")


def test_over_the_plain_network_nothing_else_is_served(
    app: Flask, ask: Callable[..., TestResponse]
) -> None:
    """Every address that the program has, one by one: only those of the page answer."""
    served = set()
    for rule in app.url_map.iter_rules():
        path = str(rule).replace("<path:filename>", "js/app.js")
        for method in rule.methods or ():
            answer = ask(path, Door.LAN, LAN_HOSTS[0], method=method)
            if answer.status_code != 404:
                served.add((path, method, answer.status_code))
    assert served == {
        ("/", "GET", 303),
        ("/", "HEAD", 303),
        ("/trust", "GET", 200),
        ("/trust", "HEAD", 200),
    }


@pytest.mark.parametrize(
    "path",
    [
        "/static/css/tokens.css",
        "/static/css/base.css",
        "/static/trust/trust.css",
        "/static/trust/trust.js",
        "/static/img/icons.svg",
        "/static/fonts/be-vietnam-pro-latin-400-normal.woff2",
    ],
)
def test_the_files_of_the_page_are_served_with_it(
    ask: Callable[..., TestResponse], path: str
) -> None:
    assert ask(path, Door.LAN, LAN_HOSTS[0]).status_code == 200


@pytest.mark.parametrize(
    "path", ["/static/css/console.css", "/static/js/app.js", "/static/trust/../js/app.js"]
)
def test_other_files_are_not(ask: Callable[..., TestResponse], path: str) -> None:
    assert ask(path, Door.LAN, LAN_HOSTS[0]).status_code == 404


def test_over_the_plain_network_no_cookie_is_heard_or_set(
    ask: Callable[..., TestResponse], signed_in: Callable[..., Browser]
) -> None:
    browser = signed_in(Role.SECRETARY)
    cookie = browser.client.get_cookie("kiosk_staff")
    assert cookie is not None
    for path in ("/trust", "/static/trust/nothing.js", "/trust/nothing", "/console"):
        answer = ask(
            path, Door.LAN, LAN_HOSTS[0], headers={"Cookie": f"kiosk_staff={cookie.value}"}
        )
        assert "Set-Cookie" not in answer.headers, path
        assert "thử secretary" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("host", ["evil.example", "192.168.1.11", "127.0.0.1", "localhost", ""])
def test_over_the_plain_network_a_foreign_name_gets_nothing(
    ask: Callable[..., TestResponse], host: str
) -> None:
    for path in ("/trust", "/trust/hall.crt", "/", "/static/css/base.css"):
        assert ask(path, Door.LAN, host).status_code == 400, path


def test_before_there_is_a_network_its_door_knows_no_name(app: Flask) -> None:
    for host in ("evil.example", "localhost", "192.168.1.10"):
        answer = app.test_client().get(
            "/trust", headers={"Host": host}, environ_overrides={doors.KEY: Door.LAN}
        )
        assert answer.status_code == 400, host


# -- the encrypted door ----------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["192.168.1.10:8443", "pc1.local:8443", "localhost", "127.0.0.1"])
def test_over_tls_the_whole_application_answers_to_the_halls_names(
    ask: Callable[..., TestResponse], host: str
) -> None:
    assert ask("/sign-in", Door.TLS, host).status_code == 200
    assert ask("/healthz", Door.TLS, host).status_code == 200
    assert ask("/console", Door.TLS, host).status_code == 303


@pytest.mark.parametrize("host", ["evil.example", "192.168.1.11", "pc1.local.evil.example", ""])
def test_over_tls_a_foreign_name_gets_nothing_and_no_probe(
    ask: Callable[..., TestResponse], host: str
) -> None:
    for path in ("/sign-in", "/trust", "/generate_204", "/healthz"):
        answer = ask(path, Door.TLS, host)
        assert answer.status_code == 400, path
        assert "Set-Cookie" not in answer.headers


def test_what_is_the_laptops_own_is_not_reached_over_tls(
    app: Flask, ask: Callable[..., TestResponse]
) -> None:
    key = app.extensions["kiosk_keys"].program.hex()
    order = {"act": "device.list", "with": {}}
    answers = [
        ask(
            "/internal/act",
            door,
            "localhost",
            method="POST",
            json=order,
            headers={"X-Kiosk-Key": key},
        )
        for door in (Door.TLS, Door.LOOPBACK)
    ]
    assert [answer.status_code for answer in answers] == [404, 200]
    assert ask("/start", Door.TLS, "192.168.1.10:8443").status_code == 404


@pytest.mark.parametrize(
    "path", ["/internal/act", "//internal/act", "/internal//act", "///internal///act"]
)
def test_no_spelling_of_the_programs_own_address_gets_in_over_the_network(
    app: Flask, ask: Callable[..., TestResponse], path: str
) -> None:
    """Werkzeug takes two slashes for one, so the door must too."""
    key = app.extensions["kiosk_keys"].program.hex()
    for door, host in ((Door.TLS, "192.168.1.10:8443"), (Door.LAN, LAN_HOSTS[0])):
        answer = ask(
            "/",
            door,
            host,
            method="POST",
            json={"act": "device.list", "with": {}},
            headers={"X-Kiosk-Key": key},
            path_as_sent=path,
        )
        assert answer.status_code == 404
        assert "Location" not in answer.headers


def test_the_application_itself_keeps_what_is_the_laptops_own_from_the_network(
    app: Flask, ask: Callable[..., TestResponse]
) -> None:
    """Also without the doors before it: the guard looks at the door once more."""
    app.wsgi_app = app.wsgi_app.app  # type: ignore[attr-defined, method-assign]
    key = app.extensions["kiosk_keys"].program.hex()
    for door, status in ((Door.TLS, 404), (Door.LAN, 404), (Door.LOOPBACK, 200)):
        answer = ask(
            "/internal/act",
            door,
            "localhost",
            method="POST",
            json={"act": "device.list", "with": {}},
            headers={"X-Kiosk-Key": key},
        )
        assert answer.status_code == status, door


def test_a_rehearsals_first_page_is_the_laptops_own_by_every_spelling(
    tmp_path: Path, ask: Callable[..., TestResponse]
) -> None:
    chosen = config.load(tmp_path / "rehearsal", rehearsal=True)
    instance.create(chosen, rehearsal=True)
    rehearsal = create_app(chosen)
    try:
        rehearsal.extensions["kiosk_hall"] = HALL
        rehearsal.config["TRUSTED_HOSTS"] = [*doors.THIS_LAPTOP, *sorted(HALL.hosts)]
        with_doors, without = rehearsal.wsgi_app, rehearsal.wsgi_app.app  # type: ignore[attr-defined]
        plain = ("/start", "/start/device")
        for before, paths in (
            (with_doors, (*plain, "//start", "//start//device", "/start//device")),
            (without, plain),
        ):
            rehearsal.wsgi_app = before  # type: ignore[method-assign]
            for path in paths:
                for method in ("GET", "POST"):
                    answer = ask(
                        "/",
                        Door.TLS,
                        "192.168.1.10:8443",
                        method=method,
                        app=rehearsal,
                        path_as_sent=path,
                    )
                    assert answer.status_code in {403, 404, 405}, (path, method)
                    assert "Location" not in answer.headers
    finally:
        with rehearsal.app_context():
            db.session.remove()
            writer().close()
            db.engine.dispose()


def test_the_page_of_trust_over_tls_says_that_all_is_well(ask: Callable[..., TestResponse]) -> None:
    page = ask("/trust", Door.TLS, "192.168.1.10:8443").get_data(as_text=True)
    assert "Máy này đã tin máy chủ" in page
    assert "http://192.168.1.10:8080/trust" in page


def test_only_the_sign_that_all_is_well_may_be_read_from_elsewhere(
    app: Flask, ask: Callable[..., TestResponse]
) -> None:
    sign = ask("/trust/ok", Door.TLS, "192.168.1.10:8443")
    assert (sign.status_code, sign.get_data()) == (204, b"")
    assert sign.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in sign.headers
    for path in ("/trust", "/healthz", "/sign-in"):
        answer = ask(path, Door.TLS, "192.168.1.10:8443")
        assert "Access-Control-Allow-Origin" not in answer.headers


# -- this laptop -----------------------------------------------------------------------------------


def test_the_laptops_own_door_does_not_answer_to_the_names_of_the_network(
    ask: Callable[..., TestResponse],
) -> None:
    """Another machine may call itself pc1.local and then point that name at 127.0.0.1."""
    for host in ("pc1.local:8080", "192.168.1.10:8080", "evil.example"):
        answer = ask("/sign-in", Door.LOOPBACK, host)
        assert answer.status_code == 400
        assert "Set-Cookie" not in answer.headers
    assert ask("/sign-in", Door.LOOPBACK, "127.0.0.1:8080").status_code == 200


def test_a_server_that_names_no_door_is_this_laptops_own(app: Flask) -> None:
    assert app.test_client().get("/sign-in").status_code == 200
    assert app.test_client().get("/sign-in", headers={"Host": "192.168.1.10"}).status_code == 400


# -- probes ----------------------------------------------------------------------------------------

PROBES = [
    ("connectivitycheck.gstatic.com", "/generate_204", 204, b""),
    ("clients3.google.com", "/generate_204", 204, b""),
    ("www.google.com", "/gen_204", 204, b""),
    ("connect.rom.miui.com", "/generate_204", 204, b""),
    ("captive.apple.com", "/hotspot-detect.html", 200, b"Success"),
    ("captive.apple.com", "/", 200, b"Success"),
    ("www.apple.com", "/library/test/success.html", 200, b"Success"),
    ("www.msftconnecttest.com", "/connecttest.txt", 200, b"Microsoft Connect Test"),
    ("www.msftncsi.com", "/ncsi.txt", 200, b"Microsoft NCSI"),
    ("detectportal.firefox.com", "/success.txt?ipv4", 200, b"success"),
]


@pytest.mark.parametrize("door", [Door.LAN, Door.LOOPBACK])
@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: f"{probe[0]}{probe[1]}")
def test_a_probe_of_a_device_is_answered_as_its_maker_does_and_never_redirected(
    ask: Callable[..., TestResponse], probe: tuple[str, str, int, bytes], door: Door
) -> None:
    host, path, status, body = probe
    # The last is the whole name with the dot of the root, as some ask who trust no search list.
    for name in (host, f"{host}:80", host.upper(), f"{host}.", f"{host}.:80"):
        answer = ask(path, door, name)
        assert answer.status_code == status
        assert body in answer.get_data()
        assert "Location" not in answer.headers
        assert "Set-Cookie" not in answer.headers
        assert len(answer.get_data()) == int(answer.headers.get("Content-Length", 0))
    head = ask(path, door, host, method="HEAD")
    assert (head.status_code, head.get_data()) == (status, b"")
    assert ask(path, door, host, method="POST").status_code == 400


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("192.168.1.10:8080", "/generate_204"),  # our own name asks for nothing of that kind
        ("evil.example", "/connecttest.txt"),
        ("captive.apple.com", "/console"),
        ("captive.apple.com..", "/hotspot-detect.html"),
        (".", "/hotspot-detect.html"),
        ("connectivitycheck.gstatic.com", "/trust"),
    ],
)
def test_what_only_looks_like_a_probe_gets_nothing(
    ask: Callable[..., TestResponse], host: str, path: str
) -> None:
    answer = ask(path, Door.LAN, host)
    assert answer.status_code in {400, 404}
    assert "Location" not in answer.headers

"""Devices over a network with the hall's own authority: everything that they do, encrypted.

What a browser keeps for safe pages (workers, caches, `__Host-` cookies, the camera) it judges by
the certificate; so this is proven on a name that is nobody's own machine, with the authority
installed as a person installs it, and no error of a certificate waved through.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from device_hall import KEPT, SOON, Hall, device_number, founded, is_at, open_stream, opened, until
from lan import LanServer, network
from playwright.sync_api import Page, Route, expect
from trusting import called, chromium, trust

pytestmark = pytest.mark.browser

AGAIN = 60_000  # a server that starts anew, on two busy cores


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LanServer]:
    with network(tmp_path) as lan:
        yield LanServer(tmp_path / "instance").on(lan)


@pytest.fixture
def hall(tmp_path: Path, server: LanServer, browser_path: str) -> Iterator[Hall]:
    made = founded(server.folder)
    server.start()
    home, name = tmp_path / "home", called(server)
    trust(server, home)
    with (
        chromium(browser_path, server, name, home=home) as browser,
        opened(server, made, browser, at=f"https://{name}:{server.https_port}") as one,
    ):
        yield one
    server.stop()


def test_two_tablets_are_paired_by_code_re_roled_and_revoked_and_nobody_touches_them(
    hall: Hall, accessible: Callable[[Page], None]
) -> None:
    console = hall.secretary()
    one, two = (hall.pair(console, "Máy tính bảng") for _ in range(2))
    for number, tablet in enumerate((one, two), start=1):
        is_at(tablet, "/tablet")
        open_stream(tablet)
        assert tablet.evaluate("isSecureContext")
        expect(tablet.locator("[data-device-name]")).to_have_text(f"Máy tính bảng {number}")
        accessible(tablet)
        kept = {cookie["name"]: cookie for cookie in tablet.context.cookies()}
        assert set(kept) == {"__Host-kiosk_tablet", "__Host-kiosk_browser"}
        assert all(each["secure"] and each["httpOnly"] for each in kept.values())
    assert device_number(one) != device_number(two)

    hall.go(console, f"/console/devices/{device_number(one)}")
    console.get_by_role("button", name="Cổng", exact=True).click()
    is_at(one, "/gate")
    open_stream(one)
    accessible(one)
    console.get_by_role("button", name="Máy chiếu").click()
    is_at(one, "/projector")
    open_stream(one)
    accessible(one)
    assert urlsplit(two.url).path == "/tablet", "the other one is left alone"

    hall.go(console, f"/console/devices/{device_number(two)}")
    console.once("dialog", lambda asked: asked.accept())
    console.get_by_role("button", name="Thu hồi").click()
    is_at(two, "/pair")
    expect(two.get_by_role("heading", level=1)).to_have_text("«Máy tính bảng 2» đã được thu hồi")
    accessible(two)
    hall.go(console, "/console/devices")
    expect(console.locator("#fleet-board")).to_contain_text("Máy tính bảng 1", timeout=SOON)
    accessible(console)
    hall.watch.ensure_calm()


def test_the_server_is_killed_and_all_come_back_to_where_they_were(
    hall: Hall, server: LanServer, accessible: Callable[[Page], None]
) -> None:
    console = hall.secretary()
    stays, reloads = (hall.pair(console, "Máy tính bảng") for _ in range(2))
    gate = hall.pair(console, "Cổng")
    for page in (stays, reloads, gate):
        open_stream(page)
        page.evaluate("navigator.serviceWorker.ready")
        until(page, KEPT)
        scopes = page.evaluate(
            "async () => (await navigator.serviceWorker.getRegistrations()).map((one) => one.scope)"
        )
        # The browser registers no worker behind a certificate that it does not trust.
        assert scopes
        assert all(scope.startswith(f"{hall.at}/") for scope in scopes)
    console.goto("about:blank")
    hall.watch.ensure_calm()
    server.kill()

    reloads.reload()
    expect(reloads.get_by_role("heading", level=1)).to_have_text("Máy chủ chưa trả lời")
    assert urlsplit(reloads.url).path == "/tablet"
    accessible(reloads)
    # A browser that was ended and started again begins at the address of its sheet.
    hall.go(gate, "/pair")
    expect(gate.get_by_role("heading", level=1)).to_have_text("Máy chủ chưa trả lời")
    expect(stays.locator("#offline")).to_be_visible(timeout=25_000)

    server.options = ("--https-port", str(server.https_port))
    server.start()
    for page, path in ((stays, "/tablet"), (reloads, "/tablet"), (gate, "/gate")):
        page.wait_for_url(f"**{path}", timeout=AGAIN, wait_until="commit")
        expect(page.locator("html")).to_have_attribute("data-live-state", "open", timeout=AGAIN)
        accessible(page)
    expect(stays.locator("#offline")).to_be_hidden()
    expect(reloads.locator("[data-device-name]")).to_have_text("Máy tính bảng 2")
    assert hall.watch.foreign == []
    # What the browser itself says of a server that is away, and nothing of ours.
    away = re.compile(r"ERR_(CONNECTION|EMPTY|INCOMPLETE|SOCKET|NETWORK)|Failed to fetch")
    assert [said for said in hall.watch.complaints if not away.search(said)] == []


def test_the_app_can_be_installed_over_tls(hall: Hall) -> None:
    """As Chromium itself judges: the manifest, its icons, and a worker that answers for them."""
    console = hall.secretary()
    tablet = hall.pair(console, "Máy tính bảng")
    open_stream(tablet)
    tablet.evaluate("navigator.serviceWorker.ready")
    client = tablet.context.new_cdp_session(tablet)
    found = client.send("Page.getAppManifest")
    assert found["errors"] == []
    assert urlsplit(found["url"]).scheme == "https"
    said = client.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A context of a test is a private window, in which nothing is ever installed.
    assert {each["errorId"] for each in said} <= {"in-incognito"}
    fetched = tablet.evaluate(
        """async () => {
          const link = document.querySelector('link[rel=manifest]').href;
          const { icons, start_url: begins } = await (await fetch(link)).json();
          const answers = icons.map(async (icon) => (await fetch(icon.src)).ok);
          return { begins, icons: await Promise.all(answers) };
        }"""
    )
    assert fetched["begins"] == "/pair"
    assert fetched["icons"]
    assert all(fetched["icons"])
    hall.watch.ensure_calm()


def test_a_cookie_planted_by_the_plain_page_makes_nobody_a_device(
    hall: Hall, server: LanServer
) -> None:
    """Somebody on the network answers for the plain page, with a secret of his own for /pair."""
    secret = "a" * 32
    name = urlsplit(hall.at).hostname
    plain = f"http://{name}:{server.port}"

    def changed_on_its_way(route: Route) -> None:
        planted = [
            f"kiosk_waiting={secret}; Path=/",
            f"kiosk_waiting={secret}; Path=/pair",
            f"__Host-kiosk_waiting={secret}; Path=/; Secure",
            f"__Host-kiosk_waiting={secret}; Path=/",
            f"__Secure-kiosk_waiting={secret}; Path=/; Secure",
            f"=__Host-kiosk_waiting={secret}; Path=/",
        ]
        route.fulfill(
            body="<!doctype html><title>trust</title>",
            headers={"Content-Type": "text/html", "Set-Cookie": "\n".join(planted)},
        )

    tablet = hall.page(has_touch=True)
    tablet.route(f"{plain}/**", changed_on_its_way)
    tablet.goto(f"{plain}/trust")
    names = {cookie["name"] for cookie in tablet.context.cookies()}
    assert "kiosk_waiting" in names, "the plain one is planted"
    assert "__Host-kiosk_waiting" not in names, "a browser takes that one over TLS alone"

    console = hall.secretary()
    hall.go(tablet, "/pair")
    own = {cookie["name"]: cookie["value"] for cookie in tablet.context.cookies()}
    assert own["__Host-kiosk_waiting"] != secret
    code = tablet.locator("#pair-code").inner_text()
    hall.go(console, "/console/devices/pair")
    console.keyboard.type(code.replace(" ", ""))
    console.get_by_label(re.compile("^Máy tính bảng")).check()
    console.get_by_role("button", name="Ghép máy này").click()
    # Before the tablet asks again, the thief does, with the secret that he has planted.
    for cookie in ("kiosk_waiting", "__Host-kiosk_waiting"):
        status, headers, _ = server.https("/pair", headers={"Cookie": f"{cookie}={secret}"})
        assert status == 200
        assert "location" not in headers
        assert secret not in headers.get("set-cookie", "")
    is_at(tablet, "/tablet")
    open_stream(tablet)
    assert hall.watch.complaints == []

"""A page on a device over a long day: renewed, left alone by its server, under thumbs and palms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from device_hall import KEPT, Hall, founded, is_at, open_stream, opened, until
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from support import RunningServer

pytestmark = pytest.mark.browser


@pytest.fixture
def hall(
    tmp_path: Path, serve: Callable[[Path], RunningServer], chromium: Chromium
) -> Iterator[Hall]:
    folder = tmp_path / "instance"
    made = founded(folder)
    with opened(serve(folder), made, chromium) as one:
        yield one


# -- an old page -----------------------------------------------------------------------------------


def test_an_old_page_loads_itself_anew_when_nobody_has_touched_it_for_half_a_minute(
    hall: Hall,
) -> None:
    console = hall.secretary()
    tablet = hall.pair(console, "Máy tính bảng")
    open_stream(tablet)
    loads: list[str] = []
    tablet.on("load", lambda page: loads.append(page.url))
    version = tablet.locator("body").get_attribute("data-version")
    tablet.clock.install()
    tablet.reload()
    open_stream(tablet)
    # As if the program had been updated under this page.
    tablet.evaluate("document.body.dataset.version = '0123456789ab'")
    until(tablet, "document.documentElement.dataset.pageIs === 'old'")
    loads.clear()
    tablet.clock.run_for(20_000)
    tablet.touchscreen.tap(600, 400)
    tablet.clock.run_for(20_000)
    tablet.wait_for_timeout(300)
    assert loads == [], "somebody has just touched it"
    with tablet.expect_event("load"):
        tablet.clock.run_for(15_000)
    expect(tablet.locator("body")).to_have_attribute("data-version", str(version))


@pytest.mark.parametrize("jump_hours", [3, -3])
def test_a_clock_that_is_put_right_loads_no_page_under_a_finger_and_none_never(
    hall: Hall, jump_hours: int
) -> None:
    console = hall.secretary()
    tablet = hall.pair(console, "Máy tính bảng")
    open_stream(tablet)
    # The wall clock jumps (a time server is found); the steady one goes on.
    tablet.evaluate(
        """(jump) => { const now = Date.now; Date.now = () => now() + jump; }""",
        jump_hours * 3_600_000,
    )
    seconds = tablet.evaluate("Idle.seconds()")
    assert 0 <= seconds < 60
    tablet.touchscreen.tap(600, 400)
    assert tablet.evaluate("Idle.seconds()") < 5
    assert tablet.evaluate("Idle.seconds() >= 0")


def test_the_board_says_which_page_is_old(hall: Hall) -> None:
    console = hall.secretary()
    tablet = hall.pair(console, "Máy tính bảng")
    open_stream(tablet)
    tablet.evaluate(
        """() => {
          document.body.dataset.version = '0123456789ab';
          document.querySelector('.tablet').setAttribute('data-in-act', '');
          document.dispatchEvent(new Event('visibilitychange'));
        }"""
    )
    hall.go(console, "/console/devices")
    expect(console.locator(".fleet-troubled")).to_contain_text("Trang cũ", timeout=25_000)


def test_a_waiting_page_is_loaded_anew_after_half_an_hour_while_nobody_is_near(
    hall: Hall,
) -> None:
    console = hall.secretary()
    tablet = hall.pair(console, "Máy tính bảng")
    tablet.clock.install()
    tablet.reload()
    open_stream(tablet)
    tablet.evaluate("window.before = true")
    with tablet.expect_event("load"):
        tablet.clock.fast_forward("31:00")
        tablet.wait_for_timeout(500)  # the answer of the server, which it asks first
        tablet.clock.run_for(2_000)
    assert tablet.evaluate("window.before") is None
    open_stream(tablet)
    hall.watch.ensure_calm()


# -- the server goes and comes ---------------------------------------------------------------------


def test_the_server_is_killed_under_two_tablets_and_one_is_loaded_anew_meanwhile(
    hall: Hall, accessible: Callable[[Page], None]
) -> None:
    console = hall.secretary()
    stays, reloads = (hall.pair(console, "Máy tính bảng") for _ in range(2))
    gate = hall.pair(console, "Cổng")
    for page in (stays, reloads, gate):
        open_stream(page)
        page.evaluate("navigator.serviceWorker.ready")
        until(page, KEPT)
    console.goto("about:blank")
    hall.server.kill()

    reloads.reload()
    expect(reloads.get_by_role("heading", level=1)).to_have_text("Máy chủ chưa trả lời")
    assert urlsplit(reloads.url).path == "/tablet"
    accessible(reloads)
    # A browser that was ended and started again begins at the address of its sheet.
    gate.goto(f"{hall.server.address}/pair")
    expect(gate.get_by_role("heading", level=1)).to_have_text("Máy chủ chưa trả lời")
    expect(stays.locator("#offline")).to_be_visible(timeout=25_000)
    expect(stays.get_by_role("heading", level=1)).to_contain_text("Hội nghị")

    hall.server.port = int(hall.server.address.rpartition(":")[2])
    hall.server.start()
    for page, path in ((stays, "/tablet"), (reloads, "/tablet"), (gate, "/gate")):
        page.wait_for_url(f"**{path}", timeout=30_000, wait_until="commit")
        expect(page.locator("html")).to_have_attribute("data-live-state", "open", timeout=30_000)
    expect(stays.locator("#offline")).to_be_hidden()
    expect(reloads.locator("[data-device-name]")).to_have_text("Máy tính bảng 2")
    assert hall.watch.foreign == []


def test_a_self_test_and_the_way_out_of_every_page_come_back_by_themselves(hall: Hall) -> None:
    """No page of a device may end at the browser's own error page: nobody stands beside it."""
    console = hall.secretary()
    tries, leaves, revoked = (hall.pair(console, "Máy tính bảng") for _ in range(3))
    for page in (tries, leaves, revoked):
        open_stream(page)
    hall.go(tries, "/selftest")
    for page in (tries, leaves, revoked):
        page.evaluate("navigator.serviceWorker.ready")
        until(page, KEPT)
    console.goto("about:blank")
    hall.server.kill()

    tries.reload()
    expect(tries.get_by_role("heading", level=1)).to_have_text("Máy chủ chưa trả lời")
    assert urlsplit(tries.url).path == "/selftest"
    # It is told that its pages are old at the very moment at which the server goes: it stays.
    leaves.evaluate("document.dispatchEvent(new CustomEvent('page:old')); window.stays = true")
    # The way on from a page that ends leads to an address that is kept.
    assert revoked.locator("body").get_attribute("data-leave") == "/pair"
    revoked.goto(f"{hall.server.address}/pair")
    expect(revoked.get_by_role("heading", level=1)).to_have_text("Máy chủ chưa trả lời")
    leaves.wait_for_timeout(33_000)
    assert leaves.evaluate("window.stays") is True

    hall.server.port = int(hall.server.address.rpartition(":")[2])
    hall.server.start()
    for page, path in ((tries, "/selftest"), (revoked, "/tablet"), (leaves, "/tablet")):
        page.wait_for_url(f"**{path}", timeout=40_000, wait_until="commit")
    expect(tries.get_by_role("heading", level=1)).to_have_text("Thử máy này", timeout=30_000)
    until(leaves, "window.stays === undefined", 40)
    assert hall.watch.foreign == []


def test_no_worker_stands_before_pages_that_are_not_of_devices(hall: Hall) -> None:
    console = hall.secretary()
    tablet = hall.pair(console, "Máy tính bảng")
    open_stream(tablet)
    scopes = tablet.evaluate(
        "async () => { await navigator.serviceWorker.ready;"
        " return (await navigator.serviceWorker.getRegistrations()).map((one) => one.scope) }"
    )
    assert sorted(urlsplit(scope).path for scope in scopes) == ["/pair", "/tablet"]
    other = tablet.context.new_page()
    hall.go(other, "/sign-in")
    assert other.evaluate("navigator.serviceWorker.controller") is None


# -- thumbs and palms ------------------------------------------------------------------------------


def test_no_zoom_no_menu_no_selection_and_back_does_no_harm(hall: Hall) -> None:
    console = hall.secretary()
    tablet = hall.pair(console, "Máy tính bảng")
    open_stream(tablet)
    tablet.wait_for_load_state("load")  # the stream may be open before the last script has run
    prevented = tablet.evaluate(
        """() => {
          const heard = (event) => !document.querySelector('h1').dispatchEvent(event);
          const options = { bubbles: true, cancelable: true };
          return {
            menu: heard(new MouseEvent('contextmenu', options)),
            drag: heard(new DragEvent('dragstart', options)),
            select: heard(new Event('selectstart', options)),
            pinch: heard(new WheelEvent('wheel', { ...options, ctrlKey: true })),
            gesture: heard(new Event('gesturestart', options)),
            keys: heard(new KeyboardEvent('keydown', { ...options, key: '+', ctrlKey: true })),
            back: heard(new KeyboardEvent('keydown', { ...options, key: 'ArrowLeft',
              altKey: true })),
            scroll: heard(new WheelEvent('wheel', options)),
            letter: heard(new KeyboardEvent('keydown', { ...options, key: 'a' })),
          };
        }"""
    )
    ours = ("menu", "drag", "select", "pinch", "gesture", "keys", "back")
    assert prevented == {**dict.fromkeys(ours, True), "scroll": False, "letter": False}
    style = tablet.evaluate(
        """() => { const own = getComputedStyle(document.body);
          return [own.touchAction, own.userSelect, own.overscrollBehaviorY]; }"""
    )
    assert style == ["pan-x pan-y", "none", "none"]

    # Two fingers that part: the picture keeps its size.
    client = tablet.context.new_cdp_session(tablet)
    client.send(
        "Input.synthesizePinchGesture",
        {"x": 640, "y": 400, "scaleFactor": 2.0, "relativeSpeed": 800},
    )
    assert tablet.evaluate("visualViewport.scale") == 1

    tablet.touchscreen.tap(640, 500)
    for _ in range(3):
        tablet.evaluate("history.back()")
        tablet.wait_for_timeout(400)
    is_at(tablet, "/tablet")
    open_stream(tablet)
    expect(tablet.locator("[data-device-name]")).to_have_text("Máy tính bảng 1")
    hall.watch.ensure_calm()


def test_an_earlier_address_in_the_history_leads_back_to_where_the_device_belongs(
    hall: Hall,
) -> None:
    console = hall.secretary()
    tablet = hall.pair(console, "Máy tính bảng")
    for path in ("/", "/pair"):
        hall.go(tablet, path)
        assert urlsplit(tablet.url).path == "/tablet"


def test_the_screen_is_kept_on_and_asked_for_again_when_it_was_let_go(hall: Hall) -> None:
    console = hall.secretary()
    tablet = hall.pair(console, "Máy tính bảng")
    expect(tablet.locator("html")).to_have_attribute("data-awake", re.compile("yes|no"))
    tablet.add_init_script(
        """window.asked = [];
        navigator.wakeLock.request = async (kind) => {
          const lock = new EventTarget();
          window.asked.push(lock);
          return lock;
        };"""
    )
    tablet.reload()
    until(tablet, "window.asked.length === 1")
    tablet.evaluate("window.asked[0].dispatchEvent(new Event('release'))")
    until(tablet, "window.asked.length === 2")
    expect(tablet.locator("html")).to_have_attribute("data-awake", "yes")


def test_it_installs_as_an_app_in_the_whole_screen(hall: Hall) -> None:
    device = hall.page()
    hall.go(device, "/pair")
    client = device.context.new_cdp_session(device)
    found = client.send("Page.getAppManifest")
    assert found["errors"] == []
    assert '"display":"fullscreen"' in found["data"].replace(" ", "")
    icons = device.evaluate(
        """async () => {
          const { icons } = await (await fetch('/manifest.webmanifest')).json();
          return Promise.all(icons.map(async ({ src, sizes }) => {
            const picture = await createImageBitmap(await (await fetch(src)).blob());
            return `${picture.width}x${picture.height}` === sizes;
          }));
        }"""
    )
    assert icons == [True, True, True]
    # A context of a test is a private window, and only that keeps this one from being installed.
    assert [
        error["errorId"]
        for error in client.send("Page.getInstallabilityErrors")["installabilityErrors"]
    ] == ["in-incognito"]
    hall.watch.ensure_calm()

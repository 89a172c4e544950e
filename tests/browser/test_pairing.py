"""Devices in a real browser: paired by code, told, re-roled, revoked, left alone by their server.

Every device is a context of its own that shares nothing; the server is a process of its own that is
killed and started under them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Locator, Page, expect
from support import ROSTER, ROSTER_NAME, RunningServer
from watching import Watch

from kiosk import config, founding
from kiosk.serving import real_plan

pytestmark = pytest.mark.browser

TABLET, PHONE, DESK = (1280, 800), (390, 844), (1440, 900)
#: The page for the time without a server is kept, and the worker that shows it stands ready.
KEPT = (
    "(async () => Boolean(await caches.match('/away'))"
    " && (await navigator.serviceWorker.getRegistration())?.active?.state === 'activated')()"
)
SOON = 15_000  # what a person would call at once, on two busy cores


@dataclass
class Hall:
    """A running server, its secretary's page, and any number of devices."""

    chromium: Chromium
    server: RunningServer
    made: founding.Made
    watch: Watch
    contexts: list[BrowserContext] = field(default_factory=list)
    taps: int = 0

    def context(self, size: tuple[int, int], **more: object) -> BrowserContext:
        one = self.chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="vi-VN",
            **more,  # type: ignore[arg-type]
        )
        self.contexts.append(one)
        return one

    def page(self, size: tuple[int, int] = TABLET, **more: object) -> Page:
        page = self.context(size, **more).new_page()
        page.set_default_timeout(SOON)
        return self.watch.over(page)

    def go(self, page: Page, path: str) -> None:
        page.goto(f"{self.server.address}{path}")

    def secretary(self, size: tuple[int, int] = DESK) -> Page:
        page = self.page(size)
        self.go(page, "/console")
        page.get_by_label("Tên đăng nhập").fill(self.made.account)
        page.get_by_label("Mật khẩu").fill(self.made.password)
        page.get_by_role("button", name="Vào bàn điều hành").click()
        page.wait_for_url("**/console")
        return page

    def tap(self, place: Locator) -> None:
        """What a finger does; counted."""
        self.taps += 1
        place.click()

    def pair(self, console: Page, kind: str, size: tuple[int, int] = TABLET) -> Page:
        """A new device, from its first page to its own, by typed digits."""
        device = self.page(size, has_touch=True)
        self.go(device, "/pair")
        code = device.locator("#pair-code").inner_text()
        self.go(console, "/console/devices/pair")
        console.keyboard.type(code.replace(" ", ""))
        console.get_by_label(re.compile(f"^{kind}")).check()
        console.get_by_role("button", name="Ghép máy này").click()
        expect(console.locator(".notice-welcome")).to_contain_text("Đã ghép")
        device.wait_for_url(re.compile(r"/(gate|tablet|projector)$"), wait_until="commit")
        return device


@pytest.fixture
def hall(
    tmp_path: Path, serve: Callable[[Path], RunningServer], chromium: Chromium
) -> Iterator[Hall]:
    folder = tmp_path / "instance"
    made = founding.make_conference(
        config.load(folder), plan=real_plan(), roster=(ROSTER_NAME, ROSTER.encode("utf-8"))
    )
    server = serve(folder)
    one = Hall(chromium, server, made, Watch(home=urlsplit(server.address).netloc))
    yield one
    for context in one.contexts:
        context.close()


def is_at(page: Page, path: str) -> None:
    page.wait_for_url(f"**{path}", wait_until="commit")


def device_number(page: Page) -> str:
    found = page.locator("body").get_attribute("data-device")
    assert found
    return found


def open_stream(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-live-state", "open")


def until(page: Page, claim: str, seconds: float = 15.0) -> None:
    """Wait for a JavaScript claim; our policy lets Playwright's own `wait_for_function` not in."""
    end = time.monotonic() + seconds
    while not page.evaluate(claim):
        assert time.monotonic() < end, claim
        page.wait_for_timeout(50)


# -- pairing ---------------------------------------------------------------------------------------


def test_two_tablets_are_paired_with_one_scan_and_at_most_three_taps_each(
    hall: Hall, accessible: Callable[[Page], None]
) -> None:
    phone = hall.secretary(PHONE)
    numbers = []
    for number in (1, 2):
        tablet = hall.page(has_touch=True)
        hall.go(tablet, "/pair")
        expect(tablet.get_by_role("img", name="Mã QR ghép thiết bị")).to_be_visible()
        accessible(tablet)
        # The phone's camera reads the QR; what it says is opened as if from nowhere.
        hall.taps = 0
        code = tablet.locator("#pair-code").inner_text().replace(" ", "")
        hall.go(phone, f"/pair/code/{code}")
        is_at(phone, f"/console/devices/pair?code={code}")
        expect(phone.locator(".found .six")).to_have_text(f"{code[:3]} {code[3:]}")
        accessible(phone)
        hall.tap(phone.locator(".kinds label").nth(1))
        hall.tap(phone.get_by_role("button", name="Ghép máy này"))
        expect(phone.locator(".notice-welcome")).to_contain_text(f"Máy tính bảng {number}")
        accessible(phone)
        assert hall.taps <= 3
        is_at(tablet, "/tablet")
        expect(tablet.locator("[data-device-name]")).to_have_text(f"Máy tính bảng {number}")
        accessible(tablet)
        numbers.append(device_number(tablet))
    assert len(set(numbers)) == 2
    hall.watch.ensure_calm()


def test_typed_digits_do_as_well_and_a_wrong_one_is_a_sentence(
    hall: Hall, accessible: Callable[[Page], None]
) -> None:
    console = hall.secretary()
    device = hall.page()
    hall.go(device, "/pair")
    code = device.locator("#pair-code").inner_text()
    hall.go(console, "/console/devices")
    expect(console.locator("#fleet-board")).to_contain_text("1 máy mới đang hiện mã")
    accessible(console)
    console.get_by_role("link", name="Ghép thiết bị").click()
    wrong = f"{(int(code.replace(' ', '')) + 1) % 1_000_000:06d}"
    expect(console.get_by_label("Sáu số trên máy mới")).to_be_focused()
    console.keyboard.type(wrong)
    expect(console.locator("#notice")).to_contain_text("Không có máy nào đang hiện mã này")
    accessible(console)
    console.get_by_label("Sáu số trên máy mới").fill("")
    console.keyboard.type(code)
    expect(console.locator(".found")).to_be_visible()
    expect(console.get_by_label(re.compile("^Máy chiếu"))).to_be_checked()
    console.get_by_text("Đặt tên khác").click()
    console.get_by_label("Tên", exact=True).fill("Màn của bà Nguyễn Thị Hồng Nhung")
    console.get_by_role("button", name="Ghép máy này").click()
    expect(console.locator(".notice-welcome")).to_contain_text("bà Nguyễn Thị Hồng Nhung")
    expect(console.get_by_label("Sáu số trên máy mới")).to_be_focused()
    is_at(device, "/projector")
    hall.watch.ensure_calm()


def test_a_waiting_page_gets_its_next_code_by_itself(hall: Hall) -> None:
    device = hall.page()
    device.clock.install()
    hall.go(device, "/pair")
    expect(device.locator("#pair-code")).to_be_visible()
    device.context.clear_cookies()  # the server knows its code no more
    device.clock.run_for(2_000)
    device.wait_for_url("**/pair", wait_until="load")
    expect(device.locator("#pair-code")).to_be_visible()


# -- told from the console -------------------------------------------------------------------------


def test_renamed_pinned_re_roled_and_revoked_while_the_page_is_shown(
    hall: Hall, accessible: Callable[[Page], None]
) -> None:
    console = hall.secretary()
    tablet = hall.pair(console, "Máy tính bảng")
    open_stream(tablet)
    number = device_number(tablet)
    hall.go(console, f"/console/devices/{number}")
    accessible(console)

    console.get_by_label("Tên", exact=True).fill("Bàn ông Thuỷ")
    console.get_by_role("button", name="Đổi tên").click()
    expect(tablet.locator("[data-device-name]")).to_have_text("Bàn ông Thuỷ", timeout=SOON)

    console.get_by_role("button", name="Theo phiên họp, rảnh thì quét thẻ").click()
    is_at(tablet, "/gate")
    accessible(tablet)
    expect(tablet.locator("#gate .place strong")).to_have_text("Bàn ông Thuỷ")

    console.get_by_role("button", name="Ghim: Trang chờ").click()
    is_at(tablet, "/tablet")
    console.get_by_role("button", name="Cổng", exact=True).click()
    is_at(tablet, "/gate")
    open_stream(tablet)
    expect(console.get_by_role("button", name="Cổng vào")).to_have_attribute("aria-pressed", "true")
    console.get_by_role("button", name="Máy chiếu").click()
    is_at(tablet, "/projector")
    open_stream(tablet)

    console.get_by_role("button", name="Thu hồi").click()
    is_at(tablet, "/pair")
    expect(tablet.get_by_role("heading", level=1)).to_have_text("«Bàn ông Thuỷ» đã được thu hồi")
    accessible(tablet)
    tablet.get_by_role("link", name="Ghép lại máy này").click()
    expect(tablet.locator("#pair-code")).to_be_visible()
    hall.watch.ensure_calm()


def test_one_tap_pins_what_a_tablet_shows_and_one_tap_lets_all_follow(
    hall: Hall, accessible: Callable[[Page], None]
) -> None:
    console = hall.secretary()
    tablets = [hall.pair(console, "Máy tính bảng") for _ in range(2)]
    for tablet in tablets:
        open_stream(tablet)
    hall.go(console, "/console/devices")
    row = console.locator(".fleet-fine > li").filter(has_text="Máy tính bảng 1")
    expect(row.locator(".shows")).to_have_text("Trang chờ")
    row.get_by_role("button", name="Ghim").click()
    expect(row.get_by_role("button")).to_have_attribute("aria-pressed", "true")
    accessible(console)
    console.get_by_text("Việc cho mọi máy tính bảng").click()
    console.get_by_role("button", name="Ghim: Quét thẻ").click()
    for tablet in tablets:
        is_at(tablet, "/gate")
    console.get_by_text("Việc cho mọi máy tính bảng").click()
    console.get_by_role("button", name="Theo phiên họp", exact=True).click()
    for tablet in tablets:
        is_at(tablet, "/tablet")
    hall.watch.ensure_calm()


def test_a_tablet_in_the_middle_of_something_goes_when_it_is_done(hall: Hall) -> None:
    console = hall.secretary()
    tablet = hall.pair(console, "Máy tính bảng")
    open_stream(tablet)
    tablet.evaluate("document.querySelector('.tablet').setAttribute('data-in-act', '')")
    hall.go(console, f"/console/devices/{device_number(tablet)}")
    console.get_by_role("button", name="Ghim: Quét thẻ").click()
    expect(console.get_by_role("button", name="Ghim: Quét thẻ")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(
        tablet.locator(f'#device-facts [data-device-id="{device_number(tablet)}"]')
    ).to_have_attribute("data-goes", "/gate")
    tablet.wait_for_timeout(1_000)
    assert urlsplit(tablet.url).path == "/tablet"
    tablet.evaluate("document.querySelector('.tablet').removeAttribute('data-in-act')")
    is_at(tablet, "/gate")


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

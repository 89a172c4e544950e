"""The static front end in a real Chromium under the strict policy: gate, stream, small helpers.

No application runs here. The fixture server keeps the contracts that the pages are written for, so
a failure names the script or the sheet, not a room.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fixtures.static_server import STATIC, Hall, StaticServer
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

pytestmark = pytest.mark.browser

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = next((Path(__file__).parent / "vendor").glob("axe-core-*.min.js"))
SIZES = {
    "wide": (1280, 800),
    "tall": (800, 1280),
    "phone": (390, 844),
    "desk": (1440, 900),
    "hall": (1920, 1080),
    "old": (1024, 768),
    "flat": (1366, 640),
}
# Parts of a hall screen that stand outside the window, or hold more than their own box. A banner's
# drum is wider than the banner on purpose, so there its last line is measured instead.
CUT_PARTS = """() => [...document.querySelectorAll('.screen, .screen *')].filter((one) => {
    if (one.closest('svg')) return false;
    const box = one.getBoundingClientRect();
    if (box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1) return true;
    if (one.matches('.banner')) {
        return one.lastElementChild.getBoundingClientRect().bottom > box.bottom
          || one.firstElementChild.getBoundingClientRect().top < box.top;
    }
    return one.matches('main, section, div, ul, ol, header, footer')
      && one.scrollHeight > one.clientHeight + innerHeight * 0.013;
}).map((one) => `${one.tagName}.${one.className} ${one.scrollHeight}/${one.clientHeight}`)"""
GOOD = "12345678901230"
ALREADY = "12345678901231"
GUEST = "12345678901232"
HALL_FACES = ["welcome", "agenda", "motion", "result", "rejected", "closing", "break"]
DESK_FACES = ["home", "delegates", "door", "start"]


@pytest.fixture(scope="module")
def server() -> Iterator[StaticServer]:
    one = StaticServer()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright, browser_path: str) -> Iterator[Browser]:
    one = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
    yield one
    one.close()


@pytest.fixture
def hall(server: StaticServer) -> Hall:
    return server.fresh()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    one = browser.new_context(viewport={"width": 1280, "height": 800})
    yield one
    one.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test when a script throws or the policy refuses something."""
    troubles: list[str] = []
    one = context.new_page()
    one.on("pageerror", lambda error: troubles.append(str(error)))
    one.on(
        "console",
        lambda said: troubles.append(said.text) if "Content Security" in said.text else None,
    )
    yield one
    one.close()
    assert troubles == []


def until(claim: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for something on the server's side."""
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.03)


def scan(page: Page, code: str) -> None:
    """What a USB scanner does: keys at once, then Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def open_gate(page: Page, server: StaticServer) -> None:
    page.goto(f"{server.url}/gate")
    page.click("#start")
    expect(page.locator("#start-over")).to_be_hidden()


# ---- Sheets and pictures ----


def test_icons_of_the_sprite_take_the_colour_of_the_words(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    """Seen in pixels: an external <use> that does not load would leave the place empty."""
    open_gate(page, server)
    scan(page, GOOD)
    icon = page.locator("#answer .verdict .icon")
    expect(icon).to_be_visible()
    page.wait_for_timeout(300)
    colours = page.evaluate(
        """async (bytes) => {
            const picture = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
            const canvas = new OffscreenCanvas(picture.width, picture.height);
            const pen = canvas.getContext('2d');
            pen.drawImage(picture, 0, 0);
            const data = pen.getImageData(0, 0, picture.width, picture.height).data;
            let white = 0;
            for (let i = 0; i < data.length; i += 4)
              if (data[i] > 240 && data[i + 1] > 240 && data[i + 2] > 240) white += 1;
            return white / (data.length / 4);
        }""",
        list(icon.screenshot()),
    )
    assert 0.05 < colours < 0.5


@pytest.mark.parametrize("face", HALL_FACES)
def test_no_screen_of_the_hall_overflows_its_window(
    page: Page, server: StaticServer, hall: Hall, face: str
) -> None:
    page.goto(f"{server.url}/projector-{face}")
    page.evaluate("document.fonts.ready")
    for size in ("hall", "wide", "old", "flat"):
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(CUT_PARTS) == [], size


@pytest.mark.parametrize("face", [*(f"console-{face}" for face in DESK_FACES), "gate"])
def test_no_page_needs_scrolling_sideways(
    page: Page, server: StaticServer, hall: Hall, face: str
) -> None:
    page.goto(f"{server.url}/{face}")
    page.evaluate("document.fonts.ready")
    for size in ("desk", "wide", "old", "tall", "phone"):
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, size


@pytest.mark.parametrize(
    "name", ["gate", *(f"projector-{f}" for f in HALL_FACES), *(f"console-{f}" for f in DESK_FACES)]
)
def test_the_parts_have_no_accessibility_violation(
    page: Page, server: StaticServer, hall: Hall, name: str
) -> None:
    page.goto(f"{server.url}/{name}")
    if name == "gate":
        page.click("#start")
        scan(page, GOOD)
        expect(page.locator("#answer")).to_have_attribute("data-outcome", "welcome")
        page.click("#typed-open")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rules = "{ rules: { 'page-has-heading-one': { enabled: false }, region: { enabled: false } } }"
    found = page.evaluate(
        f"axe.run(document, {rules}).then((run) => run.violations.map("
        "(one) => one.id + ' ' + one.nodes.map((node) => node.target).join(' ')))"
    )
    assert found == []


def test_sheets_name_no_colour_of_their_own_and_no_page_writes_styles() -> None:
    for sheet in (STATIC / "css").glob("*.css"):
        if sheet.name == "tokens.css":
            continue
        text = sheet.read_text(encoding="utf-8")
        colours = set(re.findall(r"#[0-9a-f]{6}\b", text))
        # The camera's dark and the ink of a signature are the two exceptions of the standard.
        assert colours <= {"#262b34", "#4a5260", "#eceef1", "#14171d", "#10245c"}, sheet.name
        assert "http" not in text
    for script in (STATIC / "js").rglob("*.js"):
        text = script.read_text(encoding="utf-8")
        assert len(text.splitlines()) < 300, script.name
        assert not re.search(r"\beval\(|new Function|\.style\b|https?://", text), script.name


# ---- The gate ----


def test_a_scanner_is_heard_anywhere_on_the_page(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    page.goto(f"{server.url}/gate")
    scan(page, GOOD)  # even before the start button: keys are a press
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "welcome")
    expect(page.locator("#start-over")).to_be_hidden()
    assert [one["code"] for one in hall.scans] == [GOOD]
    assert hall.scans[0]["token"] == "token-of-the-page"
    assert re.fullmatch("[0-9a-f]{32}", hall.scans[0]["scan_id"])


def test_enter_of_a_scanner_presses_no_focused_button(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    open_gate(page, server)
    page.focus("#typed-open")
    scan(page, GOOD)
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "welcome")
    expect(page.locator("#typed")).to_be_hidden()
    page.keyboard.press("Enter")  # but Enter alone still does
    expect(page.locator("#typed")).to_be_visible()


def test_stray_keys_and_pauses_spoil_no_scan(page: Page, server: StaticServer, hall: Hall) -> None:
    open_gate(page, server)
    page.keyboard.type("99")
    page.wait_for_timeout(900)
    page.keyboard.type("ư12345678ê901230")  # what an input method may add
    page.keyboard.press("Enter")
    until(lambda: len(hall.scans) == 1)
    assert hall.scans[0]["code"] == GOOD


def test_a_card_of_another_kind_keeps_its_text_on_the_device(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    open_gate(page, server)
    page.keyboard.type("030085001234|142536475|Nguyen Van A|01011985|Nam|Hai Duong|02022022")
    page.keyboard.press("Enter")
    until(lambda: len(hall.scans) == 1)
    assert hall.scans[0]["code"] == "?"


def test_scans_that_come_too_fast_wait_in_their_order(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    open_gate(page, server)
    for code in (GOOD, ALREADY, GUEST):
        scan(page, code)
    until(lambda: len(hall.scans) == 3)
    assert [one["code"] for one in hall.scans] == [GOOD, ALREADY, GUEST]
    assert len({one["scan_id"] for one in hall.scans}) == 3
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "guest")


def test_a_cut_line_is_tried_again_with_the_same_number(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    open_gate(page, server)
    hall.scan_mode = "drop_once"
    scan(page, GOOD)
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "welcome")
    assert len(hall.scans) == 2
    assert len({one["scan_id"] for one in hall.scans}) == 1


def test_a_lost_line_is_said_and_never_green(page: Page, server: StaticServer, hall: Hall) -> None:
    open_gate(page, server)
    hall.scan_mode = "drop"
    scan(page, GOOD)
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "lost", timeout=8000)
    assert len({one["scan_id"] for one in hall.scans}) == 1
    expect(page.locator("#undo-open")).to_be_hidden()
    hall.scan_mode = "answer"
    scan(page, ALREADY)
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "already")


def test_a_slow_answer_takes_the_green_of_the_last_person_away(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    open_gate(page, server)
    scan(page, GOOD)
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "welcome")
    hall.scan_mode = "slow"
    scan(page, ALREADY)
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "busy")
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "already")


def test_the_panel_returns_to_waiting_after_twenty_seconds(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    page.clock.install()
    open_gate(page, server)
    scan(page, GOOD)
    page.clock.run_for(1000)
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "welcome")
    page.clock.run_for(17000)
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "welcome")
    page.clock.run_for(3000)
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "waiting")


def test_digits_are_typed_with_thumbs_or_keys(page: Page, server: StaticServer, hall: Hall) -> None:
    open_gate(page, server)
    page.click("#typed-open")
    for digit in GOOD[:6]:
        page.click(f'#typed [data-key="{digit}"]')
    page.click('#typed [data-key="back"]')
    page.keyboard.type(GOOD[5:13])
    expect(page.locator("#typed-code")).to_have_value("1234 5678 9012 3")
    expect(page.locator("#typed-said")).to_have_text("Đã nhập 13 trong 14 số")
    page.click("#typed [type=submit]", force=True)
    expect(page.locator("#typed")).to_be_visible()
    page.click('#typed [data-key="0"]')
    page.click("#typed [type=submit]")
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "welcome")
    assert hall.scans[0]["code"] == GOOD


def test_undo_asks_for_a_reason_and_shows_only_where_it_may(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    open_gate(page, server)
    scan(page, ALREADY)
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "already")
    expect(page.locator("#undo-open")).to_be_hidden()
    scan(page, GOOD)
    page.click("#undo-open")
    page.click("#undo [type=submit]")  # no reason yet: the browser asks for one
    assert hall.undos == []
    page.check("#undo [value=left_again]")
    scan(page, GUEST)  # a scan meanwhile must not press or answer anything
    page.click("#undo [type=submit]")
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "undone")
    assert hall.undos == [{"reason": "left_again", "token": "token-of-the-page"}]
    assert len(hall.scans) == 2


def test_without_a_camera_the_page_says_what_to_use(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    open_gate(page, server)
    finder = page.locator("#finder")
    expect(finder).to_have_attribute("data-camera", "none")
    expect(finder.get_by_text("Dùng máy quét cầm tay")).to_be_visible()
    assert hall.count("GET /static/vendor/barcode") == 0


def test_a_refused_camera_says_so(page: Page, server: StaticServer, hall: Hall) -> None:
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () =>"
        " Promise.reject(new DOMException('no', 'NotAllowedError'));"
    )
    open_gate(page, server)
    expect(page.locator("#finder")).to_have_attribute("data-camera", "denied")
    expect(page.get_by_text("Máy ảnh đang bị chặn")).to_be_visible()


def test_the_camera_reads_a_badge_with_our_own_wasm_and_asks_nobody_else(
    playwright: Playwright,
    browser_path: str,
    server: StaticServer,
    hall: Hall,
    tmp_path: Path,
) -> None:
    import qrcode
    from PIL import Image

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, border=4, box_size=9)
    code.add_data(GOOD)
    badge = code.make_image().get_image().convert("RGB")
    picture = Image.new("RGB", (640, 480), (90, 95, 100))
    picture.paste(badge.rotate(4, fillcolor=(255, 255, 255)), (180, 90))
    film = tmp_path / "badge.mjpeg"
    with film.open("wb") as frames:
        for _ in range(20):
            picture.save(frames, "JPEG", quality=90)

    browser = playwright.chromium.launch(
        executable_path=browser_path,
        args=[
            *ARGUMENTS,
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )
    try:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        foreign: list[str] = []
        troubles: list[str] = []
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((server.url, "blob:", "data:"))
                else foreign.append(asked.url)
            ),
        )
        page.on("pageerror", lambda error: troubles.append(str(error)))
        open_gate(page, server)
        expect(page.locator("#finder")).to_have_attribute("data-camera", "on", timeout=15000)
        expect(page.locator("#answer")).to_have_attribute("data-outcome", "welcome", timeout=15000)
        page.wait_for_timeout(2500)
        assert [one["code"] for one in hall.scans] == [GOOD]  # held in view: one scan
        assert hall.count("GET /static/vendor/zxing-reader-3.1.3.wasm") == 1
        assert foreign == []
        assert troubles == []
    finally:
        browser.close()


# ---- The one stream ----


def pass_time(page: Page, seconds: int) -> None:
    """Move the page's clock on, with a moment of real time each second for the real network."""
    for _ in range(seconds):
        page.clock.run_for(1000)
        page.wait_for_timeout(30)


def pass_time_until(page: Page, claim: Callable[[], bool], at_most: int = 90) -> None:
    """Second by second, as long as it takes: on a busy machine the page's clock runs ahead of the
    real server, whose ticks it would otherwise miss."""
    for _ in range(at_most):
        pass_time(page, 1)
        if claim():
            return
    raise AssertionError("the page's time has passed and it has not come true")


def state(page: Page) -> str:
    return str(page.evaluate("document.documentElement.dataset.liveState"))


def test_a_region_is_morphed_and_the_typing_goes_on(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    page.goto(f"{server.url}/parts-live")
    expect(page.locator("#figure")).to_have_text("171")
    page.fill("#typing", "đang gõ")
    page.focus("#typing")
    page.evaluate("window.before = document.getElementById('figure')")
    hall.say("region", {"id": "figure", "html": '<p id="figure" class="num">172</p>'})
    expect(page.locator("#figure")).to_have_text("172")
    assert page.evaluate("window.before === document.getElementById('figure')")
    assert page.evaluate("document.activeElement.id") == "typing"
    assert page.input_value("#typing") == "đang gõ"
    hall.say("region", {"id": "not-on-this-page", "html": "<p>x</p>"})
    hall.say("region", {"id": "figure", "html": '<p id="figure">173</p>'})
    expect(page.locator("#figure")).to_have_text("173")


def test_clocks_show_the_time_of_the_server_in_its_zone(
    browser: Browser, server: StaticServer, hall: Hall
) -> None:
    hall.now = datetime(2026, 3, 12, 2, 43, 10, tzinfo=UTC)
    context = browser.new_context(timezone_id="America/New_York")
    page = context.new_page()
    page.goto(f"{server.url}/parts-live")
    expect(page.locator("#clock")).to_have_text("09:43")
    expect(page.locator("#spent")).to_have_text("24")
    page.goto(f"{server.url}/parts-live")
    expect(page.locator("#pace .done")).to_have_attribute("width", re.compile("^(50.3|25)"))
    context.close()


def test_silence_tells_the_age_and_keeps_the_picture(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    hall.now = datetime(2026, 3, 12, 2, 31, 0, tzinfo=UTC)
    page.clock.install()
    page.goto(f"{server.url}/parts-live")
    expect(page.locator("#figure")).to_have_text("171")
    expect(page.locator("#offline")).to_be_hidden()
    hall.live_mode = hall.poll_mode = "refuse"
    hall.cut()
    pass_time(page, 8)
    expect(page.locator("#offline")).to_be_hidden()
    pass_time_until(page, lambda: page.locator("#offline").is_visible())
    expect(page.locator("#offline")).to_contain_text("Số liệu là của 09:31:0")
    first = page.inner_text("#offline")
    pass_time_until(page, lambda: page.inner_text("#offline") != first)
    assert state(page) == "stale"
    expect(page.locator("#figure")).to_have_text("171")
    hall.live_mode = "open"
    hall.region = '<p id="figure">180</p>'
    pass_time_until(page, lambda: state(page) == "open" and page.inner_text("#figure") == "180")
    expect(page.locator("#offline")).to_be_hidden()


def test_a_clock_that_is_put_back_on_the_tablet_hides_no_silence(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    hall.now = datetime(2026, 3, 12, 2, 31, 0, tzinfo=UTC)
    page.clock.install()
    page.goto(f"{server.url}/parts-live")
    expect(page.locator("#clock")).to_have_text("09:31")
    page.evaluate("(() => { const now = Date.now; Date.now = () => now.call(Date) - 3600000; })()")
    hall.live_mode = hall.poll_mode = "refuse"
    hall.cut()
    pass_time_until(page, lambda: page.locator("#offline").is_visible())
    expect(page.locator("#offline")).to_contain_text("Số liệu là của 09:31:")
    assert page.inner_text("#clock").startswith("09:3")


def test_a_stream_that_is_open_but_mute_is_opened_again(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    page.clock.install()
    hall.live_mode = "mute"
    page.goto(f"{server.url}/parts-live")
    until(lambda: len(hall.streams) == 1)
    before = hall.count("GET /live/test")
    pass_time(page, 10)
    hall.live_mode = "open"
    pass_time(page, 3)
    expect(page.locator("#figure")).to_have_text("171")
    assert hall.count("GET /live/test") > before


def test_after_three_failures_the_page_asks_again_and_again(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    page.clock.install()
    hall.live_mode = "refuse"
    page.goto(f"{server.url}/parts-live")
    pass_time(page, 12)
    expect(page.locator("#figure")).to_have_text("171")
    until(lambda: hall.count("GET /live/test?poll=1") >= 1)
    assert state(page) == "polling"
    pass_time(page, 8)
    assert hall.count("GET /live/test?poll=1") >= 3
    expect(page.locator("#offline")).to_be_hidden()  # "nothing new" is news as well
    hall.live_mode = "open"
    pass_time_until(page, lambda: state(page) == "open")
    asked = hall.count("GET /live/test?poll=1")
    pass_time(page, 6)
    assert hall.count("GET /live/test?poll=1") == asked


def test_a_server_that_was_away_is_listened_to_as_soon_as_it_answers(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    """The half minute between two tries is for lines that hold no stream, not for a restart."""
    page.clock.install()
    page.goto(f"{server.url}/parts-live")
    expect(page.locator("#figure")).to_have_text("171")
    calm = hall.poll_mode
    hall.live_mode = hall.poll_mode = "refuse"
    hall.cut()
    pass_time_until(page, lambda: hall.count("GET /live/test?poll=1") >= 2)
    hall.live_mode, hall.poll_mode = "open", calm
    pass_time(page, 4)
    assert state(page) == "open"


def test_a_hidden_tab_gives_its_connection_back(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    page.goto(f"{server.url}/parts-live")
    until(lambda: len(hall.streams) == 1)
    look = (
        "(how) => { Object.defineProperty(document, 'visibilityState',"
        " { configurable: true, get: () => how });"
        " document.dispatchEvent(new Event('visibilitychange')); }"
    )
    page.evaluate(look, "hidden")
    assert state(page) == "hidden"
    until(lambda: len(hall.streams) == 0)
    hall.region = '<p id="figure">199</p>'
    page.evaluate(look, "visible")
    expect(page.locator("#figure")).to_have_text("199")
    assert len(hall.streams) == 1


def test_bye_stops_for_good_and_loads_once(page: Page, server: StaticServer, hall: Hall) -> None:
    page.goto(f"{server.url}/parts-live")
    expect(page.locator("#figure")).to_have_text("171")
    loads = hall.count("GET /parts-live")
    hall.say("bye", {})
    until(lambda: hall.count("GET /parts-live") == loads + 1)
    expect(page.locator("#figure")).to_have_text("171")
    hall.say("bye", {})
    page.wait_for_timeout(1500)
    assert hall.count("GET /parts-live") == loads + 1
    assert state(page) == "stopped"


# ---- What every page needs ----


def test_a_double_press_sends_once(page: Page, server: StaticServer, hall: Hall) -> None:
    page.goto(f"{server.url}/parts-app")
    page.evaluate("for (let i = 0; i < 3; i += 1) document.getElementById('slow').click()")
    expect(page.locator("#slow")).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#target")).to_have_text("xong")
    expect(page.locator("#slow")).not_to_have_attribute("aria-disabled", "true")
    assert hall.count("GET /part/slow") == 1
    page.evaluate("for (let i = 0; i < 3; i += 1) document.getElementById('send').click()")
    expect(page.get_by_text("một lần")).to_be_visible()
    assert hall.count("POST /plain") == 1


def test_a_refusal_is_shown_in_its_place_and_a_fault_in_a_notice(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    page.goto(f"{server.url}/parts-app")
    page.click("#refused")
    expect(page.locator("#target")).to_have_text("Thẻ này đã được thay.")
    expect(page.locator("#server-trouble")).to_be_hidden()
    page.click("#broken")
    expect(page.locator("#server-trouble")).to_be_visible()
    expect(page.locator("#target")).to_have_text("Thẻ này đã được thay.")
    page.context.set_offline(True)
    page.click("#refused")
    expect(page.locator("#link-lost")).to_be_visible()
    page.context.set_offline(False)
    page.click("#refused")
    expect(page.locator("#link-lost")).to_be_hidden()


def test_a_dialog_opens_by_its_button_and_closes_by_its_own(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    page.goto(f"{server.url}/parts-app")
    page.click("#ask")
    expect(page.locator("#sure")).to_be_visible()
    page.click("#no")
    expect(page.locator("#sure")).to_be_hidden()


def test_a_toast_goes_by_itself_but_waits_for_its_reader(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    page.clock.install()
    page.goto(f"{server.url}/parts-app")
    page.evaluate(
        "document.getElementById('toasts').innerHTML ="
        ' \'<div class="toast"><button class="button" id="back">Hoàn tác</button></div>\''
    )
    page.focus("#back")
    page.clock.run_for(12000)
    expect(page.locator(".toast")).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    page.clock.run_for(1500)
    expect(page.locator(".toast")).to_have_count(0)


def test_a_new_step_ignores_the_second_half_of_a_double_tap(
    page: Page, server: StaticServer, hall: Hall
) -> None:
    page.goto(f"{server.url}/parts-app")
    pressed = page.evaluate(
        """async () => {
            let pressed = 0;
            const steps = document.getElementById('steps');
            steps.innerHTML =
              '<div data-fresh-step><button type="button" id="cast">Gửi</button></div>';
            const cast = document.getElementById('cast');
            cast.addEventListener('click', () => { pressed += 1; });
            await Promise.resolve();
            cast.click();
            const early = pressed;
            await new Promise((done) => setTimeout(done, 700));
            cast.click();
            return [early, pressed];
        }"""
    )
    assert pressed == [0, 1]

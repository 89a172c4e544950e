"""Signing on a tablet in a real Chromium: fingers, palms, a tablet that is turned, a lost line."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from device_hall import Hall, founded, is_at, open_stream, opened
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import CDPSession, Page, expect
from pledging import LAN, ready_text
from sqlalchemy import text as sql
from support import Meeting, RunningServer, meeting_of

from kiosk import config, create_app
from kiosk.core.db import db, unit_of_work, writer
from kiosk.pledge import services

pytestmark = pytest.mark.browser

WIDE, TALL = {"width": 1280, "height": 800}, {"width": 800, "height": 1280}

#: Parts of the pad's width and height: two strokes of a name.
FIRST = [(0.2, 0.75), (0.24, 0.4), (0.3, 0.2), (0.33, 0.4), (0.3, 0.7), (0.36, 0.75)]
SECOND = [(0.22, 0.5), (0.32, 0.45), (0.45, 0.42), (0.6, 0.3)]


@pytest.fixture
def ready(tmp_path: Path) -> tuple[Path, Meeting, object]:
    """An instance whose conference is open and whose text is written; nobody is to sign yet."""
    folder = tmp_path / "instance"
    made = founded(folder)
    app = create_app(config.load(folder))
    with app.app_context():
        lines = "\n".join(f"Nội dung thi đua thứ {number} của phòng" for number in range(1, 25))
        services.save_text(
            ready_text(headings=[("Nhiệm vụ", lines), ("Kỷ luật", "Đúng giờ")]), seen=0, by=LAN
        )
        with unit_of_work() as session:
            session.execute(sql("UPDATE conference SET opened_at = '2026-03-12 01:00:00.000000'"))
        meeting = meeting_of(app)
        db.session.remove()
        writer().close()
        db.engine.dispose()
    return folder, meeting, made


@pytest.fixture
def hall(
    ready: tuple[Path, Meeting, object],
    serve: Callable[[Path], RunningServer],
    chromium: Chromium,
) -> Iterator[Hall]:
    folder, _, made = ready
    with opened(serve(folder), made, chromium) as one:  # type: ignore[arg-type]
        yield one


class Hands:
    """Fingers and palms on a page, as the browser's own protocol brings them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.protocol: CDPSession = page.context.new_cdp_session(page)
        self.down: dict[int, tuple[float, float, float]] = {}

    def _send(self, kind: str, fingers: list[int] | None = None) -> None:
        points = [
            {"x": x, "y": y, "radiusX": radius, "radiusY": radius, "id": number}
            for number, (x, y, radius) in self.down.items()
            if fingers is None or number in fingers
        ]
        self.protocol.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def at(self, place: tuple[float, float]) -> tuple[float, float]:
        box = self.page.locator("#pad").bounding_box()
        assert box is not None
        return box["x"] + place[0] * box["width"], box["y"] + place[1] * box["height"]

    def press(self, place: tuple[float, float], *, finger: int = 1, radius: float = 12) -> None:
        self.down[finger] = (*self.at(place), radius)
        self._send("touchStart")

    def move(self, place: tuple[float, float], *, finger: int = 1, steps: int = 5) -> None:
        from_x, from_y, radius = self.down[finger]
        to_x, to_y = self.at(place)
        for step in range(1, steps + 1):
            part = step / steps
            self.down[finger] = (
                from_x + (to_x - from_x) * part,
                from_y + (to_y - from_y) * part,
                radius,
            )
            self._send("touchMove")

    def lift(self, *, finger: int = 1) -> None:
        # An end tells which fingers go, not which stay.
        self._send("touchEnd", [finger])
        del self.down[finger]

    def cancel(self) -> None:
        self.down.clear()
        self.protocol.send("Input.dispatchTouchEvent", {"type": "touchCancel", "touchPoints": []})

    def stroke(self, places: list[tuple[float, float]], *, finger: int = 1) -> None:
        self.press(places[0], finger=finger)
        for place in places[1:]:
            self.move(place, finger=finger)
        self.lift(finger=finger)


INK = """() => {
  // Read from a copy: reading the pad itself would make the browser draw it in another way.
  const pad = document.querySelector('#pad canvas');
  const { width, height } = pad;
  const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(pad, 0, 0);
  const dots = copy.getImageData(0, 0, width, height).data;
  let [left, top, right, bottom, count] = [width, height, -1, -1, 0];
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) {
    if (dots[4 * (y * width + x) + 3] < 100) continue;
    count += 1;
    left = Math.min(left, x); right = Math.max(right, x);
    top = Math.min(top, y); bottom = Math.max(bottom, y);
  }
  return { left, top, right, bottom, count, width, height };
}"""


def ink(page: Page) -> dict[str, int]:
    """Where ink is seen on the pad, in dots of its canvas."""
    found: dict[str, int] = page.evaluate(INK)
    return found


def near(one: dict[str, int], other: dict[str, int], *, within: int = 4) -> bool:
    return all(
        abs(one[side] - other[side]) <= within for side in ("left", "top", "right", "bottom")
    )


def turn_to(page: Page, size: dict[str, int]) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.wait_for_timeout(250)


def scan(page: Page, code: str) -> None:
    """Typed digits; the camera of a test browser sees nothing."""
    open_stream(page)
    page.get_by_role("button", name="Nhập mã thẻ").click()
    page.keyboard.type(code)
    page.get_by_role("button", name="Kiểm tra thẻ").click()


def read_to_the_end(page: Page) -> int:
    """Press the one button until it offers to sign; returns how often it said "read on"."""
    on = page.locator('[data-act="on"]')
    pressed = 0
    page.wait_for_timeout(650)
    while page.locator("#turn").get_attribute("data-read") != "yes":
        on.click()
        pressed += 1
        page.wait_for_timeout(600)
        assert pressed < 30
    on.click()
    expect(page.locator('[data-of="sign"]')).to_be_visible()
    return pressed


def confirm(page: Page) -> None:
    page.get_by_role("button", name="Xem chữ ký").click()
    expect(page.locator('[data-of="check"]')).to_be_visible()
    page.wait_for_timeout(650)
    page.get_by_role("button", name="Xác nhận chữ ký").click()


def stored(folder: Path) -> list[tuple[int, str | None]]:
    with closing(sqlite3.connect(folder / "kiosk.sqlite3")) as raw:
        return list(raw.execute("SELECT number, svg FROM pledge_signature ORDER BY id"))


def open_signing(hall: Hall, console: Page) -> None:
    """The secretary adds the heads of units and opens the signing."""
    hall.go(console, "/console/pledge")
    console.get_by_role("button", name="Thêm trưởng các đơn vị").click()
    expect(console.locator("#pledge-board")).to_contain_text("Lê Minh Đức")
    console.on("dialog", lambda dialog: dialog.accept())
    console.get_by_role("button", name="Mở ký giao ước").click()
    expect(console.locator("#pledge-board")).to_have_attribute("data-state", "open")


def signing_tablet(hall: Hall) -> Page:
    """A tablet that waits for badges."""
    console = hall.secretary()
    tablet = hall.pair(console, "Máy tính bảng")
    open_stream(tablet)
    open_signing(hall, console)
    is_at(tablet, "/pledge")
    return tablet


def test_a_pledge_is_read_signed_turned_signed_again_and_seen(
    hall: Hall, ready: tuple[Path, Meeting, object], accessible: Callable[[Page], None]
) -> None:
    folder, meeting, _ = ready
    console = hall.secretary()
    tablet = hall.pair(console, "Máy tính bảng")
    wall = hall.pair(console, "Máy chiếu", (1920, 1080))
    open_stream(tablet)
    hall.go(console, "/console/pledge")
    accessible(console)
    open_signing(hall, console)

    # The tablet follows by itself.
    is_at(tablet, "/pledge")
    expect(tablet.get_by_role("heading", level=1)).to_have_text("Mời quét thẻ để ký")
    accessible(tablet)
    scan(tablet, meeting.badge_code_of("Đỗ Văn Ánh"))
    expect(tablet.locator("#notice")).to_contain_text("Đỗ Văn Ánh không có trong danh sách ký")
    scan(tablet, meeting.badge_code_of("Lê Minh Đức"))
    tablet.wait_for_url("**/pledge/visit/**")

    # Read: larger letters, and to the end.
    accessible(tablet)
    letters = "getComputedStyle(document.getElementById('pledge-text')).fontSize"
    before = float(tablet.evaluate(letters).removesuffix("px"))
    tablet.get_by_role("button", name="Chữ to hơn").click()
    assert float(tablet.evaluate(letters).removesuffix("px")) > before
    assert read_to_the_end(tablet) >= 2
    assert tablet.evaluate("document.documentElement.dataset.liveState") is None
    asked = "performance.getEntriesByType('resource').filter((one) => one.name.includes('/live/'))"
    assert tablet.evaluate(f"{asked}.length") == 0
    accessible(tablet)

    # An empty pad, a touch, a swipe: each is told what to do.
    hands = Hands(tablet)
    tablet.wait_for_timeout(650)
    see = tablet.get_by_role("button", name="Xem chữ ký")
    see.click()
    expect(tablet.locator("#notice")).to_contain_text("Khung ký còn trống")
    hands.stroke([(0.5, 0.5), (0.502, 0.5)])
    see.click()
    expect(tablet.locator("#notice")).to_contain_text("chưa thành chữ ký")
    hands.stroke([(0.1, 0.5), (0.9, 0.55)])
    see.click()
    expect(tablet.locator("#notice")).to_contain_text("một vạch thẳng")
    tablet.get_by_role("button", name="Xóa hết").click()
    assert ink(tablet)["count"] == 0

    # The tablet is turned in the middle of a stroke, and back: the ink is where it was.
    hands.press(FIRST[0])
    for place in FIRST[1:4]:
        hands.move(place)
    half = ink(tablet)
    assert half["count"] > 300
    turn_to(tablet, TALL)
    turned = ink(tablet)
    assert turned["count"] > 150, "nothing is lost"
    assert turned["width"] < turned["height"] * 2
    assert 0 <= turned["left"] < turned["right"] < turned["width"]
    hands.cancel()
    turn_to(tablet, WIDE)
    assert near(ink(tablet), half)
    # The touch that was interrupted has ended: the next finger draws.
    hands.stroke([*FIRST[3:]])
    hands.stroke(SECOND)
    whole = ink(tablet)
    assert whole["right"] > half["right"] + 100
    # The address bar comes and goes.
    turn_to(tablet, {"width": 1280, "height": 740})
    turn_to(tablet, WIDE)
    assert near(ink(tablet), whole)
    tablet.get_by_role("button", name="Bỏ nét cuối").click()
    assert ink(tablet)["right"] < whole["right"] - 100
    hands.stroke(SECOND)
    assert near(ink(tablet), whole, within=8)
    assert tablet.evaluate("[scrollX, scrollY, visualViewport.scale]") == [0, 0, 1]

    # What is confirmed is what is stored, to the last point.
    see.click()
    expect(tablet.locator("#shown-ink svg path")).to_be_visible()
    accessible(tablet)
    shown = tablet.locator("#shown-ink path").get_attribute("d")
    tablet.wait_for_timeout(650)
    tablet.get_by_role("button", name="Xác nhận chữ ký").click()
    expect(tablet.get_by_role("heading", level=1)).to_have_text("Đã ghi nhận chữ ký")
    accessible(tablet)
    [(number, svg)] = stored(folder)
    assert number == 1
    assert svg is not None
    assert re.findall(r' d="([^"]*)"', svg) == [shown]

    # Thanks clears itself in eight seconds; the hall and the console have seen it.
    expect(console.locator("#pledge-board")).to_contain_text("1 trên 3 đã ký")
    expect(wall.locator(".signers .signed")).to_contain_text("Lê Minh Đức")
    tablet.wait_for_url("**/pledge", timeout=12_000, wait_until="commit")

    # Signed again: the new one replaces the first.
    scan(tablet, meeting.badge_code_of("Lê Minh Đức"))
    tablet.wait_for_url("**/pledge/visit/**")
    read_to_the_end(tablet)
    hands = Hands(tablet)
    hands.stroke([(0.3, 0.3), (0.5, 0.7), (0.7, 0.3)])
    hands.stroke(SECOND)
    tablet.wait_for_timeout(400)
    confirm(tablet)
    expect(tablet.locator(".done-page")).to_contain_text("thay cho chữ ký trước")
    (first, gone), (second, now) = stored(folder)
    assert (first, gone, second) == (1, None, 2)
    assert now not in (None, svg)
    tablet.get_by_role("button", name="Xóa màn hình ngay").click()
    is_at(tablet, "/pledge")

    # Closed: the tablets that wait are led away.
    open_stream(tablet)
    console.get_by_role("button", name="Kết thúc việc ký").click()
    expect(console.locator("#notice")).to_contain_text("Còn 2 người chưa ký")
    console.get_by_label("Lý do của những người chưa ký").fill("Đi công tác")
    console.get_by_role("button", name="Kết thúc việc ký").click()
    expect(console.locator("#pledge-board")).to_have_attribute("data-state", "closed")
    is_at(tablet, "/tablet")
    accessible(console)
    hall.watch.ensure_calm()


def test_one_finger_draws_whatever_else_lies_on_the_glass(
    hall: Hall, ready: tuple[Path, Meeting, object]
) -> None:
    _, meeting, _ = ready
    tablet = signing_tablet(hall)
    scan(tablet, meeting.badge_code_of("Phạm Thị Lan"))
    tablet.wait_for_url("**/pledge/visit/**")
    read_to_the_end(tablet)
    hands = Hands(tablet)

    # A palm lies there first, and stays.
    hands.press((0.7, 0.9), finger=9, radius=60)
    hands.stroke(FIRST)
    alone = ink(tablet)
    assert alone["right"] < alone["width"] * 0.5, "the palm drew nothing"
    # A second finger in the middle of a stroke neither draws nor ends it.
    hands.press(SECOND[0])
    hands.move(SECOND[1])
    hands.press((0.9, 0.2), finger=3)
    hands.move((0.95, 0.25), finger=3)
    hands.move(SECOND[2])
    hands.lift(finger=3)
    hands.move(SECOND[3])
    hands.lift()
    hands.lift(finger=9)
    both = ink(tablet)
    assert both["right"] < both["width"] * 0.7
    assert both["right"] > both["width"] * 0.55
    tablet.get_by_role("button", name="Bỏ nét cuối").click()
    assert near(ink(tablet), alone), "that was one stroke"

    # The edge of a hand is down a moment before the finger: it leaves no mark.
    tablet.get_by_role("button", name="Xóa hết").click()
    hands.press((0.8, 0.8), finger=5, radius=20)
    hands.press(FIRST[0], finger=6)
    for place in FIRST[1:]:
        hands.move(place, finger=6)
    hands.lift(finger=6)
    hands.lift(finger=5)
    assert near(ink(tablet), alone, within=8)

    # The system takes the touch away: what was drawn stays, and the pad goes on.
    hands.press(SECOND[0])
    hands.move(SECOND[1])
    hands.cancel()
    hands.stroke(SECOND[1:])
    assert ink(tablet)["right"] > alone["right"] + 50
    assert tablet.evaluate("visualViewport.scale") == 1
    hall.watch.ensure_calm()


def test_who_walks_away_leaves_no_name_on_the_screen(
    hall: Hall, ready: tuple[Path, Meeting, object], accessible: Callable[[Page], None]
) -> None:
    folder, meeting, _ = ready
    tablet = signing_tablet(hall)
    tablet.clock.install()
    scan(tablet, meeting.badge_code_of("Phạm Thị Lan"))
    tablet.wait_for_url("**/pledge/visit/**")
    turn = tablet.url
    tablet.clock.run_for(58_000)
    expect(tablet.locator("#still-there")).to_be_hidden()
    tablet.clock.run_for(5_000)
    expect(tablet.locator("#still-there")).to_be_visible()
    accessible(tablet)
    tablet.get_by_role("button", name="Tôi vẫn đang ở đây").click()
    expect(tablet.locator("#still-there")).to_be_hidden()
    tablet.clock.run_for(61_000)
    expect(tablet.locator("#still-there")).to_be_visible()
    tablet.clock.run_for(31_000)
    is_at(tablet, "/pledge")
    # Back, or the tab of yesterday: the turn is over.
    tablet.goto(turn)
    is_at(tablet, "/pledge")
    assert stored(folder) == []
    hall.watch.ensure_calm()


def test_a_lost_network_costs_no_stroke_and_the_second_press_is_the_same_signature(
    hall: Hall, ready: tuple[Path, Meeting, object]
) -> None:
    folder, meeting, _ = ready
    tablet = signing_tablet(hall)
    scan(tablet, meeting.badge_code_of("Phạm Thị Lan"))
    tablet.wait_for_url("**/pledge/visit/**")
    tablet.context.set_offline(True)
    read_to_the_end(tablet)
    hands = Hands(tablet)
    hands.stroke(FIRST)
    hands.stroke(SECOND)
    confirm(tablet)
    expect(tablet.locator("#link-lost")).to_be_visible()
    tablet.context.set_offline(False)

    # The answer is lost on the way back, once.
    lost: list[str] = []

    def lose(route: object) -> None:
        if lost:
            route.continue_()  # type: ignore[attr-defined]
            return
        lost.append("once")
        route.fetch()  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    tablet.route("**/sign", lose)
    press = tablet.get_by_role("button", name="Xác nhận chữ ký")
    press.click()
    end = time.monotonic() + 10
    while len(stored(folder)) == 0:
        assert time.monotonic() < end
        tablet.wait_for_timeout(50)
    expect(press).not_to_have_attribute("aria-disabled", "true")
    expect(tablet.locator("#link-lost")).to_be_visible()
    press.click()
    expect(tablet.locator(".done-page")).to_contain_text("Đã ghi nhận chữ ký")
    assert [number for number, _ in stored(folder)] == [1]

"""The fleet board under a secretary's hand: rows stay where the finger is, acts ask first."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from device_hall import PHONE, Hall, founded, open_stream, opened
from plain_devices import PlainDevice, add_plain
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Dialog, Locator, Page, expect
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


def middle(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def row(console: Page, name: str) -> Locator:
    return console.locator("tr[id^=device-]").filter(has_text=name)


def keep_beating(console: Page, devices: list[PlainDevice], seconds: float) -> None:
    """Ten-second beats of several devices while time passes."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for device in devices:
            device.beat()
        console.wait_for_timeout(min(4_000, max(0, (end - time.monotonic()) * 1000)))


def test_a_row_does_not_move_while_the_pointer_is_about_to_press_it(hall: Hall) -> None:
    console = hall.secretary()
    broken = add_plain(hall, console, "tablet", "Bảng hỏng", shows="idle")
    gate = add_plain(hall, console, "gate", "Cổng đang làm việc", shows="gate", battery=0.1)
    hall.go(console, "/console/devices")
    open_stream(console)
    # The broken one is silent and stands first; the gate, with little battery, second.
    keep_beating(console, [gate], 23)
    expect(row(console, "Bảng hỏng")).to_contain_text("Mất nối")
    press = row(console, "Bảng hỏng").get_by_role("button", name="Thu hồi")
    x, y = middle(press)
    console.mouse.move(x - 3, y)
    console.mouse.move(x, y)
    first_names = console.locator(".fleet-troubled tr .who a").all_inner_texts()
    assert first_names[0] == "Bảng hỏng"

    # It comes back: its row belongs elsewhere now. The board keeps still and says so.
    broken.beat()
    expect(console.locator("[data-held-of=fleet-board]")).to_be_visible()
    assert middle(press) == (x, y)
    asked: list[str] = []

    def refuse(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    console.once("dialog", refuse)
    console.mouse.click(x, y)
    assert len(asked) == 1
    assert "Thu hồi «Bảng hỏng»?" in asked[0]

    console.mouse.move(5, 5)
    expect(row(console, "Bảng hỏng")).to_contain_text("Tốt")
    expect(console.locator("[data-held-of=fleet-board]")).to_be_hidden()
    expect(row(console, "Cổng đang làm việc")).to_be_visible()
    hall.watch.ensure_calm()


def test_a_mouse_that_was_left_on_the_board_hides_no_silence(hall: Hall) -> None:
    console = hall.secretary()
    device = add_plain(hall, console, "gate", "Cổng 1", shows="gate")
    hall.go(console, "/console/devices")
    open_stream(console)
    device.beat()
    console.mouse.move(*middle(row(console, "Cổng 1")))
    expect(row(console, "Cổng 1")).to_contain_text("Mất nối", timeout=26_000)


def test_revoking_asks_with_the_name_everywhere_and_holds_when_it_is_answered(hall: Hall) -> None:
    console = hall.secretary()
    device = add_plain(hall, console, "tablet", "Bàn 1", shows="idle")
    hall.go(console, f"/console/devices/{device.id}")
    asked: list[str] = []
    console.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    console.get_by_role("button", name="Thu hồi").click()
    console.get_by_role("button", name="Địa chỉ mới").click()
    assert [("«Bàn 1»" in each) for each in asked] == [True, True]
    assert device.beat() == 204, "nobody has said yes"


def test_the_board_tells_everything_of_every_device_at_any_width(
    hall: Hall, accessible: Callable[[Page], None]
) -> None:
    console = hall.secretary()
    fleet = [
        add_plain(hall, console, kind, name, **said)
        for kind, name, said in (
            ("gate", "Cổng Đông, lối vào từ phố Điện Biên Phủ", {"shows": "gate"}),
            ("tablet", "Bàn tổ dân phố Nguyễn Thượng Mẫn 2", {"shows": "idle", "battery": 0.12}),
            ("tablet", "Bàn Khối Thống Nhất", {"shows": "idle", "ahead": 44}),
            ("tablet", "Bàn Bưu điện", {"shows": "selftest", "page": "0123456789ab"}),
            ("projector", "Máy chiếu lớn", {"shows": "wall", "charging": True}),
        )
    ]
    for size in ((1440, 900), PHONE):
        console.set_viewport_size({"width": size[0], "height": size[1]})
        hall.go(console, "/console/devices")
        open_stream(console)
        for device in fleet:
            device.beat()
        gate = console.locator(f"#device-{fleet[0].id}")
        for told in ("Cổng, vào", "Tốt", "Quét thẻ", "80%", "0 giây", "trang mới"):
            expect(gate).to_contain_text(told)
        expect(gate).to_contain_text(re.compile(r"\d\d:\d\d"))
        for place, word, told in (
            (1, "Pin yếu", "12%"),
            (2, "Lệch giờ", "+44 giây"),
            (3, "Trang cũ", "bản cũ 012345"),
        ):
            troubled = console.locator(f"#device-{fleet[place].id}")
            expect(troubled.locator(".chip-bad")).to_contain_text(word)
            expect(troubled.locator(".chip-bad .icon")).to_be_visible()
            expect(troubled.locator("td.bad")).to_contain_text(told)
            for column in ("Máy tính bảng, theo phiên họp", "trang"):
                expect(troubled).to_contain_text(re.compile(column, re.I))
        accessible(console)
        assert console.evaluate("document.documentElement.scrollWidth <= innerWidth")
    hall.watch.ensure_calm()


def test_silence_shows_on_the_board_at_twenty_seconds(hall: Hall) -> None:
    console = hall.secretary()
    device = add_plain(hall, console, "gate", "Cổng 1", shows="gate")
    hall.go(console, "/console/devices")
    open_stream(console)
    for _ in range(3):
        device.beat()
        last = time.monotonic()
        expect(row(console, "Cổng 1")).to_contain_text("Tốt")
        expect(row(console, "Cổng 1")).to_contain_text("Mất nối", timeout=30_000)
        assert 19.0 <= time.monotonic() - last <= 22.0
        console.wait_for_timeout(3_700)  # another moment of the board's own rhythm
        device.beat()
        back = time.monotonic()
        expect(row(console, "Cổng 1")).to_contain_text("Tốt")
        assert time.monotonic() - back <= 2.5, "that it is back shows as fast"

"""Devices in a real browser: paired by code, named, pinned, re-roled and revoked.

Every device is a context of its own that shares nothing; the server is a process of its own.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from device_hall import PHONE, SOON, Hall, device_number, founded, is_at, open_stream, opened
from PIL import Image
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from support import RunningServer

from kiosk.core import qr

pytestmark = pytest.mark.browser

#: As in the conftest; a camera of a film needs a browser of its own.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


@pytest.fixture
def hall(
    tmp_path: Path, serve: Callable[[Path], RunningServer], chromium: Chromium
) -> Iterator[Hall]:
    folder = tmp_path / "instance"
    made = founded(folder)
    with opened(serve(folder), made, chromium) as one:
        yield one


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

    console.once("dialog", lambda dialog: dialog.accept())
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
    row = console.locator(".fleet-fine tr").filter(has_text="Máy tính bảng 1")
    expect(row).to_contain_text("Trang chờ")
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


def test_the_consoles_own_camera_reads_the_qr_of_a_new_device(
    hall: Hall, browser_path: str, tmp_path: Path
) -> None:
    device = hall.page()
    hall.go(device, "/pair")
    code = device.locator("#pair-code").inner_text().replace(" ", "")
    film = tmp_path / "qr.mjpeg"
    picture = Image.new("RGB", (640, 480), "white")
    drawn = Image.open(io.BytesIO(qr.png(f"{hall.server.address}/pair/code/{code}", scale=8)))
    picture.paste(drawn.convert("RGB"), (120, 60))
    with film.open("wb") as frames:
        for _ in range(20):
            picture.save(frames, "JPEG", quality=90)
    with_camera = hall.chromium.browser_type.launch(
        executable_path=browser_path,
        args=[
            *ARGUMENTS,
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )
    try:
        hall.chromium = with_camera
        console = hall.secretary()
        hall.go(console, "/console/devices/pair")
        console.get_by_role("button", name="Quét mã QR").click()
        expect(console.locator(".found .six")).to_have_text(f"{code[:3]} {code[3:]}", timeout=SOON)
        console.get_by_role("button", name="Ghép máy này").click()
        expect(console.locator(".notice-welcome")).to_contain_text("Đã ghép")
        is_at(device, "/projector")
        hall.watch.ensure_calm()
    finally:
        with_camera.close()
        hall.contexts.pop()

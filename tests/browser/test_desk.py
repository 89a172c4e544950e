"""The reception desk as its clerk walks it: three taps for an act, four steps for a new badge."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from support import PASSWORD, RunningServer, run_kiosk
from watching import Watch

from kiosk import founding

pytestmark = pytest.mark.browser

PERSON = re.compile(r"/desk/people/\d+")


@pytest.fixture(scope="module")
def hall(
    hall_folder: tuple[Path, founding.Made], serve: Callable[[Path], RunningServer]
) -> RunningServer:
    folder, _ = hall_folder
    done = run_kiosk(
        "staff", "add", "bàn 1", "--role", "desk", "--password-stdin", folder=folder, stdin=PASSWORD
    )
    assert done.returncode == 0, done.stderr.decode()
    return serve(folder)


@pytest.fixture
def desk(hall: RunningServer, tab: Callable[..., Page]) -> Page:
    page = tab(Watch(home=urlsplit(hall.address).netloc), 1440, 900)
    page.goto(f"{hall.address}/desk")
    page.get_by_label("Tên đăng nhập").fill("bàn 1")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Vào bàn điều hành").click()
    page.wait_for_url("**/desk")
    return page


def find(page: Page, typed: str, name: str) -> None:
    page.get_by_label("Tìm người").fill(typed)
    page.locator(".found a", has_text=name).first.click()
    expect(page.locator("#desk-person h2")).to_contain_text(name)


def test_the_clerk_records_replaces_and_merges(
    desk: Page, accessible: Callable[[Page], None]
) -> None:
    assert desk.get_by_role("link", name="Bàn đón tiếp").get_attribute("aria-current") == "page"
    # Present by hand: the name, the act, the reason.
    desk.get_by_label("Tìm người").fill("duc")
    expect(desk.locator(".found li").first).to_contain_text("Lê Minh Đức")
    accessible(desk)
    find(desk, "duc", "Lê Minh Đức")
    desk.locator("summary", has_text="Ghi có mặt").click()
    desk.get_by_role("button", name="Quên thẻ").click()
    expect(desk.locator("#desk-person .chip-welcome")).to_contain_text("Có mặt")
    expect(desk.locator("#desk-count b")).to_have_text("1")
    accessible(desk)

    # A new badge in four steps: the name, "Thẻ", the reason, "In thẻ".
    find(desk, "le duc", "Lê Minh Đức")
    desk.locator("summary", has_text="Thẻ").last.click()
    desk.get_by_role("button", name="Mất thẻ").click()
    desk.wait_for_url("**badge=1")
    assert re.fullmatch(r"\d{14}", desk.locator(".badge-now .code").inner_text())
    with desk.expect_download() as download:
        desk.get_by_role("button", name="In thẻ").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    accessible(desk)

    # Absent with a reason of three letters' worth.
    find(desk, "yen", "Vũ Thị Yến")
    desk.locator("summary", has_text="Ghi vắng").click()
    accessible(desk)
    desk.get_by_role("button", name="Ốm").click()
    expect(desk.locator("#desk-person .person-head")).to_contain_text("Vắng có lý do")

    # Somebody on no list; then a substitute, who takes the place.
    desk.get_by_label("Tìm người").fill("hoang xuan moi")
    desk.locator("#desk-found").get_by_role("link", name="Thêm người mới").click()
    desk.get_by_label("Họ và tên").fill("Hoàng Xuân Mới")
    accessible(desk)
    desk.get_by_role("button", name="Thêm và cấp thẻ").click()
    desk.wait_for_url("**badge=1")
    expect(desk.locator("#desk-person .chip-guest")).to_be_visible()
    find(desk, "lan", "Phạm Thị Lan")
    desk.get_by_role("link", name="Cử người dự thay").click()
    expect(desk.get_by_label("Bầu Ban Thanh tra")).not_to_be_checked()
    desk.get_by_label("Họ và tên").fill("Trần Thị Thay")
    accessible(desk)
    desk.get_by_role("button", name="Ghi dự thay và cấp thẻ").click()
    desk.wait_for_url("**badge=1")
    expect(desk.locator("#desk-person .chip-act")).to_contain_text("Dự thay Phạm Thị Lan")
    find(desk, "pham lan", "Phạm Thị Lan")
    expect(desk.locator("#desk-person summary", has_text="Ghi có mặt")).to_have_count(0)
    expect(desk.locator("#desk-count b")).to_have_text("2")

    # The paper list: previewed, stored, and nobody twice.
    desk.goto(desk.url.split("/desk")[0] + "/desk/paper")
    desk.get_by_label("Số thứ tự").fill("2-4, 5 99 chín")
    desk.get_by_role("button", name="Xem trước").click()
    expect(desk.locator("#paper-preview")).to_have_attribute("data-fresh", "3")
    expect(desk.locator("#paper-present")).to_contain_text("Lê Minh Đức")
    expect(desk.locator("#paper-unknown")).to_contain_text("99")
    expect(desk.locator("#paper-unread")).to_contain_text("chín")
    accessible(desk)
    desk.get_by_role("button", name="Ghi 3 người, bỏ các số lạ").click()
    expect(desk.locator("#paper-preview")).to_have_attribute("data-done", "1")
    accessible(desk)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (800, 1280), (390, 844)])
def test_the_desk_fits_its_screens(
    desk: Page, accessible: Callable[[Page], None], width: int, height: int
) -> None:
    desk.set_viewport_size({"width": width, "height": height})
    find(desk, "sen", "Ngô Thị Sen")
    box = desk.locator("#desk-person h2").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < height  # what was chosen is on the screen without scrolling
    assert not desk.evaluate("document.documentElement.scrollWidth > innerWidth")
    accessible(desk)

"""The first day in a real browser: from an empty laptop to a counted vote, the wall beside it.

Nothing is prepared behind the pages' back: the plan and the roster are uploaded, the badges are
printed and read off their own PDF, the devices are paired by their one-time addresses.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Page, expect
from support import ROSTER, ROSTER_NAME, RunningServer
from watching import Watch

from kiosk import config, founding
from kiosk.conference import badge_code
from kiosk.founding import real_plan

pytestmark = pytest.mark.browser

FORGED = badge_code.derive(b"nobody has this key", delegate_id=1, issue=1)


def sign_in(page: Page, address: str, made: founding.Made) -> None:
    page.goto(f"{address}/console")
    page.get_by_label("Tên đăng nhập").fill(made.account)
    page.get_by_label("Mật khẩu").fill(made.password)
    page.get_by_role("button", name="Vào bàn điều hành").click()
    page.wait_for_url("**/console")


def add_device(page: Page, address: str, kind: str, name: str) -> str:
    """Add a device on its page; returns the one-time address that is shown once."""
    page.goto(f"{address}/console/devices")
    page.get_by_label("Loại").select_option(kind)
    page.get_by_label("Tên", exact=True).fill(name)
    page.get_by_role("button", name="Thêm thiết bị").click()
    shown = page.locator("#added a")
    expect(shown).to_be_visible()
    return shown.inner_text()


def codes_on(sheet: bytes) -> list[str]:
    """Every badge of a PDF, read from its pages at 150 dpi as a scanner would."""
    found = []
    for page in pypdfium2.PdfDocument(io.BytesIO(sheet)):
        picture = page.render(scale=150 / 72).to_pil()
        found += [code.text for code in zxingcpp.read_barcodes(picture)]
    return found


def scan(gate: Page, code: str) -> None:
    """A USB scanner types the digits and Enter, wherever the focus is."""
    gate.bring_to_front()
    gate.keyboard.type(code)
    gate.keyboard.press("Enter")


def answer(gate: Page, outcome: str) -> None:
    expect(gate.locator("#answer")).to_have_attribute("data-outcome", outcome)


@pytest.fixture(scope="module")
def empty_hall(
    tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], RunningServer]
) -> tuple[RunningServer, founding.Made]:
    folder = tmp_path_factory.mktemp("day") / "instance"
    made = founding.make_conference(config.load(folder))
    return serve(folder), made


def test_a_day_from_an_empty_laptop_to_a_counted_vote(
    empty_hall: tuple[RunningServer, founding.Made],
    tab: Callable[..., Page],
    accessible: Callable[[Page], None],
    tmp_path: Path,
) -> None:
    server, made = empty_hall
    address = server.address
    watch = Watch(home=urlsplit(address).netloc)
    console = tab(watch, 1440, 900)

    # The secretary signs in and uploads the real plan.
    console.goto(f"{address}/console")
    accessible(console)
    sign_in(console, address, made)
    accessible(console)
    console.get_by_role("link", name="Tải kế hoạch lên").click()
    name, data = real_plan()
    plan_file = tmp_path / name
    plan_file.write_bytes(data)
    console.locator("#plan").set_input_files(plan_file)
    console.get_by_role("button", name="Xem trước kế hoạch").click()
    expect(console.locator("#plan-preview li")).to_have_count(9)
    accessible(console)
    console.get_by_role("button", name="Dùng kế hoạch này").click()
    expect(console.locator(".draft > li")).to_have_count(9)
    accessible(console)

    # The roster: previewed first, then stored.
    roster_file = tmp_path / ROSTER_NAME
    roster_file.write_text(ROSTER, encoding="utf-8")
    console.goto(f"{address}/console/delegates/import")
    console.locator("#roster").set_input_files(roster_file)
    console.get_by_role("button", name="Xem trước").click()
    expect(console.locator("#preview-result .figure").first).to_have_text("13")
    accessible(console)
    console.get_by_role("button", name="Ghi vào danh sách").click()
    console.wait_for_url("**/console/delegates")
    expect(console.get_by_role("link", name="Hoàng Thị Ngọc Ánh")).to_be_visible()
    console.get_by_label("Tìm theo tên, không cần dấu").fill("ngoc anh")
    expect(console.locator("#delegates a")).to_have_count(1)
    accessible(console)

    # The badges, read off their own sheets.
    with console.expect_download() as download:
        console.get_by_role("button", name="In thẻ cả hội nghị").click()
    codes = codes_on(Path(download.value.path()).read_bytes())
    assert len(codes) == 13
    assert len(set(codes)) == 13

    # Two gates and the wall join by their one-time addresses.
    gates = []
    for number in (1, 2):
        gate = tab(watch, 1280, 800)
        gate.goto(add_device(console, address, "gate", f"Cổng {number}"))
        gate.get_by_role("button", name="Bắt đầu quét").click()
        gates.append(gate)
    accessible(console)
    wall = tab(watch, 1920, 1080)
    wall.goto(add_device(console, address, "projector", "Máy chiếu"))
    expect(wall.locator("#wall")).to_have_attribute("data-screen", "welcome")
    accessible(wall)

    # Below the quorum nothing opens, and the sentence says how many are missing.
    console.goto(f"{address}/console")
    console.get_by_role("button", name="Khai mạc Hội nghị").click()
    expect(console.locator("#notice")).to_contain_text("còn thiếu 8")
    accessible(console)

    # Good, again, forged.
    north, south = gates
    guests = []
    for number, code in enumerate(codes, start=1):
        scan(north, code)
        # The next badge only when this one's own answer has been seen.
        undo = re.compile(f"/gate/undo/{number}$")
        expect(north.locator("#answer")).to_have_attribute("data-undo-url", undo)
        if north.locator("#answer").get_attribute("data-outcome") == "guest":
            guests.append(code)
            accessible(north)
        else:
            answer(north, "admitted")
    assert len(guests) == 1
    accessible(north)
    scan(south, codes[0])
    answer(south, "already" if codes[0] not in guests else "guest")
    accessible(south)
    scan(south, FORGED)
    answer(south, "unknown")
    accessible(south)

    # The wall has followed by itself; the console too.
    expect(wall.locator(".quorum-ring .figure")).to_have_text("12")
    expect(console.locator("[data-figure=present]")).to_have_text("12")

    # Open, two items, one vote by hands.
    console.bring_to_front()
    console.get_by_role("button", name="Khai mạc Hội nghị").click()
    console.get_by_role("button", name="Bắt đầu mục 1").click()
    # The opening introduces who sits in front: the plan's signer presides.
    expect(wall.locator(".seated")).to_contain_text("Phạm Thị Thanh Vân")
    accessible(console)
    accessible(wall)
    console.get_by_label("Câu hỏi mới").fill("Thông qua chương trình Hội nghị")
    console.get_by_role("button", name="Đưa ra biểu quyết").click()
    expect(wall.locator(".motion h1")).to_have_text("Thông qua chương trình Hội nghị")
    accessible(wall)
    console.get_by_label("Tán thành", exact=True).fill("11")
    console.get_by_label("Ý kiến khác").fill("1")
    console.get_by_role("button", name="Ghi kết quả").click()
    expect(wall.locator(".verdict-adopted")).to_contain_text("11 trên 12")
    accessible(wall)
    accessible(console)
    console.get_by_role("button", name="Sang mục 2").click()
    expect(console.locator(".run .now")).to_contain_text("2.")
    console.get_by_role("button", name="Cất kết quả").click()
    expect(wall.locator(".items .now")).to_contain_text("Báo cáo kiểm điểm")

    # The gate takes its last entry back, with a reason; the wall knows at once.
    north.bring_to_front()
    north.get_by_role("button", name="Hủy lượt này").click()
    north.get_by_label("Quét nhầm", exact=True).check()
    accessible(north)
    north.locator("#undo").get_by_role("button", name="Hủy lượt này").click()
    answer(north, "undone")
    present = "12" if codes[-1] in guests else "11"
    expect(console.locator("[data-figure=present]")).to_have_text(present)

    # A revoked gate is a stranger at its next word.
    console.goto(f"{address}/console/devices")
    console.get_by_role("link", name="Cổng 2", exact=True).click()
    console.once("dialog", lambda dialog: dialog.accept())
    console.get_by_role("button", name="Thu hồi").click()
    south.bring_to_front()
    expect(south.get_by_role("heading", name="«Cổng 2» đã được thu hồi")).to_be_visible()
    accessible(south)

    for path in ("/console/book?check=1", "/console/staff", "/console/plan"):
        console.goto(f"{address}{path}")
        accessible(console)
    watch.ensure_calm()


def test_seven_open_tabs_still_follow(
    empty_hall: tuple[RunningServer, founding.Made], tab: Callable[..., Page]
) -> None:
    """Six connections per origin over HTTP/1.1: a hidden tab gives its stream back (lessons 46)."""
    server, made = empty_hall
    watch = Watch(home=urlsplit(server.address).netloc)
    first = tab(watch, 1440, 900)
    sign_in(first, server.address, made)
    tabs = [first] + [tab(watch, 1440, 900, context=first.context) for _ in range(6)]
    for page in tabs[1:]:
        page.bring_to_front()
        page.goto(f"{server.address}/projector")
        expect(page.locator("#wall")).to_be_visible()
        # What a real browser says to a tab behind another; headless ones never hide a page.
        hide(page)
    tabs[-1].bring_to_front()
    show(tabs[-1])
    expect(tabs[-1].locator("html")).to_have_attribute("data-live-state", "open")
    for page in tabs[1:-1]:
        expect(page.locator("html")).to_have_attribute("data-live-state", "hidden")
    show(tabs[1])
    expect(tabs[1].locator("html")).to_have_attribute("data-live-state", "open")
    # And a plain request still gets through at once.
    tabs[2].goto(f"{server.address}/healthz")
    expect(tabs[2].locator("body")).to_contain_text("ok")
    watch.ensure_calm()


TURN = """state => {
  Object.defineProperty(document, 'visibilityState', {value: state, configurable: true});
  document.dispatchEvent(new Event('visibilitychange'));
}"""


TURN = """state => {
  Object.defineProperty(document, 'visibilityState', {value: state, configurable: true});
  document.dispatchEvent(new Event('visibilitychange'));
}"""


def hide(page: Page) -> None:
    page.evaluate(TURN, "hidden")


def show(page: Page) -> None:
    page.evaluate(TURN, "visible")


def test_an_upload_of_twenty_one_megabytes_gets_one_sentence(
    empty_hall: tuple[RunningServer, founding.Made], tab: Callable[..., Page], tmp_path: Path
) -> None:
    server, made = empty_hall
    watch = Watch(home=urlsplit(server.address).netloc)
    console = tab(watch, 1440, 900)
    sign_in(console, server.address, made)
    console.goto(f"{server.address}/console/delegates/import")
    large = tmp_path / "lớn.xlsx"
    large.write_bytes(b"PK\x03\x04" + bytes(21_000_000))
    console.locator("#roster").set_input_files(large)
    console.get_by_role("button", name="Xem trước").click()
    expect(console.locator("#notice")).to_contain_text("lớn hơn 20 MB")
    watch.ensure_calm()

"""The ugly roster in a real browser: columns, an old font, hidden people, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from support import ROOT, RunningServer
from watching import Watch

from kiosk import config, founding
from kiosk.founding import real_plan

pytestmark = pytest.mark.browser

UGLY = ROOT / "docs" / "danh-sach-xau.xlsx"
NO_HEADER = "a;b;c;d\n1;Bùi Văn Mới;Văn thư;Đội mới\n2;Cao Thị Mới;Văn thư;Đội mới\n"


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """Every look at a file starts a worker process; on two busy cores that takes seconds."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="module")
def planned_hall(
    tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], RunningServer]
) -> tuple[RunningServer, founding.Made]:
    folder = tmp_path_factory.mktemp("roster") / "instance"
    made = founding.make_conference(config.load(folder), plan=real_plan())
    return serve(folder), made


def sign_in(page: Page, address: str, made: founding.Made) -> None:
    page.goto(f"{address}/console")
    page.get_by_label("Tên đăng nhập").fill(made.account)
    page.get_by_label("Mật khẩu").fill(made.password)
    page.get_by_role("button", name="Vào bàn điều hành").click()
    page.wait_for_url("**/console")


def preview(page: Page, address: str, file: Path) -> None:
    page.goto(f"{address}/console/delegates/import")
    page.locator("#roster").set_input_files(file)
    page.get_by_role("button", name="Xem trước").click()
    expect(page.locator("#preview-result")).to_be_visible()


def test_an_ugly_roster_is_put_right_on_the_page_stored_and_taken_back(
    planned_hall: tuple[RunningServer, founding.Made],
    tab: Callable[..., Page],
    accessible: Callable[[Page], None],
    tmp_path: Path,
) -> None:
    server, made = planned_hall
    address = server.address
    watch = Watch(home=urlsplit(address).netloc)
    console = tab(watch, 1440, 900)
    sign_in(console, address, made)

    # As the file is: twelve people, one row rejected, letters that nobody can read.
    preview(console, address, UGLY)
    figures = console.locator("#preview-result .figure")
    expect(figures.first).to_have_text("12")
    expect(console.locator("#old-font")).to_contain_text("Quách Đồng")
    expect(console.get_by_role("button", name="Nhập và bỏ các dòng này")).to_be_visible()
    accessible(console)

    # Hidden people, two people of one name, capitals: each only by a tick.
    console.get_by_label("Nhập cả người ở dòng ẩn").check()
    expect(figures.first).to_have_text("13")
    console.get_by_label("Dòng 17 và dòng 16 là hai người khác nhau").check()
    expect(figures.first).to_have_text("14")
    expect(console.get_by_label("Dòng 17 và dòng 16 là hai người khác nhau")).to_be_checked()
    console.get_by_label("Dòng 9: TRẦN THỊ NGỌC ÁNH → Trần Thị Ngọc Ánh").check()
    expect(console.locator("td").get_by_text("Trần Thị Ngọc Ánh", exact=False)).to_be_visible()

    # The old font: chosen, looked at, confirmed; nothing is stored before that.
    console.get_by_label("Cách chuyển").select_option("tcvn3")
    expect(console.locator("td", has_text="Quách Đồng Thắng")).to_be_visible()
    accessible(console)
    console.get_by_role("button", name="Ghi vào danh sách").click()
    expect(console.locator("#notice")).to_contain_text("Chưa xác nhận cách chuyển mã")
    console.get_by_label("Chữ đã đúng").check()
    console.get_by_role("button", name="Ghi vào danh sách").click()
    console.wait_for_url("**/console/delegates")
    expect(console.get_by_role("link", name="Quách Đồng Thắng")).to_be_visible()
    expect(console.get_by_role("link", name="Hoàng Minh Đức")).to_be_visible()
    accessible(console)

    # A list without header words: the columns are named by hand.
    plain = tmp_path / "khong-tieu-de.csv"
    plain.write_text(NO_HEADER, encoding="utf-8")
    preview(console, address, plain)
    expect(console.locator("#preview-refused")).to_contain_text("Không thấy dòng tiêu đề")
    accessible(console)
    console.get_by_label("Cột B").select_option("name")
    console.get_by_label("Cột C").select_option("title")
    console.get_by_label("Cột D").select_option("unit")
    # Each change reads the file again; here all three have been read.
    expect(console.locator("[name=columns_was]")).to_have_value("1:name,2:title,3:unit")
    console.get_by_label("Dòng tiêu đề").fill("1")
    console.get_by_label("Dòng tiêu đề").press("Enter")
    expect(figures.first).to_have_text("2")
    accessible(console)
    console.get_by_role("button", name="Ghi vào danh sách").click()
    console.wait_for_url("**/console/delegates")
    expect(console.get_by_role("link", name="Bùi Văn Mới")).to_be_visible()

    # The last import is taken back, the one before it stays.
    console.goto(f"{address}/console/delegates/import")
    console.get_by_role("button", name="Hoàn tác lần nhập cuối").click()
    dialog = console.get_by_role("dialog")
    expect(dialog).to_contain_text("2 người mới")
    accessible(console)
    dialog.get_by_role("button", name="Hoàn tác lần nhập").click()
    expect(console.locator("table .chip")).to_contain_text("đã hoàn tác")
    console.goto(f"{address}/console/delegates")
    expect(console.get_by_role("link", name="Quách Đồng Thắng")).to_be_visible()
    expect(console.get_by_role("link", name="Bùi Văn Mới")).to_have_count(0)

    # The bodies of the day, and who may not stand.
    console.get_by_role("link", name="Thành phần điều hành").click()
    console.wait_for_url("**/console/committees")  # loaded, so that the search listens
    presidium = console.locator("#body-presidium")
    presidium.get_by_label("Tìm người để thêm").fill("thanh mai")
    presidium.get_by_role("button", name="Thêm Phạm Thị Thanh Mai").click()
    expect(presidium.locator("ol li")).to_contain_text("Phạm Thị Thanh Mai")
    presidium.get_by_role("button", name="Đặt làm chủ tọa Phạm Thị Thanh Mai").click()
    expect(presidium.locator(".chip-act")).to_have_text("Chủ tọa")
    bars = console.locator("#bars li")
    expect(bars).to_have_count(3)
    mai = bars.filter(has_text="Phạm Thị Thanh Mai")
    mai.get_by_role("button", name="Ghi").click()
    expect(mai.locator(".chip-act")).to_have_text("Người đứng đầu")
    accessible(console)

    # The checklist of the plan: one tick, one owner, the count beside them.
    console.goto(f"{address}/console/plan")
    duties = console.locator("#duties")
    expect(duties.locator("#duties-done")).to_have_text("xong 0 trên 14")
    first = duties.locator(".duty").first
    first.get_by_label("Người phụ trách").fill("chị Lan")
    first.get_by_label("Hạn").fill("10/03/2026")
    first.get_by_role("button", name="Lưu").click()
    first.locator("button.duty-tick").click()
    expect(duties.locator("#duties-done")).to_have_text("xong 1 trên 14")
    expect(first.get_by_label("Người phụ trách")).to_have_value("chị Lan")
    accessible(console)
    # A change on the preview replaces a reading that still runs; htmx logs its own abort.
    aborts = ("htmx:afterRequest", "htmx:sendAbort")
    watch.complaints = [each for each in watch.complaints if not each.startswith(aborts)]
    watch.ensure_calm()

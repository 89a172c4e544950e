"""Two people write the minutes of one item in Chromium, one of them cut off; nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from support import PASSWORD, RunningServer
from watching import Watch

from kiosk import config, create_app, founding
from kiosk.core.access import THE_PROGRAM, Role
from kiosk.core.db import db, writer
from kiosk.founding import real_plan
from kiosk.staff import services as staff

pytestmark = pytest.mark.browser

PDF = b"%PDF-1.7\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(scope="module")
def hall(
    tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], RunningServer]
) -> RunningServer:
    folder = tmp_path_factory.mktemp("notes") / "instance"
    settings = config.load(folder)
    founding.make_conference(settings, plan=real_plan())
    app = create_app(settings)
    with app.app_context():
        for name, role in (("lan", Role.SECRETARY), ("minh", Role.CHAIR)):
            staff.add_account(name=name, role=role, password=PASSWORD, by=THE_PROGRAM)
        db.session.remove()
        writer().close()
        db.engine.dispose()
    return serve(folder)


@pytest.fixture
def enter(hall: RunningServer, tab: Callable[..., Page]) -> Callable[[Watch, str, int], Page]:
    """`enter(watch, "lan", 3)`: a browser of that person on that item's page."""

    def sign_in(watch: Watch, name: str, item: int) -> Page:
        page = tab(watch, 1440, 900)
        page.goto(f"{hall.address}/console/agenda/{item}")
        page.get_by_label("Tên đăng nhập").fill(name)
        page.get_by_label("Mật khẩu").fill(PASSWORD)
        page.get_by_role("button", name="Vào bàn điều hành").click()
        page.wait_for_url(f"**/console/agenda/{item}")
        expect(page.locator("html")).to_have_attribute("data-live-state", "open")
        return page

    return sign_in


def type_below(page: Page, text: str) -> None:
    page.locator("#note-text").press("Control+End")
    page.locator("#note-text").press_sequentially(text)


def state(page: Page, word: str) -> None:
    expect(page.locator("#note-state")).to_have_attribute("data-state", word)


def watch_of(hall: RunningServer) -> Watch:
    return Watch(home=urlsplit(hall.address).netloc)


def cut_off(context: BrowserContext, is_off: bool) -> None:
    context.set_offline(is_off)


def test_two_writers_one_of_them_cut_off_lose_nothing(
    hall: RunningServer,
    enter: Callable[[Watch, str, int], Page],
    accessible: Callable[[Page], None],
) -> None:
    watch = watch_of(hall)
    lan, minh = enter(watch, "lan", 3), enter(watch, "minh", 3)
    state(lan, "empty")
    accessible(lan)

    # One writes, the other sees it without a tap.
    type_below(lan, "Đồng chí Đức trình bày.")
    state(lan, "typing")
    state(lan, "saved")
    expect(minh.locator("#note-text")).to_have_value("Đồng chí Đức trình bày.")
    type_below(minh, "\nĐồng chí Yến hỏi.")
    expect(lan.locator("#note-text")).to_have_value("Đồng chí Đức trình bày.\nĐồng chí Yến hỏi.")
    watch.ensure_calm()

    # The line of one is cut: the page says so, and keeps the text.
    cut_off(lan.context, True)
    type_below(lan, "\nThư ký ghi khi mất mạng.")
    state(lan, "lost")
    expect(lan.locator("#note-lost")).to_be_visible()
    type_below(minh, "\nChủ tọa kết luận.")
    state(minh, "saved")

    # Back again: both are kept, side by side, with a proposal.
    cut_off(lan.context, False)
    state(lan, "branch")
    expect(lan.locator(".conflict")).to_contain_text("Thư ký ghi khi mất mạng.")
    expect(lan.locator(".conflict")).to_contain_text("Chủ tọa kết luận.")
    expect(minh.locator(".conflict")).to_be_visible()
    accessible(lan)
    both = "Đồng chí Đức trình bày.\nĐồng chí Yến hỏi.\nThư ký ghi khi mất mạng.\nChủ tọa kết luận."
    expect(lan.locator("[data-merged]")).to_have_value(both)
    # Whoever settles it may edit it first.
    minh.locator("[data-merged]").fill(f"{both}\nHết.")
    minh.get_by_role("button", name="Dùng bản gộp này").click()
    for page in (lan, minh):
        expect(page.locator(".conflict")).to_have_count(0)
        expect(page.locator("#note-text")).to_have_value(f"{both}\nHết.")
        state(page, "saved")
    lan.get_by_text("Các bản đã lưu").click()
    expect(lan.locator(".versions li")).to_have_count(5)
    accessible(lan)


def test_a_text_that_was_never_sent_is_there_at_the_next_visit(
    hall: RunningServer, enter: Callable[[Watch, str, int], Page]
) -> None:
    watch = watch_of(hall)
    lan = enter(watch, "lan", 4)
    type_below(lan, "Đã lưu.")
    state(lan, "saved")
    # The server answers nothing any more, and the page is closed with a text in it.
    lan.route("**/note", lambda route: route.abort())
    type_below(lan, " Chưa gửi.")
    state(lan, "lost")
    lan.unroute("**/note")
    lan.route("**/note", lambda route: route.abort(), times=5)
    lan.goto(f"{hall.address}/healthz")
    lan.unroute_all()
    lan.goto(f"{hall.address}/console/agenda/4")
    expect(lan.locator("#note-text")).to_have_value("Đã lưu. Chưa gửi.")
    state(lan, "saved")
    lan.reload()
    expect(lan.locator("#note-text")).to_have_value("Đã lưu. Chưa gửi.")
    assert lan.evaluate("Object.keys(localStorage).length") == 0


def test_an_answer_that_was_lost_makes_no_conflict_with_oneself(
    hall: RunningServer, enter: Callable[[Watch, str, int], Page]
) -> None:
    lan = enter(watch_of(hall), "lan", 7)
    sent: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        sent.append(route.request.post_data_json["text"])
        if len(sent) == 1:
            route.fetch()  # stored, and then the line is cut
            route.abort()
        else:
            route.continue_()

    lan.route("**/note", lose_the_first_answer)
    type_below(lan, "Dòng một.")
    state(lan, "lost")
    type_below(lan, " Gõ tiếp.")
    state(lan, "saved")
    assert sent == ["Dòng một.", "Dòng một.", "Dòng một. Gõ tiếp."]
    expect(lan.locator(".conflict")).to_have_count(0)
    lan.unroute_all()
    lan.reload()
    expect(lan.locator("#note-text")).to_have_value("Dòng một. Gõ tiếp.")


def test_a_duplicated_tab_keeps_a_draft_of_its_own_and_a_young_one_is_fetched_later(
    hall: RunningServer, enter: Callable[[Watch, str, int], Page]
) -> None:
    watch = watch_of(hall)
    lan = enter(watch, "lan", 8)
    # The browser's "duplicate tab" takes the storage of the tab with it.
    copied: dict[str, str] = lan.evaluate("({...sessionStorage})")
    twin = lan.context.new_page()
    for name, text in copied.items():
        twin.add_init_script(
            f"if (!sessionStorage.getItem('seen')) sessionStorage.setItem({name!r}, {text!r});"
        )
    twin.add_init_script("sessionStorage.setItem('seen', '1')")
    twin.goto(lan.url)
    expect(twin.locator("html")).to_have_attribute("data-live-state", "open")
    lan.context.set_offline(True)
    type_below(lan, "Thẻ thứ nhất.")
    state(lan, "lost")
    type_below(twin, "Thẻ thứ hai.")
    state(twin, "lost")
    drafts = twin.evaluate("Object.values(localStorage).map((each) => JSON.parse(each).text)")
    assert sorted(drafts) == ["Thẻ thứ hai.", "Thẻ thứ nhất."]
    # One of them dies with its tab; a new visit has both, without being loaded a second time.
    twin.close()
    lan.context.set_offline(False)
    state(lan, "saved")
    visit = lan.context.new_page()
    visit.goto(lan.url)
    expect(visit.locator(".conflict")).to_contain_text("Thẻ thứ hai.", timeout=20_000)
    expect(visit.locator(".conflict")).to_contain_text("Thẻ thứ nhất.")
    visit.close()


def test_leaving_the_page_saves_what_was_typed(
    hall: RunningServer, enter: Callable[[Watch, str, int], Page]
) -> None:
    lan = enter(watch_of(hall), "lan", 5)
    type_below(lan, "Ghi vội rồi đi")
    lan.goto(f"{hall.address}/console")
    lan.goto(f"{hall.address}/console/agenda/5")
    expect(lan.locator("#note-text")).to_have_value("Ghi vội rồi đi")
    state(lan, "saved")


def test_a_text_that_is_too_long_stays_on_the_page_and_is_called_unsaved(
    hall: RunningServer, enter: Callable[[Watch, str, int], Page]
) -> None:
    watch = watch_of(hall)
    lan = enter(watch, "lan", 6)
    lan.locator("#note-text").fill("ệ" * 20_001)
    state(lan, "refused")
    expect(lan.locator("#notice")).to_contain_text("nhiều nhất 20000")
    expect(lan.locator("#note-count")).to_have_class("too-long")
    lan.locator("#note-text").fill("ệ" * 20_000)
    state(lan, "saved")
    expect(lan.locator("#notice")).to_be_empty()
    watch.ensure_calm()


def test_a_pdf_the_chairs_words_and_the_script_page(
    hall: RunningServer,
    enter: Callable[[Watch, str, int], Page],
    accessible: Callable[[Page], None],
    tmp_path: Path,
) -> None:
    watch = watch_of(hall)
    minh = enter(watch, "minh", 2)
    file = tmp_path / "Báo cáo.pdf"
    file.write_bytes(PDF)
    minh.locator("#file").set_input_files(file)
    minh.get_by_role("button", name="Đính kèm", exact=True).click()
    with minh.expect_download() as download:
        minh.get_by_role("link", name="Báo cáo.pdf").click()
    assert Path(download.value.path()).read_bytes() == PDF
    assert download.value.suggested_filename == "Báo cáo.pdf"
    accessible(minh)
    minh.get_by_label("Lời dẫn", exact=True).fill("Kính mời đồng chí Đức.\n\n[Nhạc nền]")
    minh.get_by_role("button", name="Lưu lời dẫn").click()
    expect(minh.get_by_text("Đã sửa riêng")).to_be_visible()
    for width, height in ((1280, 800), (800, 1280)):
        minh.set_viewport_size({"width": width, "height": height})
        minh.goto(f"{hall.address}/console/script")
        expect(minh.locator("#part-2 .cue")).to_have_text("Nhạc nền")
        accessible(minh)
        assert minh.evaluate("document.documentElement.scrollWidth") <= width
    watch.ensure_calm()


def test_the_console_shows_what_the_hall_sees(
    hall: RunningServer,
    enter: Callable[[Watch, str, int], Page],
    accessible: Callable[[Page], None],
) -> None:
    watch = watch_of(hall)
    lan = enter(watch, "lan", 1)
    lan.goto(f"{hall.address}/console")
    picture = lan.locator("#hall-preview")
    expect(picture).to_have_attribute("data-preview", "welcome")
    lan.get_by_role("button", name="Nhường màn hình").click()
    expect(picture).to_have_attribute("data-preview", "aside")
    accessible(lan)
    wall = lan.context.new_page()
    wall.set_viewport_size({"width": 1920, "height": 1080})
    wall.goto(f"{hall.address}/projector")
    expect(wall.locator("#wall")).to_have_attribute("data-screen", "aside")
    colour = "getComputedStyle(document.querySelector('.screen-aside')).backgroundColor"
    assert wall.evaluate(colour) == "rgb(0, 0, 0)"
    accessible(wall)
    lan.get_by_role("button", name="Lấy lại màn hình").click()
    expect(picture).to_have_attribute("data-preview", "welcome")
    expect(wall.locator("#wall")).to_have_attribute("data-screen", "welcome")
    # The picture keeps to its box, in the shape of the wall.
    box = picture.bounding_box()
    assert box is not None
    assert abs(box["width"] / box["height"] - 16 / 9) < 0.02
    watch.ensure_calm()

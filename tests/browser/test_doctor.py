"""Go or no-go in a real Chromium: the console's page, and the self-test on a gate and the wall.

The camera is a film: Chromium plays a picture of the printed test page as its fake device.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pypdfium2
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from support import PASSWORD, RunningServer, run_kiosk
from watching import Watch

from kiosk import founding
from kiosk.conference import badge_code
from kiosk.core.clock import utc_now
from kiosk.doctor import paper

pytestmark = pytest.mark.browser

DEVICES = {"Cổng 1": "gate", "Bảng 1": "tablet", "Máy chiếu": "projector"}


@pytest.fixture(scope="module")
def hall(
    hall_folder: tuple[Path, founding.Made], serve: Callable[[Path], RunningServer]
) -> RunningServer:
    folder, _ = hall_folder
    for name, role in (("Hoàng", "technician"), ("Minh", "chair")):
        done = run_kiosk(
            "staff", "add", name, "--role", role, "--password-stdin", folder=folder, stdin=PASSWORD
        )
        assert done.returncode == 0, done.stderr.decode()
    return serve(folder)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The printer's test page as a camera sees it: its badge, in Motion JPEG."""
    order = paper.test_page(at=utc_now(), rehearsal=False)
    made = paper.test_page_job(order, lambda done, total: None)
    with pypdfium2.PdfDocument(made) as pages:
        whole = pages[0].render(scale=2.5).to_pil()
    width, height = whole.size
    badge = whole.crop((width // 5, height * 2 // 5, width * 4 // 5, height * 4 // 5))
    badge = badge.resize((640, round(640 * badge.size[1] / badge.size[0])))
    frame = badge.crop((0, 0, 640, 480)) if badge.size[1] >= 480 else badge.resize((640, 480))
    jpeg = io.BytesIO()
    frame.convert("RGB").save(jpeg, "JPEG", quality=95)
    file = tmp_path_factory.mktemp("film") / "badge.mjpeg"
    file.write_bytes(jpeg.getvalue() * 3)
    return file


@pytest.fixture(scope="module")
def chromium_with_camera(browser_path: str, film: Path) -> Iterator[Browser]:
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def open_page(
    hall: RunningServer, chromium_with_camera: Browser
) -> Iterator[Callable[..., tuple[Page, Watch]]]:
    """`open_page(1440, 900, touch=False)`: a browser of its own and who watches it."""
    contexts = []

    def make(width: int, height: int, *, touch: bool = False) -> tuple[Page, Watch]:
        context = chromium_with_camera.new_context(
            viewport={"width": width, "height": height}, locale="vi-VN", has_touch=touch
        )
        contexts.append(context)
        watch = Watch(home=urlsplit(hall.address).netloc)
        page = watch.over(context.new_page())
        page.set_default_timeout(20_000)
        return page, watch

    yield make
    for context in contexts:
        context.close()


def sign_in(page: Page, hall: RunningServer, name: str) -> None:
    page.goto(f"{hall.address}/console/doctor")
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Vào bàn điều hành").click()
    page.wait_for_url("**/console/doctor")


def to_mend(word: Locator) -> int:
    return int(re.sub(r"\D", "", word.inner_text()))


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


def pair(page: Page, hall: RunningServer, kind: str, name: str) -> None:
    done = run_kiosk("device", "add", "--kind", kind, "--name", name, folder=hall.folder)
    assert done.returncode == 0, done.stderr.decode()
    page.goto(done.stdout.decode().strip())


def test_the_technician_checks_the_hall(
    hall: RunningServer,
    open_page: Callable[..., tuple[Page, Watch]],
    accessible: Callable[[Page], None],
) -> None:
    page, watch = open_page(1440, 900)
    sign_in(page, hall, "Hoàng")
    here = page.locator("nav.pages [aria-current=page]")
    expect(here).to_have_text("Kiểm tra sẵn sàng")
    word = page.locator("#verdict")
    expect(word).to_have_text(re.compile(r"^CẦN SỬA \d+ VIỆC$"))
    accessible(page)
    # The first copy of the hall is made meanwhile; only its end is waited for, not its moment.
    mend = page.locator("section:has(#mend-title) li")
    expect(mend.filter(has_text="Bản sao lưu gần nhất")).to_have_count(0, timeout=60_000)
    before = to_mend(word)

    # Measured in the worker; the stream brings the new sheet without a reload.
    page.get_by_role("button", name="Kiểm tra lại").click()
    expect(page.locator("#measuring")).to_be_visible()
    expect(page.locator(".verdict")).to_contain_text("Hoàng cho đo máy tính lúc", timeout=60_000)
    expect(page.locator("#measuring")).to_be_hidden()
    after = to_mend(word)
    assert after == before - 1  # the one line that said "not measured"

    # A tap at the laptop: who and when, at once.
    taps = page.locator("#tai-may")
    taps.get_by_role("button", name="Đồng hồ đúng").click()
    expect(taps.locator("li").first).to_contain_text("Hoàng")
    expect(word).to_have_text(f"CẦN SỬA {after - 1} VIỆC")
    # Everything else is folded, and stays open once it was opened.
    title = page.locator("summary strong", has_text=re.compile("^Máy tính$"))
    machine = page.locator("details.whole", has=title)
    machine.locator("summary").click()
    expect(machine.locator("tbody tr").first).to_be_visible()
    taps.get_by_role("button", name="Đã tắt chế độ ngủ").click()
    expect(word).to_have_text(f"CẦN SỬA {after - 2} VIỆC")
    expect(machine.locator("tbody tr").first).to_be_visible()
    accessible(page)
    unfold(page)
    accessible(page)

    # Both papers come as files.
    for button in ("In phiếu", "In trang thử"):
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    watch.ensure_calm()

    # The chair looks.
    chair, chair_watch = open_page(1280, 800)
    sign_in(chair, hall, "Minh")
    expect(chair.locator("#verdict")).to_have_text(word.inner_text())
    assert chair.get_by_role("button", name="Kiểm tra lại").count() == 0
    assert chair.locator("#tai-may button").count() == 0
    accessible(chair)
    chair_watch.ensure_calm()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 800), (800, 1280), (390, 844)])
def test_the_sheet_fits_its_screens(
    hall: RunningServer,
    open_page: Callable[..., tuple[Page, Watch]],
    accessible: Callable[[Page], None],
    width: int,
    height: int,
) -> None:
    page, _ = open_page(width, height)
    sign_in(page, hall, "Hoàng")
    box = page.locator("#verdict").bounding_box()
    assert box is not None
    assert 0 < box["y"] < height * 0.8, "the word is on the first screen"
    unfold(page)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    accessible(page)


def test_a_gate_is_tried_by_ear_finger_camera_and_scanner(
    hall: RunningServer,
    open_page: Callable[..., tuple[Page, Watch]],
    accessible: Callable[[Page], None],
) -> None:
    page, watch = open_page(1280, 800, touch=True)
    pair(page, hall, "gate", "Cổng 1")
    page.goto(f"{hall.address}/selftest")
    outcome = page.locator(".outcome")
    expect(outcome).to_contain_text("Còn phải thử: loa, máy quét / máy ảnh.")
    accessible(page)

    # Without a name nothing is recorded, and the field asks for it.
    page.get_by_role("button", name="Bắt đầu chạm").tap()
    page.locator("[data-part=touch][data-ok='0']").tap()
    expect(page.locator("#notice")).to_contain_text("Chưa biết ai thử")
    expect(page.locator("#tester")).to_be_focused()
    page.keyboard.type("Bùi Văn Sáu")
    page.keyboard.press("Tab")

    # The question comes after the sound.
    heard = page.get_by_role("button", name="Nghe rõ")
    expect(heard).to_be_hidden()
    page.get_by_role("button", name="Phát âm thanh").tap()
    heard.tap()
    expect(page.locator("[data-part-state=sound]")).to_have_attribute("data-is", "passed")
    expect(page.locator("[data-part-state=sound]")).to_contain_text("Bùi Văn Sáu")

    # A scanner types: first a card of another kind, then the badge of nobody.
    page.keyboard.type("52601815908375")
    page.keyboard.press("Enter")
    expect(page.locator("#wrong")).to_be_visible()
    accessible(page)
    page.keyboard.type(badge_code.TEST)
    page.keyboard.press("Enter")
    expect(page.locator("[data-part-state=scan]")).to_have_attribute("data-is", "passed")
    expect(page.locator("#wrong")).to_be_hidden()
    expect(outcome).to_contain_text("Máy này đạt.")

    # The camera reads the printed page, and is given back.
    page.get_by_role("button", name="Mở máy ảnh").tap()
    expect(page.locator("[data-part-state=camera]")).to_have_attribute(
        "data-is", "passed", timeout=30_000
    )
    expect(page.locator("#finder")).to_have_attribute("data-camera", "off")

    # Touch: three corners are not four.
    page.get_by_role("button", name="Bắt đầu chạm").tap()
    corners = page.locator("[data-corner]")
    accessible(page)
    for corner in corners.all()[:3]:
        corner.tap()
    expect(page.locator("[data-part-state=touch]")).to_have_attribute("data-is", "spare")
    corners.nth(3).tap()
    expect(page.locator("[data-part-state=touch]")).to_have_attribute("data-is", "passed")
    expect(page.locator("#corners")).to_be_hidden()
    accessible(page)

    # One part failed: the gate can still be used, and says which part.
    page.locator("[data-part=scan][data-ok='0']").tap()
    expect(outcome).to_contain_text("có phần chưa đạt")
    # It stays where it was opened, and leads home when it is done.
    page.wait_for_timeout(1500)
    assert page.url.endswith("/selftest")
    page.get_by_role("link", name="Xong").tap()
    page.wait_for_url("**/gate")
    watch.ensure_calm()

    # At the real gate the same badge shows as a test and admits nobody.
    page.get_by_role("button", name="Bắt đầu quét").tap()
    page.keyboard.type(badge_code.TEST)
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_have_attribute("data-detail", "test")
    expect(page.locator("#answer")).to_contain_text("Thẻ thử")


def test_the_wall_shows_its_picture_to_the_very_edge(
    hall: RunningServer,
    open_page: Callable[..., tuple[Page, Watch]],
    accessible: Callable[[Page], None],
) -> None:
    page, watch = open_page(1920, 1080)
    pair(page, hall, "projector", "Máy chiếu")
    page.goto(f"{hall.address}/selftest")
    box = page.locator(".test-picture").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 1920, "height": 1080}
    accessible(page)
    page.get_by_label("Người thử").fill("Bùi Văn Sáu")
    page.get_by_role("button", name="Hình đủ và rõ").click()
    expect(page.locator("[data-part-state=picture]")).to_have_attribute("data-is", "passed")
    accessible(page)
    for width, height in ((1280, 800), (1024, 768)):
        page.set_viewport_size({"width": width, "height": height})
        last = page.locator(".answers").bounding_box()
        assert last is not None
        assert last["y"] + last["height"] < height
        assert not page.evaluate("document.documentElement.scrollHeight > innerHeight")
    watch.ensure_calm()


@pytest.mark.parametrize(("width", "height"), [(800, 1280), (390, 844)])
def test_a_tablet_tries_itself_on_its_screens(
    hall: RunningServer,
    open_page: Callable[..., tuple[Page, Watch]],
    accessible: Callable[[Page], None],
    width: int,
    height: int,
) -> None:
    page, watch = open_page(width, height, touch=True)
    pair(page, hall, "tablet", f"Bảng {width}")
    page.goto(f"{hall.address}/selftest")
    accessible(page)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.get_by_label("Người thử").fill("Bùi Văn Sáu")
    page.get_by_role("button", name="Bắt đầu chạm").tap()
    for corner in page.locator("[data-corner]").all():
        corner.tap()
    expect(page.locator(".outcome")).to_contain_text("Đạt một phần.")
    page.locator("h1").tap()  # a field that keeps the focus keeps the scanner's keys
    page.keyboard.type(badge_code.TEST)
    page.keyboard.press("Enter")
    expect(page.locator(".outcome")).to_contain_text("Máy này đạt.")
    accessible(page)
    watch.ensure_calm()


def test_a_camera_gate_reads_again_by_itself_after_a_reload_and_says_that_it_is_mute(
    hall: RunningServer,
    open_page: Callable[..., tuple[Page, Watch]],
    accessible: Callable[[Page], None],
) -> None:
    page, watch = open_page(1280, 800, touch=True)
    pair(page, hall, "gate", "Cổng máy ảnh")
    page.get_by_role("button", name="Bắt đầu quét").tap()
    expect(page.locator("#finder")).to_have_attribute("data-camera", "on", timeout=30_000)
    # Power came back, the browser was started anew: nobody stands here to press a button.
    again = page.context.new_page()
    page.close()
    again.set_viewport_size({"width": 1280, "height": 800})
    again.goto(f"{hall.address}/gate")
    expect(again.locator("#start-over")).to_be_hidden()
    expect(again.locator("#finder")).to_have_attribute("data-camera", "on", timeout=30_000)
    expect(again.locator("#answer")).to_have_attribute("data-detail", "test", timeout=30_000)
    mute = again.get_by_role("button", name="Chưa bật âm")
    expect(mute).to_be_visible()
    accessible(again)
    mute.tap()
    expect(mute).to_be_hidden()
    watch.ensure_calm()

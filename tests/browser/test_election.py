"""An election in Chromium: three tablets, five tellers, from nomination to the result of a second
round. The server is a process of its own; slips are read off the printed paper.

Where `ELECTION_PICTURES` names a folder, every step leaves a picture there.
"""

from __future__ import annotations

import os
import re
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from device_hall import SOON, Hall, founded, is_at, opened, until
from paper_reading import texts
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Request, expect
from support import RunningServer

from kiosk.conference import badge_code
from kiosk.core import keys

pytestmark = pytest.mark.browser

CANDIDATES = (1, 2, 3, 4, 5)
TELLERS = (8, 9, 10, 11, 12)
WITNESSES = (6, 7)
SIZES = ((800, 1280), (1280, 800), (1280, 800))


@dataclass
class Election:
    """The hall, and what people hold in their hands."""

    hall: Hall
    folder: Path
    console: Page
    tablets: list[Page]
    badges: dict[int, str]
    cards: dict[int, str] = field(default_factory=dict)
    bag: list[str] = field(default_factory=list)
    shots: int = 0

    def shot(self, page: Page, name: str) -> None:
        place = os.environ.get("ELECTION_PICTURES")
        if place:
            self.shots += 1
            Path(place).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{place}/{self.shots:02d}-{name}.png")

    def go(self, path: str) -> Page:
        self.console.goto(f"{self.hall.server.address}{path}")
        return self.console

    def post(self, path: str, **form: object) -> bytes:
        """What a form of the console sends, where its page is looked at elsewhere."""
        token = self.console.locator("body").get_attribute("data-csrf") or ""
        answer = self.console.request.post(
            f"{self.hall.server.address}{path}",
            form={name: str(value) for name, value in form.items()},
            headers={"X-CSRF-Token": token, "HX-Request": "true"},
        )
        assert answer.status in {200, 204}, (path, answer.status, answer.text())
        return answer.body()

    def press(self, name: str, *, within: str = "main") -> None:
        """A button of the console, once it is there and its page has come whole."""
        button = self.console.locator(within).get_by_role("button", name=name).first
        expect(button).to_be_visible(timeout=30_000)
        self.console.wait_for_load_state("load")
        button.click()

    def scan(self, label: str, delegate_id: int) -> None:
        """A scanner types a badge into a field, and Enter."""
        field_ = self.console.get_by_label(label)
        expect(field_).to_be_visible()
        self.console.wait_for_load_state("load")
        field_.fill(self.badges[delegate_id])
        field_.press("Enter")

    def hands(self) -> None:
        """Everybody is for the question that is open."""
        with closing(sqlite3.connect(self.folder / "kiosk.sqlite3")) as raw:
            (motion,) = raw.execute("SELECT id FROM motion WHERE state = 'open'").fetchone()
        self.post(f"/console/motions/{motion}/count", in_favour=12, against=0, other=0)

    def print_slips(self, number: int, count: int) -> None:
        paper = self.post("/console/ballot/slips", round=number, count=count)
        found = re.findall(r"\b(\d{5}) (\d{5})\b", " ".join(texts(paper)))
        self.bag = ["".join(pair) for pair in found]
        assert len(set(self.bag)) == count

    def draw(self, delegate_id: int) -> str:
        said = self.post("/issue/scan", code=self.badges[delegate_id]).decode()
        assert 'data-outcome="issued"' in said, said
        return self.bag.pop(secrets.randbelow(len(self.bag)))


@pytest.fixture
def election(
    tmp_path: Path, serve: Callable[[Path], RunningServer], chromium: Chromium
) -> Iterator[Election]:
    folder = tmp_path / "instance"
    made = founded(folder)
    own = keys.load(folder)
    with closing(sqlite3.connect(folder / "kiosk.sqlite3")) as raw:
        badges = {
            delegate: badge_code.derive(
                own.badge, delegate_id=delegate, issue=issue, attempt=attempt
            )
            for delegate, issue, attempt in raw.execute(
                "SELECT delegate_id, issue, attempt FROM badge"
            )
        }
    with opened(serve(folder), made, chromium) as hall:
        console = hall.secretary()
        tablets = [hall.pair(console, "Máy tính bảng", size) for size in SIZES]
        one = Election(hall, folder, console, tablets, badges)
        one.go("/console")
        for number in range(1, 13):
            one.post(f"/console/delegates/{number}/admit", reason="bàn đón tiếp")
        one.post("/console/conference/open")
        yield one
        hall.watch.ensure_calm()


def prepare(one: Election, accessible: Callable[[Page], None]) -> None:
    """Seats, candidates, committees, the rule: on the pages, and adopted by hands."""
    console = one.go("/console/ballot")
    console.get_by_label("Số thành viên cần bầu").fill("3")
    one.shot(console, "settings")
    accessible(console)
    one.press("Ghi thiết lập")
    for number in CANDIDATES:
        one.post(f"/console/ballot/candidates/add/{number}", source="committee", consent="1")
    console.reload()
    console.get_by_label("Tìm người để đề cử").fill("yen")
    expect(console.locator("#found-nominees li").first).to_contain_text("Vũ Thị Yến")
    accessible(console)
    for body, people in (("tellers", TELLERS), ("witnesses", WITNESSES)):
        for number in people:
            one.post(f"/console/committees/{body}/add/{number}")
    one.post("/console/committees/members/1/head")
    for what in ("seats", "list", "rule"):
        one.post(f"/console/ballot/ask/{what}")
        one.hands()
    console = one.go("/console/ballot")
    one.shot(console, "prepared")
    accessible(console)
    one.go("/console/ballot/rule")
    one.shot(console, "rule")
    accessible(console)


def lock(one: Election, number: int, accessible: Callable[[Page], None]) -> None:
    """The ceremony at the laptop, with every code copied and typed back."""
    at = f"/console/ballot/rounds/{number}"
    one.print_slips(number, 16)
    console = one.go(at)
    console.get_by_label("Ban kiểm phiếu đếm được").fill("16")
    one.press("Ghi số đã đếm")
    for slot, teller in enumerate(TELLERS, start=1):
        one.scan("Người kiểm phiếu quét thẻ đại biểu", teller)
        code = console.locator("#code-place [data-code]")
        expect(code).to_be_visible()
        one.cards[slot] = re.sub(r"\D", "", code.inner_text())
        if slot == 1:
            one.shot(console, "code")
            accessible(console)
        one.press("Đã chép xong, giấu mã")
        expect(code).to_have_count(0)
        console.get_by_label("14 chữ số trên thẻ mã").fill(one.cards[slot])
        one.press("Gõ xong")
        one.press("Phong bì đã ký niêm", within="#ceremony .stages")
        expect(console.locator("#ceremony .stages .past")).to_have_count(slot, timeout=SOON)
    for place, witness in enumerate(WITNESSES, start=len(TELLERS) + 1):
        one.scan("Người chứng kiến quét thẻ đại biểu", witness)
        expect(console.locator("#ceremony .stages .past")).to_have_count(place, timeout=SOON)
    console.get_by_label("Hội trường đã thấy hòm trong suốt trống").check()
    one.shot(console, "ceremony")
    accessible(console)
    one.press("Khóa hòm phiếu")
    # Ten groups of three codes, each made slow to try: seconds.
    expect(console.locator("#fingerprint .groups span")).to_have_count(16, timeout=60_000)
    # What the console makes for itself and what a tablet makes for itself are the same.
    until(console, "document.getElementById('box-mark').dataset.made === '1'")
    expect(console.locator("#fingerprint [data-other]")).to_be_hidden()
    for tablet in one.tablets:
        is_at(tablet, "/ballot/box")
        until(tablet, "document.getElementById('box-mark').dataset.made === '1'")
        expect(tablet.locator(".box-list")).to_contain_text("chọn người tín nhiệm")
        shown = tablet.locator(".groups span").all_inner_texts()
        assert shown == console.locator("#fingerprint .groups span").all_inner_texts()
    one.shot(one.tablets[0], "box-tall")
    one.shot(one.tablets[1], "box-wide")
    accessible(one.tablets[0])
    console.get_by_label("Người so quét thẻ đại biểu").fill(one.badges[TELLERS[0]])
    one.press("Khớp nhau")
    expect(console.locator("#fingerprint .chip-welcome")).to_be_visible()
    one.shot(console, "issuing")
    accessible(console)


def opened_to_all(one: Election) -> None:
    one.press("Mở bỏ phiếu")
    expect(one.console.locator("#close")).to_be_visible()
    for tablet in one.tablets:
        is_at(tablet, "/ballot")


def type_slip(tablet: Page, slip: str) -> None:
    """Fingers on the keypad."""
    until(tablet, "document.getElementById('vote').dataset.made === '1'")
    for digit in slip:
        tablet.locator(f'[data-digit="{digit}"]').click()
    tablet.get_by_role("button", name="Mở phiếu bầu").click()
    expect(tablet.locator('[data-step="choose"]')).to_be_visible()


def vote(tablet: Page, slip: str, names: list[str], *, blank: bool = False) -> list[str]:
    """Slip, ballot, review, cast; what was sent between ballot and thanks."""
    sent: list[str] = []
    type_slip(tablet, slip)

    def heard(request: Request) -> None:
        sent.append(f"{request.method} {request.url.split('/', 3)[-1]}")

    tablet.on("request", heard)
    tablet.wait_for_timeout(650)  # a new step takes no touch for 0.6 s
    for name in names:
        tablet.get_by_role("checkbox", name=name).click()
    tablet.get_by_role("button", name="Xem lại phiếu").click()
    tablet.wait_for_timeout(650)
    if blank:
        tablet.get_by_role("button", name="Bỏ phiếu trắng").click()
    else:
        tablet.locator('[data-step="review"]').get_by_role("button", name="Bỏ phiếu").click()
    expect(tablet.locator('[data-step="done"]')).to_be_visible()
    tablet.remove_listener("request", heard)
    return sent


def again(tablet: Page) -> None:
    """The thanks are put away by a touch, and a fresh page comes."""
    tablet.wait_for_timeout(650)  # a second tap on «Bỏ phiếu» must not clear the thanks
    tablet.get_by_role("button", name="Xóa màn hình ngay").click()
    expect(tablet.locator("#slip-digits [data-digits]")).to_have_text("····· ·····")
    until(tablet, "document.getElementById('vote').dataset.made === '1'")


def count(one: Election, number: int, cast: int, accessible: Callable[[Page], None]) -> None:
    """Closed by two, slips counted by hand, opened by three codes."""
    console = one.console
    console.get_by_label("Thẻ trưởng Ban kiểm phiếu").fill(one.badges[TELLERS[0]])
    console.get_by_label("Thẻ người chứng kiến").fill(one.badges[WITNESSES[0]])
    one.press("Đóng bỏ phiếu", within="#close")
    expect(console.locator("#sums")).to_be_visible()
    accessible(console)
    console.get_by_label("Thẻ còn trong túi").fill(str(16 - cast))
    console.get_by_label("Thẻ trong hòm trong suốt").fill(str(cast))
    one.shot(console, "sums")
    one.press("Ghi số thẻ")
    expect(console.locator("#open-box .groups span")).to_have_count(16)
    for slot in (1, 3, 5):
        console.locator(f"#code-{slot}").fill(one.cards[slot])
    one.shot(console, "open-box")
    accessible(console)
    one.press("Mở hòm, kiểm phiếu")
    expect(console.locator("#result")).to_be_visible(timeout=60_000)
    one.shot(console, "counted")
    accessible(console)
    assert not (one.folder / "boxes" / f"round-{number}.box").exists()


@pytest.fixture(autouse=True)
def patient() -> Iterator[None]:
    """What a person would call at once, on two busy cores."""
    expect.set_options(timeout=SOON)
    yield
    expect.set_options(timeout=5_000)


def test_from_nomination_to_the_result_of_a_second_round(
    election: Election, accessible: Callable[[Page], None]
) -> None:
    one = election
    prepare(one, accessible)
    console, tablets = one.console, one.tablets
    console.get_by_role("link", name="Quay lại").click()
    one.press("Lập lượt bầu")
    console.wait_for_url("**/console/ballot/rounds/1")
    one.shot(console, "round")
    lock(one, 1, accessible)
    issue = one.hall.page((1280, 800))
    slips = [one.draw(number) for number in range(1, 13)]
    opened_to_all(one)
    wall = console.context.new_page()
    one.hall.watch.over(wall)
    wall.set_viewport_size({"width": 1920, "height": 1080})
    wall.goto(f"{one.hall.server.address}/projector")
    issue.close()

    one.shot(tablets[0], "slip-tall")
    one.shot(tablets[1], "slip-wide")
    accessible(tablets[0])
    names = tablets[0].locator(".names .name").all_text_contents()
    # Too many is impossible, and said; fewer is confirmed; a blank is asked about once more.
    type_slip(tablets[0], slips[0])
    tablets[0].wait_for_timeout(650)
    for name in names[:4]:
        tablets[0].get_by_role("checkbox", name=name).click()
    expect(tablets[0].locator("#left-count")).to_contain_text("hãy bỏ chọn một người trước")
    expect(tablets[0].locator('[aria-checked="true"]')).to_have_count(3)
    one.shot(tablets[0], "ballot-full")
    accessible(tablets[0])
    tablets[0].get_by_role("checkbox", name=names[2]).click()
    one.shot(tablets[0], "ballot")
    tablets[0].get_by_role("button", name="Xem lại phiếu").click()
    expect(tablets[0].locator("p[data-fewer]")).to_be_visible()
    one.shot(tablets[0], "review")
    accessible(tablets[0])
    tablets[0].get_by_role("button", name="Dừng bỏ phiếu").or_(
        tablets[0].locator('[data-step="review"]').get_by_role("button", name="Sửa lựa chọn")
    ).first.click()
    tablets[0].wait_for_timeout(650)
    tablets[0].locator('[data-step="choose"]').get_by_role("button", name="Dừng bỏ phiếu").click()
    expect(tablets[0].locator("#slip-digits [data-digits]")).to_have_text("····· ·····")

    # Ten for the first two; the rest is shared, so one seat stays empty. Two are blank.
    sent: list[list[str]] = []
    for place, slip in enumerate(slips):
        tablet = tablets[place % 3]
        wanted = names[:2] if place < 10 else []
        if 5 <= place < 10:
            wanted = [*wanted, names[2]]
        sent.append(vote(tablet, slip, wanted, blank=not wanted))
        if place == 0:
            one.shot(tablet, "done-tall")
            accessible(tablet)
        if place == 1:
            one.shot(tablet, "done-wide")
        again(tablet)
    assert all(each == ["POST ballot/cast"] for each in sent), sent
    # A slip that has voted is told so at any other tablet.
    for digit in slips[3]:
        tablets[2].locator(f'[data-digit="{digit}"]').click()
    tablets[2].get_by_role("button", name="Mở phiếu bầu").click()
    expect(tablets[2].locator("#slip-trouble")).to_contain_text("đã nằm trong hòm")
    one.shot(tablets[2], "slip-used")
    accessible(tablets[2])
    expect(console.locator("#turnout")).to_contain_text("12")
    one.shot(console, "voting")
    accessible(console)
    one.shot(wall, "wall-voting")
    count(one, 1, 12, accessible)
    one.shot(wall, "wall-before-reading")

    one.press(f"Đọc {names[0]}")
    expect(console.get_by_text("đã đọc", exact=True)).to_have_count(1)
    expect(wall.locator(".standing .votes")).to_have_count(1)
    one.shot(wall, "wall-reading")
    one.press("Công bố kết quả")
    expect(console.locator("#result .chip-welcome").first).to_be_visible()
    expect(wall.locator("#wall")).to_contain_text("Còn thiếu 1 người")
    one.shot(wall, "wall-shortage")
    accessible(wall)
    one.go("/console/ballot/rounds/1/report")
    one.shot(console, "report")
    accessible(console)

    # The second round: new box, key, codes and slips, for the one seat that is left.
    one.go("/console/ballot")
    one.shot(console, "between")
    one.press("Lập lượt bầu tiếp")
    console.wait_for_url("**/console/ballot/rounds/2")
    lock(one, 2, accessible)
    slips = [one.draw(number) for number in range(1, 9)]
    opened_to_all(one)
    rest = tablets[0].locator(".names .name").all_text_contents()
    assert rest == names[2:]
    for place, slip in enumerate(slips):
        vote(tablets[place % 3], slip, [rest[0]])
        again(tablets[place % 3])
    count(one, 2, 8, accessible)
    one.press("Công bố kết quả")
    expect(wall.locator("#wall")).to_contain_text("Bầu đủ 1 người")
    one.shot(wall, "wall-result")
    one.go("/console/ballot")
    expect(console.locator("#rounds")).to_contain_text("Đã bầu đủ 3 người")
    one.shot(console, "complete")
    accessible(console)

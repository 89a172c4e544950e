"""The delegate's page under hands, keys and accidents: left alone, doubled, cut off, struck out."""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from balloting import BallotDay, HttpBrowser
from device_hall import SOON, until
from paper_reading import texts
from PIL import Image, ImageDraw
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, Request, Route, expect
from support import ROSTER, ROSTER_NAME, RunningServer, meeting_of, run_kiosk
from watching import Watch

from kiosk import config, create_app, founding
from kiosk.ballot import photos
from kiosk.core.db import db, writer
from kiosk.serving import real_plan

pytestmark = pytest.mark.browser


@dataclass
class Booth:
    """A hall that votes, and tablets in it."""

    day: BallotDay
    server: RunningServer
    chromium: Chromium
    watch: Watch
    addresses: list[str]
    contexts: list[BrowserContext]

    def tablet(self, *, clock: bool = False) -> Page:
        """The next tablet, at the slip's page."""
        context = self.chromium.new_context(
            viewport={"width": 1280, "height": 800}, locale="vi-VN", has_touch=True
        )
        self.contexts.append(context)
        page = self.watch.over(context.new_page())
        page.set_default_timeout(SOON)
        page.goto(f"{self.server.address}/pair/{self.addresses.pop()}")
        page.wait_for_url("**/ballot", wait_until="commit")
        if clock:
            page.clock.install()
            page.goto(f"{self.server.address}/ballot")
        self.ready(page)
        return page

    @staticmethod
    def ready(page: Page) -> None:
        until(page, "document.getElementById('vote')?.dataset.made === '1'")

    def open_ballot(self, page: Page, slip: str) -> None:
        page.keyboard.type(slip)
        page.keyboard.press("Enter")
        expect(page.locator('[data-step="choose"]')).to_be_visible()

    def cast(self) -> int:
        """Ballots in the box, as everybody may see."""
        page = self.day.page("/console/ballot/rounds/1")
        found = re.search(r"(\d+)<small> *[^<]*phiếu đã bỏ", page)
        assert found, page
        return int(found.group(1))


@contextmanager
def booth(
    folder: Path, server: Callable[[Path], RunningServer], chromium: Chromium, **settings: object
) -> Iterator[Booth]:
    made = founding.make_conference(
        config.load(folder), plan=real_plan(), roster=(ROSTER_NAME, ROSTER.encode("utf-8"))
    )
    tickets = []
    for kind, name in [("gate", "Cổng 1"), *(("tablet", f"Bảng {n}") for n in range(1, 9))]:
        said = run_kiosk("device", "add", "--kind", kind, "--name", name, "--json", folder=folder)
        tickets.append(str(json.loads(said.stdout)["address"]).split("/pair/")[1])
    app = create_app(config.load(folder))
    meeting = meeting_of(app)
    running = server(folder)
    secretary = HttpBrowser(running.address).sign_in(made.account, made.password)
    gate = HttpBrowser(running.address)
    gate.get(f"/pair/{tickets.pop(0)}")
    day = BallotDay(meeting, secretary, None, gate, [])
    day.everyone_in()
    day.act("/console/conference/open")
    day.prepare(**settings)  # type: ignore[arg-type]
    day.act("/console/ballot/rounds", way="tablet")
    paper = secretary.post("/console/ballot/slips", {"round": 1, "count": 30}).content
    day.bag = ["".join(pair) for pair in re.findall(r"\b(\d{5}) (\d{5})\b", " ".join(texts(paper)))]
    day.lock(1, counted=30)
    day.open(1)
    one = Booth(day, running, chromium, Watch(urlsplit(running.address).netloc), tickets, [])
    yield one
    for context in one.contexts:
        context.close()
    for browser in (secretary, gate):
        browser.http.close()
    with app.app_context():
        db.session.remove()
        writer().close()
        db.engine.dispose()


@pytest.fixture(scope="module")
def striking(
    tmp_path_factory: pytest.TempPathFactory,
    serve: Callable[[Path], RunningServer],
    chromium: Chromium,
) -> Iterator[Booth]:
    """Three of four, by striking out."""
    with booth(
        tmp_path_factory.mktemp("strike") / "instance", serve, chromium, style="strike"
    ) as one:
        yield one
        one.watch.ensure_calm()


@pytest.fixture(autouse=True)
def patient() -> Iterator[None]:
    expect.set_options(timeout=SOON)
    yield
    expect.set_options(timeout=5_000)


def picture(page: Page, name: str) -> None:
    """Left where `ELECTION_PICTURES` names a folder."""
    place = os.environ.get("ELECTION_PICTURES")
    if place:
        page.screenshot(path=f"{place}/{name}.png")


def strike(page: Page, name_at: int) -> None:
    page.wait_for_timeout(650)
    page.locator(f'.choice[data-index="{name_at}"]').click()


def to_review(page: Page) -> None:
    page.get_by_role("button", name="Xem lại phiếu").click()


def press_cast(page: Page) -> None:
    page.wait_for_timeout(650)
    page.locator('[data-step="review"]').get_by_role("button", name="Bỏ phiếu").click()


def test_whoever_strikes_out_leaves_at_most_the_seats(
    striking: Booth, accessible: Callable[[Page], None]
) -> None:
    page = striking.tablet()
    striking.open_ballot(page, striking.day.draw(1))
    page.wait_for_timeout(650)
    to_review(page)
    expect(page.locator("#left-count")).to_contain_text("gạch thêm ít nhất 1 người")
    expect(page.locator('[data-step="choose"]')).to_be_visible()
    picture(page, "strike-more")
    strike(page, 3)
    accessible(page)
    picture(page, "strike")
    to_review(page)
    expect(page.locator('[data-step="review"] [data-list] li')).to_have_count(3)
    before = striking.cast()
    press_cast(page)
    expect(page.locator('[data-step="done"]')).to_be_visible()
    assert striking.cast() == before + 1


def test_keys_alone_are_enough_and_aids_end_with_the_voter(striking: Booth) -> None:
    page = striking.tablet()
    page.get_by_role("button", name="Chữ to").first.click()
    page.get_by_role("button", name="Tương phản").first.click()
    expect(page.locator("html")).to_have_class(re.compile("is-larger.*is-contrast"))
    striking.open_ballot(page, striking.day.draw(2))
    page.wait_for_timeout(650)
    assert page.evaluate("document.activeElement.id") == "choose-title"
    page.keyboard.press("Tab")  # the first name
    page.keyboard.press("Space")
    expect(page.locator('.choice[data-index="0"]')).to_have_attribute("aria-checked", "true")
    for _ in range(5):  # three names, stop, review
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator('[data-step="review"]')).to_be_visible()
    page.wait_for_timeout(650)
    for _ in range(2):  # change, cast
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator('[data-step="done"]')).to_be_visible()
    page.wait_for_timeout(650)
    page.get_by_role("button", name="Xóa màn hình ngay").click()
    striking.ready(page)
    expect(page.locator("html")).not_to_have_class(re.compile("is-larger|is-contrast"))


def test_a_ballot_that_was_left_alone_clears_itself_and_the_slip_stays_good(
    striking: Booth,
) -> None:
    page = striking.tablet(clock=True)
    slip = striking.day.draw(3)
    striking.open_ballot(page, slip)
    page.clock.run_for(700)
    page.locator('.choice[data-index="1"]').click()
    page.clock.run_for(59_000)
    expect(page.locator("#still-there")).to_be_hidden()
    page.clock.run_for(2_000)
    expect(page.locator("#still-there")).to_be_visible()
    page.get_by_role("button", name="Tôi vẫn đang bỏ phiếu").click()
    expect(page.locator("#still-there")).to_be_hidden()
    expect(page.locator('.choice[data-index="1"]')).to_have_attribute("aria-checked", "true")
    with page.expect_navigation(wait_until="commit"):
        page.clock.run_for(91_000)
    page.clock.run_for(1_000)
    striking.ready(page)
    assert page.locator('[aria-checked="true"]').count() == 0
    expect(page.locator("[data-digits]")).to_have_text("····· ·····")
    striking.open_ballot(page, slip)
    # htmx keeps the page's address there; nothing of a ballot is in any storage.
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, window.name])")
    assert json.loads(kept) == [{}, {"htmx-current-path-for-history": "/ballot"}, ""], kept


def test_one_slip_at_two_tablets_casts_one_ballot_and_both_are_told(striking: Booth) -> None:
    slip, before = striking.day.draw(4), striking.cast()
    pages = [striking.tablet(), striking.tablet()]
    for place, page in enumerate(pages):
        striking.open_ballot(page, slip)
        strike(page, place)
        to_review(page)
    for page in pages:
        press_cast(page)
    ends = []
    for page in pages:
        end = page.locator('[data-step="done"]:visible, [data-step="refused"]:visible')
        expect(end).to_be_visible()
        ends.append(end.get_attribute("data-step"))
    assert sorted(map(str, ends)) == ["done", "refused"]
    refused = pages[ends.index("refused")].locator('[data-step="refused"]')
    expect(refused).to_contain_text("đã dùng để bỏ một phiếu")
    assert striking.cast() == before + 1


def test_a_lost_answer_and_a_killed_server_count_once(striking: Booth) -> None:
    page, before = striking.tablet(), striking.cast()
    striking.open_ballot(page, striking.day.draw(5))
    strike(page, 0)
    to_review(page)
    bodies: list[str] = []

    def lose(route: Route) -> None:
        bodies.append(route.request.post_data or "")
        if len(bodies) == 1:
            route.fetch()  # the server has it, and nobody hears so
            route.abort()
        else:
            route.continue_()

    page.route("**/ballot/cast", lose)
    press_cast(page)
    expect(page.locator('[data-step="done"]')).to_be_visible()
    assert len(set(bodies)) == 1, "always the same bytes"
    assert len(bodies) >= 2
    assert striking.cast() == before + 1
    # The failed request is the browser's own word, and wanted here.
    striking.watch.complaints[:] = [
        words for words in striking.watch.complaints if "ERR_FAILED" not in words
    ]


def test_back_and_forward_never_bring_a_ballot_back(striking: Booth) -> None:
    page = striking.tablet()
    striking.open_ballot(page, striking.day.draw(6))
    strike(page, 2)
    page.goto(f"{striking.server.address}/ballot/promise")
    page.go_back()
    striking.ready(page)
    assert page.locator('[aria-checked="true"]').count() == 0
    expect(page.locator('[data-step="slip"]')).to_be_visible()
    expect(page.locator("[data-digits]")).to_have_text("····· ·····")


def test_a_teller_issues_slips_by_badge_and_a_slip_is_never_read(
    striking: Booth, accessible: Callable[[Page], None]
) -> None:
    page = striking.tablet()
    page.goto(f"{striking.server.address}/issue")
    page.wait_for_load_state("load")
    picture(page, "issue-waiting")
    accessible(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    page.keyboard.type(striking.day.bag[0])  # a slip before the scanner by mistake
    page.keyboard.press("Enter")
    answer = page.locator("#issue-answer")
    for outcome in ("issued", "already"):
        page.wait_for_timeout(700)
        page.keyboard.type(striking.day.badge(9))
        page.keyboard.press("Enter")
        expect(answer).to_have_attribute("data-outcome", outcome)
        picture(page, f"issue-{outcome}")
        accessible(page)
    expect(page.locator("[data-issued]").first).not_to_have_text("0")
    assert not any(striking.day.bag[0] in text for text in asked)
    page.set_viewport_size({"width": 390, "height": 844})
    picture(page, "issue-phone")
    page.goto(f"{striking.server.address}/ballot/promise")
    picture(page, "promise")
    accessible(page)


def doctored(page: Page, old: str, new: str) -> None:
    """From here on the tablet gets the ballot's page with these words changed."""

    def change(route: Route) -> None:
        answer = route.fetch()
        text = answer.text()
        assert old in text
        route.fulfill(response=answer, body=text.replace(old, new))

    page.route("**/ballot", change)
    page.goto(page.url)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<span class="name">', '<span class="name">Giả '),
        ('data-index="0"', 'data-index="1"'),
        ("&#34;style&#34;: &#34;strike&#34;", "&#34;style&#34;: &#34;choose&#34;"),
        ("tweetnacl-sealedbox", "nothing-of-that-name"),
    ],
    ids=["another name", "another place", "another style", "no seal"],
)
def test_a_page_that_shows_another_ballot_lets_nobody_vote(
    striking: Booth, old: str, new: str
) -> None:
    context = striking.contexts[0]
    page = context.new_page()
    page.goto(f"{striking.server.address}/ballot")
    striking.ready(page)
    doctored(page, old, new)
    until(page, "document.getElementById('vote')?.dataset.made === '0'")
    expect(page.locator("#slip-trouble")).to_contain_text("xin sang máy khác")
    page.keyboard.type(striking.day.bag[0])
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    expect(page.locator("#slip-trouble")).to_contain_text("xin sang máy khác")
    expect(page.locator('[data-step="choose"]')).to_be_hidden()
    page.close()


def test_a_seal_that_breaks_is_said_and_the_slip_stays_good(striking: Booth) -> None:
    page, before = striking.tablet(), striking.cast()
    slip = striking.day.draw(7)
    striking.open_ballot(page, slip)
    strike(page, 0)
    to_review(page)
    page.evaluate("window.sealedBox = { seal() { throw new Error('broken'); } }")
    press_cast(page)
    expect(page.locator('[data-step="refused"]')).to_contain_text(
        "thẻ chưa dùng, xin sang máy khác"
    )
    assert striking.cast() == before
    other = striking.tablet()
    striking.open_ballot(other, slip)


def test_a_revoked_tablet_says_that_it_is_one(striking: Booth) -> None:
    page = striking.tablet(clock=True)
    slip = striking.day.draw(8)
    striking.open_ballot(page, slip)
    page.clock.run_for(700)
    page.locator('.choice[data-index="0"]').click()
    to_review(page)
    page.clock.run_for(700)
    device = page.locator("body").get_attribute("data-device")
    striking.day.act(f"/console/devices/{device}/revoke")
    page.locator('[data-step="review"]').get_by_role("button", name="Bỏ phiếu").click()
    refused = page.locator('[data-step="refused"]')
    expect(refused).to_contain_text("không còn được dùng để bỏ phiếu")
    page.clock.run_for(21_000)
    page.wait_for_url(lambda url: not url.endswith("/ballot"))
    striking.watch.complaints[:] = [
        words for words in striking.watch.complaints if "401" not in words
    ]


def faces(folder: Path) -> None:
    """A photo of every candidate, each of another colour."""
    with closing(sqlite3.connect(folder / "kiosk.sqlite3")) as raw:
        for (candidate,) in raw.execute("SELECT id FROM candidate").fetchall():
            taken = Image.new("RGB", (900, 1200), f"hsl({candidate * 67 % 360},35%,80%)")
            pen = ImageDraw.Draw(taken)
            pen.ellipse((270, 220, 630, 700), fill="#e6c3a5")
            pen.pieslice((250, 180, 650, 640), 180, 360, fill="#33261f")
            pen.ellipse((100, 760, 800, 1700), fill="#3d4f66")
            out = io.BytesIO()
            taken.save(out, "JPEG")
            jpeg = photos.job({"data": out.getvalue()}, lambda done, total: None)
            raw.execute(
                "INSERT INTO candidate_photo (candidate_id, jpeg) VALUES (?, ?)", (candidate, jpeg)
            )
        raw.commit()


@pytest.mark.parametrize("seats", [3, 5], ids=["A", "B"])
def test_a_ballot_with_photos_fits_and_asks_for_nothing(
    tmp_path: Path,
    serve: Callable[[Path], RunningServer],
    chromium: Chromium,
    accessible: Callable[[Page], None],
    seats: int,
) -> None:
    """Faces are in the page: between the ballot and the thanks there is the cast alone."""
    kind = "A" if seats == 3 else "B"
    folder = tmp_path / "instance"
    with booth(folder, serve, chromium, candidates=(2, 3, 4, 5, 6), seats=seats) as one:
        faces(folder)
        page = one.tablet()
        picture(page, f"slip-{kind}")
        one.open_ballot(page, one.day.draw(1))
        sent: list[str] = []

        def heard(request: Request) -> None:
            if not request.url.startswith("data:"):
                sent.append(f"{request.method} {urlsplit(request.url).path}")

        page.on("request", heard)
        page.wait_for_timeout(650)
        for place in range(2):
            page.locator(f'[data-index="{place}"]').first.click()
        expect(page.locator(".names .face")).to_have_count(5)
        for width, height in ((1280, 800), (800, 1280)):
            page.set_viewport_size({"width": width, "height": height})
            picture(page, f"faces-{kind}-{width}")
            # Every name whole on one screen, and no face above its own row.
            assert page.evaluate("""() => {
              const list = document.querySelector('.names');
              const rows = [...list.children].map((row) => [row.getBoundingClientRect(), row]);
              return list.scrollHeight <= list.clientHeight + 1 && rows.every(([box, row]) => {
                const face = row.querySelector('.face').getBoundingClientRect();
                return face.top >= box.top && face.bottom <= box.bottom && face.height >= 60
                  && Math.abs(face.width / face.height - 0.75) < 0.02;
              });
            }"""), (kind, width)
        accessible(page)
        to_review(page)
        for width, height in ((1280, 800), (800, 1280)):
            page.set_viewport_size({"width": width, "height": height})
            picture(page, f"faces-review-{kind}-{width}")
        press_cast(page)
        expect(page.locator('[data-step="done"]')).to_be_visible()
        assert sent == ["POST /ballot/cast"]
        one.watch.ensure_calm()


def test_without_surplus_each_name_is_agreed_to_or_not(
    tmp_path: Path,
    serve: Callable[[Path], RunningServer],
    chromium: Chromium,
    accessible: Callable[[Page], None],
) -> None:
    with booth(tmp_path / "instance", serve, chromium, candidates=(2, 3, 4)) as one:
        page = one.tablet()
        one.open_ballot(page, one.day.draw(1))
        page.wait_for_timeout(650)
        picture(page, "without-surplus")
        accessible(page)
        to_review(page)
        expect(page.locator('[data-step="blank"]')).to_be_visible()
        page.wait_for_timeout(650)
        page.get_by_role("button", name="Quay lại chọn người").click()
        page.wait_for_timeout(650)
        page.locator('.mark[data-index="0"][data-mark="yes"]').click()
        page.locator('.mark[data-index="1"][data-mark="no"]').click()
        to_review(page)
        review = page.locator('[data-step="review"]')
        expect(review.locator("[data-list] .verdict")).to_have_text(
            ["Đồng ý", "Không đồng ý", "không đánh dấu"]
        )
        expect(review.locator("[data-fewer]")).to_contain_text("1 người chưa được đánh dấu")
        press_cast(page)
        expect(page.locator('[data-step="done"]')).to_be_visible()
        one.day.close(1)
        one.day.count(1)
        assert one.day.round(1).votes == {"votes": [1, 0, 0], "against": [0, 1, 0]}
        one.watch.ensure_calm()

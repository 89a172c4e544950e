"""A gate that loses the server, in two browsers on a real server that is also stopped and started.

Nothing is green while the line is cut; when it is back, one person has exactly one stay, and both
gates tell the truth about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Dialog, Page, expect
from support import ROSTER, ROSTER_NAME, RunningServer, meeting_of

from kiosk import config, create_app, founding
from kiosk.checkin import queries
from kiosk.core.access import THE_PROGRAM, Kind
from kiosk.core.db import db, writer
from kiosk.devices import services as devices
from kiosk.founding import real_plan

pytestmark = pytest.mark.browser

LAN, DUC, HA = "Phạm Thị Lan", "Lê Minh Đức", "Bùi Thị Thu Hà"
AGAIN = 25_000  # the line is tried every two seconds; two busy cores need patience


@dataclass
class CutHall:
    folder: Path
    server: RunningServer
    made: founding.Made
    codes: dict[str, str]
    tickets: list[str]

    def stays(self, name: str) -> list[queries.StayRow]:
        """What is really stored, read beside the running server."""
        app = create_app(config.load(self.folder))
        try:
            with app.app_context():
                person = next(row for row in meeting_of(app).delegates if row.name == name)
                return queries.stays_of(db.session(), person.id)
        finally:
            with app.app_context():
                db.session.remove()
                writer().close()
                db.engine.dispose()


@pytest.fixture
def hall(tmp_path: Path, serve: Callable[[Path], RunningServer]) -> CutHall:
    folder = tmp_path / "instance"
    made = founding.make_conference(
        config.load(folder), plan=real_plan(), roster=(ROSTER_NAME, ROSTER.encode("utf-8"))
    )
    app = create_app(config.load(folder))
    meeting = meeting_of(app)
    with app.app_context():
        tokens = app.extensions["kiosk_keys"].tokens
        tickets = [
            devices.add_device(kind=Kind.GATE, name=name, by=THE_PROGRAM, key=tokens).ticket
            for name in ("Cổng 1", "Cổng 2")
        ]
        db.session.remove()
        writer().close()
        db.engine.dispose()
    codes = {row.name: meeting.codes[row.id] for row in meeting.delegates}
    return CutHall(folder, serve(folder), made, codes, tickets)


@pytest.fixture
def contexts(chromium: Chromium) -> Iterator[list[BrowserContext]]:
    """Two tablets that share nothing."""
    made = [
        chromium.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN")
        for _ in range(2)
    ]
    yield made
    for context in made:
        context.close()


def open_gate(context: BrowserContext, hall: CutHall, ticket: str) -> Page:
    page = context.new_page()
    # Every outcome that this page ever shows, so that no flash of green escapes the test.
    page.add_init_script(
        """window.shown = [];
        new MutationObserver(() => {
          const answer = document.getElementById('answer');
          const kind = answer?.className;
          if (kind && window.shown.at(-1) !== kind) window.shown.push(kind);
        }).observe(document, { childList: true, subtree: true });"""
    )
    page.goto(f"{hall.server.address}/pair/{ticket}")
    page.get_by_role("button", name="Bắt đầu quét").click()
    expect(page.locator("html")).to_have_attribute("data-live-state", "open")
    return page


def scan(page: Page, hall: CutHall, name: str) -> None:
    page.keyboard.type(hall.codes[name])
    page.keyboard.press("Enter")


def shows(page: Page, outcome: str, *, timeout: float = 15_000) -> None:
    expect(page.locator("#answer")).to_have_attribute("data-outcome", outcome, timeout=timeout)


def forget_shown(page: Page) -> None:
    page.evaluate("window.shown = []")


def never_green(page: Page) -> None:
    shown = page.evaluate("window.shown")
    assert not [each for each in shown if "welcome" in each or "guest" in each], shown


def late(page: Page) -> list[tuple[str | None, str]]:
    """What the list of late scans says, oldest first: outcome and name."""
    lines = page.locator("#late-list li")
    found = [
        (line.get_attribute("data-outcome"), line.locator("strong").text_content() or "")
        for line in lines.all()
    ]
    return found[::-1]


def test_a_gate_without_a_network_says_so_at_once_and_tells_the_truth_afterwards(
    hall: CutHall, contexts: list[BrowserContext], accessible: Callable[[Page], None]
) -> None:
    cut, whole = (
        open_gate(context, hall, ticket)
        for context, ticket in zip(contexts, hall.tickets, strict=True)
    )
    contexts[0].set_offline(True)
    forget_shown(cut)
    scan(cut, hall, LAN)
    shows(cut, "lost", timeout=3_000)
    expect(cut.locator("#answer")).to_contain_text("danh sách giấy")
    scan(cut, hall, DUC)
    expect(cut.locator("#answer [data-kept]")).to_have_text("2")
    expect(cut.locator(".link-cut")).to_contain_text("giữ 2 lượt")
    accessible(cut)

    # Meanwhile Lan tries the other gate, which is connected.
    scan(whole, hall, LAN)
    shows(whole, "admitted")
    cut.wait_for_timeout(6_500)  # those at the cut gate have moved on
    never_green(cut)
    assert hall.stays(DUC) == []

    contexts[0].set_offline(False)
    shows(cut, "back", timeout=AGAIN)
    assert late(cut) == [("already", LAN), ("admitted", DUC)]
    never_green(cut)
    cut.locator("#late-open").click()
    expect(cut.locator("#late")).to_be_visible()
    accessible(cut)
    assert len(hall.stays(LAN)) == len(hall.stays(DUC)) == 1
    stay = hall.stays(DUC)[0]
    assert stay.claimed_at is not None
    assert stay.claimed_at < stay.entered_at


@pytest.mark.parametrize("hour", [-3_600_000, 0, 3_600_000])
def test_a_short_cut_and_a_clock_put_right_are_late_scans_too(
    hall: CutHall, contexts: list[BrowserContext], hour: int
) -> None:
    gate = open_gate(contexts[0], hall, hall.tickets[0])
    contexts[0].set_offline(True)
    shows(gate, "cut", timeout=10_000)
    forget_shown(gate)
    for name in (LAN, DUC):
        scan(gate, hall, name)
        shows(gate, "lost")
    # Somebody puts the tablet's clock right in the middle of the cut.
    gate.evaluate(
        f"(() => {{ const now = Date.now; Date.now = () => now.call(Date) + {hour}; }})()"
    )
    gate.wait_for_timeout(3_300)  # told "use the paper", they have walked on
    contexts[0].set_offline(False)
    shows(gate, "back", timeout=AGAIN)
    never_green(gate)
    assert late(gate) == [("admitted", LAN), ("admitted", DUC)]
    for name in (LAN, DUC):
        stay = hall.stays(name)[0]
        assert stay.claimed_at is not None
        assert 0 < (stay.entered_at - stay.claimed_at).total_seconds() < 60


def test_a_tab_that_keeps_scans_is_not_closed_without_a_word_and_a_reload_keeps_them(
    hall: CutHall, contexts: list[BrowserContext]
) -> None:
    gate = open_gate(contexts[0], hall, hall.tickets[0])
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    gate.on("dialog", stay)
    contexts[0].set_offline(True)
    scan(gate, hall, LAN)
    shows(gate, "lost")
    gate.close(run_before_unload=True)
    until = 50
    while not asked and until:
        gate.wait_for_timeout(100)
        until -= 1
    assert asked == ["beforeunload"]
    gate.remove_listener("dialog", stay)
    gate.on("dialog", lambda dialog: dialog.accept())
    # The line is back for the page alone: else the page before could still send what it keeps.
    contexts[0].route("**/gate/scan", lambda route: route.abort())
    contexts[0].set_offline(False)
    gate.reload()
    contexts[0].unroute("**/gate/scan")
    expect(gate.locator("#late-list li")).to_have_count(1, timeout=AGAIN)
    assert late(gate) == [("admitted", LAN)]
    never_green(gate)
    assert len(hall.stays(LAN)) == 1


@pytest.mark.slow
def test_five_hundred_scans_are_kept_and_each_gets_its_outcome_once(
    hall: CutHall, contexts: list[BrowserContext]
) -> None:
    gate = open_gate(contexts[0], hall, hall.tickets[0])
    contexts[0].set_offline(True)
    shows(gate, "cut", timeout=10_000)
    # 498 strangers' badges as a scanner types them, then two of ours, then one too many.
    gate.evaluate(
        """(codes) => {
          const press = (key, code) =>
            document.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true }));
          for (const code of codes) {
            for (const digit of code) press(digit, `Digit${digit}`);
            press('Enter', 'Enter');
          }
        }""",
        [*(f"{number:014d}" for number in range(498)), hall.codes[LAN], hall.codes[DUC]],
    )
    expect(gate.locator(".link-cut")).to_contain_text("giữ 500 lượt")
    forget_shown(gate)
    scan(gate, hall, HA)
    shows(gate, "full")
    expect(gate.locator("#answer")).to_contain_text("danh sách giấy")
    gate.wait_for_timeout(3_300)
    contexts[0].set_offline(False)
    # The server falls in the middle of the flush, and comes back.
    expect(gate.locator("#late-list li").nth(40)).to_be_attached(timeout=AGAIN)
    hall.server.port = int(hall.server.address.rsplit(":", 1)[1])
    hall.server.kill()
    hall.server.start()
    shows(gate, "back", timeout=60_000)
    never_green(gate)
    said = late(gate)
    assert len(said) == 500
    assert said[-2:] == [("admitted", LAN), ("admitted", DUC)]
    assert [len(hall.stays(name)) for name in (LAN, DUC, HA)] == [1, 1, 0]


def test_scans_of_a_stopped_server_are_sent_in_their_order_when_it_is_back(
    hall: CutHall, contexts: list[BrowserContext]
) -> None:
    gates = [
        open_gate(context, hall, ticket)
        for context, ticket in zip(contexts, hall.tickets, strict=True)
    ]
    # The same server at the same address, as after a fall.
    hall.server.port = int(hall.server.address.rsplit(":", 1)[1])
    hall.server.kill()
    for gate in gates:
        shows(gate, "cut", timeout=10_000)  # before anybody scans: the stream has ended
        forget_shown(gate)
    for name in (LAN, HA):
        scan(gates[0], hall, name)
    for name in (DUC, LAN):
        scan(gates[1], hall, name)
    for gate in gates:
        shows(gate, "lost")
        kept = gate.evaluate(
            "JSON.parse(sessionStorage.getItem("
            "`gate-kept-${document.getElementById('gate').dataset.gate}`)).length"
        )
        assert kept == 2
        gate.wait_for_timeout(3_300)
        never_green(gate)

    hall.server.start()
    for gate in gates:
        shows(gate, "back", timeout=AGAIN)
        never_green(gate)
    assert [name for _, name in late(gates[0])] == [LAN, HA]
    assert [name for _, name in late(gates[1])] == [DUC, LAN]
    said = sorted(outcome or "" for gate in gates for outcome, name in late(gate) if name == LAN)
    assert said == ["admitted", "already"]  # one stay, and both gates tell the truth
    for name in (LAN, DUC, HA):
        assert len(hall.stays(name)) == 1
    assert gates[0].evaluate("Object.keys(sessionStorage).filter((k) => k.includes('kept'))") == []


def test_a_gate_turns_round_while_its_page_is_open(
    hall: CutHall,
    contexts: list[BrowserContext],
    accessible: Callable[[Page], None],
) -> None:
    gate = open_gate(contexts[0], hall, hall.tickets[0])
    scan(gate, hall, LAN)
    shows(gate, "admitted")
    console = contexts[1].new_page()
    console.goto(f"{hall.server.address}/console")
    console.get_by_label("Tên đăng nhập").fill(hall.made.account)
    console.get_by_label("Mật khẩu").fill(hall.made.password)
    console.get_by_role("button", name="Vào bàn điều hành").click()
    console.wait_for_url("**/console")
    console.goto(f"{hall.server.address}/console/devices")
    console.get_by_role("link", name="Cổng 1", exact=True).click()
    console.get_by_role("button", name="Cổng ra").click()
    expect(console.get_by_role("button", name="Cổng ra")).to_have_attribute("aria-pressed", "true")
    expect(gate.locator("#gate")).to_have_attribute("data-direction", "out", timeout=3_000)
    expect(gate.get_by_text("Cổng ra", exact=True)).to_be_visible()
    scan(gate, hall, LAN)
    shows(gate, "left")
    accessible(gate)
    gate.get_by_role("button", name="Hủy lượt này").click()
    gate.get_by_label("Chỉ ra ngoài hành lang").check()
    gate.locator("#undo").get_by_role("button", name="Hủy lượt này").click()
    shows(gate, "undone")
    assert hall.stays(LAN)[0].left_at is None
    console.goto(f"{hall.server.address}/console")
    expect(console.locator("#undone-list")).to_contain_text("Chỉ ra ngoài hành lang")

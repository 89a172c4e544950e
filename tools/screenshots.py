"""The pictures of the documentation: a morning of the rehearsal, played in a browser.

    python tools/screenshots.py              make every picture anew, in docs/img
    python tools/screenshots.py --out DIR    … somewhere else, to look first

Run it with the Python of `.venv` (`python3 bootstrap.py setup --dev` makes it). It starts a
demonstration of its own in a temporary folder on a free port, and touches no conference of yours.
The browser is the one that `BROWSER_FOR_TESTS` names, else the first Chromium, Chrome or Edge on
the PATH. Any error of a page stops it: a picture of a broken page must not reach the reader.

The server of the pictures believes that it is the morning of 12 March 2026: nobody wants to wait
for two hours until the election is on the wall. Its clock is set by a file that this program
writes; nothing else in it differs from `make run`.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "img"

#: The day of the pictures; the hall's clock is seven hours ahead of UTC.
DAY = "2026-03-12"
FIRST_HOUR = "07:31"

#: No picture may weigh more: the pages that show them are read on slow lines.
MOST_BYTES = 200_000

#: Milliseconds for whatever a busy laptop is slow at.
PATIENCE = 120_000

#: Seconds until the demonstration must have printed its addresses.
START_WITHIN = 60.0

#: Milliseconds after which a page has heard of a clock that was set: a tick every five seconds,
#: and every ten the regions that change by themselves.
TICK = 5_600
CLOCK_ROUND = 10_800

CONSOLE = {"width": 1440, "height": 900}
WALL = {"width": 1920, "height": 1080}
GATE = {"width": 1280, "height": 800}

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "microsoft-edge", "msedge")
_ARGUMENTS = (
    "--disable-gpu", "--no-first-run", "--disable-background-networking", "--lang=vi",
)  # fmt: skip

#: A list as an office writes it: section rows, a total, a signature, one row without a name.
LATE_LIST = """\
DANH SÁCH BỔ SUNG,,,
STT,Họ và tên,Chức vụ,Ghi chú
I. Trường Tiểu học Bình Minh,,,
1,Bùi Thị Thu Hà,Hiệu trưởng,
2,Nguyễn Văn An,Giáo viên,
3,Đặng Thùy Dương,Giáo viên,
4,,Nhân viên,
II. Trạm Y tế phường,,,
1,Vũ Thị Yến,Trạm trưởng,
2,Hoàng Đức Thắng,Điều dưỡng,
III. Khách mời,,,
1,Trịnh Công Thành,Phó Chủ tịch UBMTTQ phường,Khách mời
Tổng cộng: 7 người,,,
,,NGƯỜI LẬP DANH SÁCH,
"""


# -- the server, in a process of its own -------------------------------------------------------


def hall(clock: Path) -> None:
    """Run the demonstration with the clock that the file tells; this process does nothing else."""
    # No address of the machine that makes them comes into the pictures.
    sys.argv = ["kiosk", "demo", "--port", "0", "--no-tls"]
    # First of all: this import makes sockets and threads gevent's own.
    import gevent
    import time_machine

    from kiosk import cli

    told = clock.read_text(encoding="ascii")

    def follow(traveller: time_machine.Traveller) -> None:
        last = told
        while True:
            gevent.sleep(0.05)
            now = clock.read_text(encoding="ascii")
            if now != last:
                last = now
                traveller.move_to(_utc(now))

    with time_machine.travel(_utc(told), tick=True) as traveller:
        gevent.spawn(follow, traveller)
        cli.main()


def _utc(hour: str) -> datetime:
    return datetime.fromisoformat(f"{DAY}T{hour}+07:00").astimezone(UTC)


@dataclass
class Demo:
    """A running demonstration: where it is, and how to get in."""

    folder: Path
    clock: Path
    address: str
    user: str
    password: str
    chair: str
    chair_password: str
    gate: str
    projector: str
    #: What a page complained about.
    complaints: list[str] = field(default_factory=list)

    def at(self, hour: str) -> None:
        """Set the hall's clock, `HH:MM`."""
        _set(self.clock, hour)
        time.sleep(0.3)

    def codes(self, standing: str) -> list[str]:
        """The badge codes of all delegates, or of all guests, as they are printed."""
        from kiosk.conference import badge_code
        from kiosk.core import keys

        instance = self.folder / "rehearsal"
        database = sqlite3.connect(f"{(instance / 'kiosk.sqlite3').as_uri()}?mode=ro", uri=True)
        query = "SELECT id FROM delegate WHERE standing = ? ORDER BY id"
        rows = database.execute(query, (standing,)).fetchall()
        database.close()
        key = keys.load(instance).badge
        return [badge_code.derive(key, delegate_id=row[0], issue=1) for row in rows]


def _set(clock: Path, hour: str) -> None:
    draft = clock.with_suffix(".new")
    draft.write_text(hour, encoding="ascii")
    os.replace(draft, clock)


@contextmanager
def demonstration(folder: Path) -> Iterator[Demo]:
    """Start the demonstration in this folder and stop it in the end, whatever happens."""
    clock, log = folder / "clock", folder / "demo.log"
    _set(clock, FIRST_HOUR)
    calm = {name: value for name, value in os.environ.items() if not name.startswith("KIOSK_")}
    calm.update(KIOSK_INSTANCE=str(folder), PYTHONUTF8="1", PYTHONPATH=str(ROOT))
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 (this file, no shell)
            [sys.executable, __file__, "--hall", str(clock)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=calm,
            cwd=folder,
        )
    try:
        yield _welcome(process, log, folder, clock)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _welcome(process: subprocess.Popen[bytes], log: Path, folder: Path, clock: Path) -> Demo:
    """What the terminal said, once it has said all of it."""
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until and process.poll() is None:
        said = log.read_text(encoding="utf-8", errors="replace")
        start = re.search(r"(http\S+)/start", said)
        account = re.search(r"sign in\s+(\S+): (\S+)", said)
        chair = re.search(r"chair\s+(\S+): (\S+)", said)
        gate = re.search(r"gate\s+(http\S+)\s", said)
        projector = re.search(r"projector\s+(http\S+)\s", said)
        if start and account and chair and gate and projector:
            return Demo(
                folder=folder,
                clock=clock,
                address=start[1],
                user=account[1],
                password=account[2],
                chair=chair[1],
                chair_password=chair[2],
                gate=gate[1],
                projector=projector[1],
            )
        time.sleep(0.2)
    raise SystemExit(f"the demonstration did not start:\n{log.read_text(encoding='utf-8')}")


# -- pictures ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Album:
    """Where the pictures go."""

    folder: Path

    def take(self, page: Page, name: str) -> None:
        """What this page shows now."""
        page.bring_to_front()
        page.wait_for_timeout(400)
        self.keep(page.screenshot(), name)

    def keep(self, png: bytes, name: str) -> None:
        """Store a picture with as many colours as its size allows.

        Raises ValueError when not even 32 colours make it small enough.
        """
        from PIL import Image

        whole = Image.open(io.BytesIO(png)).convert("RGB")
        for colours in (256, 128, 64, 32):
            out = io.BytesIO()
            whole.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
            if len(out.getvalue()) <= MOST_BYTES:
                (self.folder / f"{name}.png").write_bytes(out.getvalue())
                say(f"{name}.png  {len(out.getvalue()) // 1024} KB")
                return
        raise ValueError(f"{name} is too large for a page of documentation")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def browser_path() -> str:
    """The browser to drive. SystemExit with one sentence when there is none."""
    named = os.environ.get("BROWSER_FOR_TESTS")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        raise SystemExit("No browser: install Chromium or name one in BROWSER_FOR_TESTS.")
    return found


# -- the morning ---------------------------------------------------------------------------------


class Morning:
    """One morning in four windows: the secretary's console, the wall, a gate; and on a computer of
    its own the chair's."""

    def __init__(self, demo: Demo, album: Album, browser: Browser) -> None:
        self.demo = demo
        self.album = album
        #: True while a line is cut on purpose, and a page may say that it reaches nothing.
        self.is_cut = False
        # People come as they come; the same order every time, so that the pictures stay the same.
        self.delegates = demo.codes("delegate")
        random.Random(2026).shuffle(self.delegates)  # noqa: S311 (an order, no secret)
        self.guests = demo.codes("guest")
        laptop, other = (
            browser.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh") for _ in range(2)
        )
        self.console = self._window(laptop, CONSOLE)
        self.wall = self._window(laptop, WALL)
        self.gate = self._window(laptop, GATE)
        self.chair = self._window(other, CONSOLE)

    def _window(self, context: BrowserContext, size: dict[str, int]) -> Page:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        page.on("pageerror", lambda error: self.demo.complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda said: (
                self.demo.complaints.append(f"{page.url}: {said.text}")
                if said.type in {"error", "warning"} and not (self.is_cut and "net::" in said.text)
                else None
            ),
        )
        return page

    def play(self) -> None:
        self._arrive()
        self._prepare()
        self._fill_the_hall()
        self._open()
        self._walk()

    def _arrive(self) -> None:
        """Sign in, pair the wall and the gate, scan two badges."""
        demo, gate = self.demo, self.gate
        self._sign_in(self.console, demo.user, demo.password)
        self._sign_in(self.chair, demo.chair, demo.chair_password)
        self.wall.goto(demo.projector)
        gate.goto(demo.gate)
        gate.click("#start")
        demo.at("07:34")
        gate.wait_for_timeout(TICK)
        self._scan(self.delegates[0], "admitted", "gate-welcome")
        self._scan(self._forged(), "unknown", "gate-ask")

    def _sign_in(self, page: Page, name: str, password: str) -> None:
        page.goto(f"{self.demo.address}/console")
        page.fill("#name", name)
        page.fill("#password", password)
        page.click("main button[type=submit]")
        page.wait_for_url("**/console")

    def _scan(self, code: str, outcome: str, name: str) -> None:
        """As a USB scanner does: fourteen digits and Enter, anywhere on the page."""
        self.gate.bring_to_front()
        self.gate.keyboard.type(code, delay=2)
        self.gate.keyboard.press("Enter")
        self.gate.wait_for_selector(f'#answer[data-outcome="{outcome}"]')
        self.album.take(self.gate, name)

    @staticmethod
    def _forged() -> str:
        from kiosk.conference import badge_code

        return badge_code.derive(b"a key that nobody has", delegate_id=1, issue=1)

    def _prepare(self) -> None:
        """The pages of preparation, and the first sheet of badges."""
        console, address = self.console, self.demo.address
        console.goto(f"{address}/console/plan")
        self.album.take(console, "plan")
        console.goto(f"{address}/console/delegates")
        self.album.take(console, "delegates")
        self._paper("/console/badges", "badges")
        console.goto(f"{address}/console/delegates/import")
        console.set_input_files(
            "#roster",
            {
                "name": "danh-sach-bo-sung.csv",
                "mimeType": "text/csv",
                "buffer": LATE_LIST.encode("utf-8-sig"),
            },
        )
        console.click("main form button[type=submit]")
        console.wait_for_selector("#preview-result")
        self.album.take(console, "import-preview")
        self._invite()

    def _invite(self) -> None:
        """The letters of one unit, and who has got one."""
        console = self.console
        console.goto(f"{self.demo.address}/console/invitations")
        console.select_option("#print-unit", index=1)
        console.fill("#dated", "02/03/2026")
        self._paper("/console/invitations/paper", "paper-invitation")
        for way, people in (("paper", 3), ("zalo", 2)):
            console.select_option("#way-now", way)
            for _ in range(people):
                # The first who has none yet; the list moves on with each.
                sent = console.locator("#invitations .chip-welcome").count()
                console.locator("#invitations button:text-is('Đã gửi')").first.click()
                console.locator("#invitations .chip-welcome").nth(sent).wait_for()
        console.mouse.move(0, 0)
        console.evaluate("scrollTo(0, 0); document.activeElement.blur()")
        self.album.take(console, "invitations")

    def _paper(self, action: str, name: str) -> None:
        """Press the first button that prints this paper, and take its first page."""
        import pypdfium2  # type: ignore[import-untyped,unused-ignore]

        with self.console.expect_download(timeout=60_000) as download:
            self.console.locator(f'form[action="{action}"] button[type=submit]').first.click()
        paper = pypdfium2.PdfDocument(Path(download.value.path()).read_bytes())
        out = io.BytesIO()
        paper[0].render(scale=110 / 72).to_pil().save(out, "PNG")
        paper.close()
        self.album.keep(out.getvalue(), name)

    def _fill_the_hall(self) -> None:
        """A crowd through one gate, by the gate's own door."""
        self.demo.at("07:46")
        self._admit([*self.delegates[:138], *self.guests[:1]])
        self._wall("projector-welcome")
        self._receive()
        self._cut_off()
        self.demo.at("07:58")
        self._admit([*self.delegates[138:171], *self.guests[1:]])

    def _receive(self) -> None:
        """The desk with somebody whom no gate has seen yet, and the two lists on paper."""
        console, address = self.console, self.demo.address
        console.goto(f"{address}/desk")
        console.fill("#desk-q", "lan")
        console.locator("#desk-found li", has_text="Chưa vào").first.locator("a").click()
        console.locator("#desk-person summary", has_text="Ghi có mặt").click()
        self.album.take(console, "desk")
        console.goto(f"{address}/console/invitations")
        self._paper("/console/attendance-list", "paper-attendance")
        self._paper("/console/fallback-list", "paper-list")

    def _cut_off(self) -> None:
        """A gate that reaches nothing, and the same gate when the line is back."""
        gate = self.gate
        gate.bring_to_front()
        self.is_cut = True
        for address in ("**/gate/scan", "**/healthz"):
            gate.route(address, lambda route: route.abort())
        self._scan(self.delegates[140], "lost", "gate-cut")
        for address in ("**/gate/scan", "**/healthz"):
            gate.unroute(address)
        gate.wait_for_selector('#answer[data-outcome="back"], #answer[data-outcome="admitted"]')
        self.is_cut = False

    def _admit(self, codes: list[str]) -> None:
        self.gate.bring_to_front()
        self.gate.evaluate(
            """async (codes) => {
              for (const code of codes) {
                const answer = await fetch('/gate/scan', {
                  method: 'POST',
                  headers: {'X-CSRF-Token': document.body.dataset.csrf},
                  body: new URLSearchParams({code, scan_id: crypto.randomUUID()}),
                });
                if (!answer.ok) throw new Error(`scan answered ${answer.status}`);
              }
            }""",
            codes,
        )

    def _wall(self, name: str) -> None:
        """Load the wall anew, so that its clock is the hall's at once, and take it."""
        self.wall.reload()
        self.wall.wait_for_selector('html[data-live-state="open"]')
        self.album.take(self.wall, name)

    def _open(self) -> None:
        """The opening, item 1, and one vote by hands."""
        console = self.console
        self.demo.at("08:01")
        console.goto(f"{self.demo.address}/console")
        console.click("text=Khai mạc Hội nghị")
        console.click("text=Bắt đầu mục 1")
        console.wait_for_selector("text=Mục 1 trong 9")
        self.demo.at("08:09")
        console.fill("#motion-text", "Thông qua chương trình Hội nghị")
        console.click("text=Đưa ra biểu quyết")
        console.wait_for_selector("#count-form")
        self._console("console-open")
        self._chair("script", "script")
        self.demo.at("08:11")
        console.fill("input[name=in_favour]", "168")
        console.fill("input[name=against]", "1")
        console.click("text=Ghi kết quả")
        console.wait_for_selector("text=Cất kết quả khỏi màn hình")
        self._wall("projector-motion")
        console.bring_to_front()
        console.click("text=Cất kết quả khỏi màn hình")
        console.wait_for_selector("text=Cất kết quả khỏi màn hình", state="detached")

    def _walk(self) -> None:
        """Items 2 to 6; the election is left waiting while the tellers count."""
        for number, hour in ((2, "08:15"), (3, "08:36"), (4, "08:55"), (5, "09:22")):
            self._press(hour, f"Sang mục {number}", f"Mục {number} trong 9")
            if number == 3:
                self._write_together()
        self._press("09:51", "Để chờ", "Tiếp theo: mục 6")
        self._press("09:51", "Bắt đầu mục 6", "Mục 6 trong 9")
        self.demo.at("09:58")
        self._console("console-day")
        self._wall("projector-agenda")

    def _press(self, hour: str, words: str, then: str) -> None:
        self.demo.at(hour)
        self.console.bring_to_front()
        self.console.click(f"#moment button:has-text('{words}')")
        self.console.wait_for_selector(f"#moment:has-text('{then}')")

    def _write_together(self) -> None:
        """Two people note item 3; the line of one is cut, and both texts stand side by side."""
        console, chair = self.console, self.chair
        item = console.locator('#day a[href^="/console/agenda/"]').nth(2).get_attribute("href")
        for page in (console, chair):
            page.goto(f"{self.demo.address}{item}")
            page.wait_for_selector('html[data-live-state="open"]')
        self._note(console, "Ban Tổ chức trình bày các nội dung công khai.", "saved")
        chair.wait_for_function("document.getElementById('note-text').value !== ''")
        self.is_cut = True
        chair.context.set_offline(True)
        self._note(chair, "\nChủ tọa: đề nghị ghi rõ thời hạn trả lời.", "lost")
        self._note(console, "\nTổ 3 hỏi về kinh phí sửa nhà làm việc.", "saved")
        chair.context.set_offline(False)
        chair.wait_for_selector('#note-state[data-state="branch"]')
        self.is_cut = False
        console.wait_for_selector(".conflict")
        self.album.take(console, "item-conflict")
        console.click("button:has-text('Dùng bản gộp này')")
        console.wait_for_selector(".conflict", state="detached")
        console.goto(f"{self.demo.address}/console")

    def _note(self, page: Page, text: str, state: str) -> None:
        page.bring_to_front()
        page.locator("#note-text").press("Control+End")
        page.locator("#note-text").press_sequentially(text)
        page.wait_for_selector(f'#note-state[data-state="{state}"]')

    def _chair(self, part: str, name: str) -> None:
        self.chair.goto(f"{self.demo.address}/console/{part}")
        self.chair.wait_for_selector('html[data-live-state="open"]')
        self.chair.wait_for_timeout(TICK)
        self.album.take(self.chair, name)

    def _console(self, name: str) -> None:
        self.console.goto(f"{self.demo.address}/console")
        self.console.wait_for_selector('html[data-live-state="open"]')
        self.console.wait_for_timeout(CLOCK_ROUND)
        self.album.take(self.console, name)


def main(arguments: list[str] | None = None) -> int:
    """Make the pictures; returns the exit code."""
    parser = argparse.ArgumentParser(description="Make the pictures of the documentation.")
    parser.add_argument("--out", type=Path, default=PICTURES, help="default: docs/img")
    parser.add_argument("--hall", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.hall is not None:
        hall(chosen.hall)
        return 0
    sys.path.insert(0, str(ROOT))
    from device_pictures import DeviceMorning
    from playwright.sync_api import sync_playwright

    chosen.out.mkdir(parents=True, exist_ok=True)
    launch: dict[str, Any] = {"executable_path": browser_path(), "args": list(_ARGUMENTS)}
    # A browser that root starts has no sandbox to offer.
    launch["env"] = {**os.environ, "LANGUAGE": "vi"}
    launch["chromium_sandbox"] = not (hasattr(os, "geteuid") and os.geteuid() == 0)
    album = Album(chosen.out)
    complaints: list[str] = []
    plays: tuple[Callable[[Demo, Browser], None], ...] = (
        lambda demo, browser: Morning(demo, album, browser).play(),
        lambda demo, browser: DeviceMorning(demo, album.take, browser, _utc).play(),
    )
    with sync_playwright() as playwright:
        for play in plays:
            with (
                tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
                demonstration(Path(folder)) as demo,
            ):
                browser = playwright.chromium.launch(**launch)
                play(demo, browser)
                browser.close()
            complaints += demo.complaints
    for complaint in complaints:
        sys.stderr.write(complaint + "\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    raise SystemExit(main())

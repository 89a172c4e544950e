"""The pledge: signatures stored a second, two hundred on one sheet, and the first ink of a finger.

    python -m benchmarks.signing            this part alone, as JSON

The first ink is measured in a real Chromium on a processor that is made six times slower, as an old
tablet has it; where no browser is found, that figure is missing.
"""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from sqlalchemy import text as sql

from benchmarks.hall import cpu_seconds
from kiosk import config, create_app
from kiosk.conference import badge_issue
from kiosk.conference import queries as people
from kiosk.config import Settings
from kiosk.core.access import THE_PROGRAM
from kiosk.core.db import db, unit_of_work, writer
from kiosk.core.keys import Keys
from kiosk.founding import Made, make_conference, real_plan
from kiosk.pledge import services, signatories
from kiosk.pledge import text as texts
from kiosk.rehearsal.hall import Browser, Statuses, client_of, pair, serving, sign_in
from kiosk.rehearsal.people import invent, write_roster_xlsx

#: People who sign, tablets at which they sign at one moment.
SIGNATORIES, TABLETS = 200, 16
#: Points of one signature: two seconds of a finger at 120 a second, and a second name below.
POINTS = 480
SLOWER = 6
TOUCHES = 12

_DIGEST = re.compile(r'name="text" value="(\w{64})"')
_TOKEN = re.compile(r'data-csrf="([0-9a-f]{32})"')


def hand(number: int) -> list[list[int]]:
    """A signature of its own for each person, four strokes."""
    strokes: list[list[int]] = []
    for loop in range(1, 5):
        flat: list[int] = []
        for step in range(POINTS // 4):
            flat.append(round(120 * loop + 200 + 180 * math.sin(step / 9 + number)))
            flat.append(round(240 + 190 * math.cos(step / (6 + loop) + number)))
        strokes.append(flat)
    return strokes


def _ready(instance: Path, roster: Path) -> tuple[Made, list[str]]:
    """A conference that is open, 200 who sign, and their badges."""
    settings = Settings(instance=instance, rehearsal=True)
    made = make_conference(
        settings, plan=real_plan(), roster=(roster.name, roster.read_bytes()), rehearsal=True
    )
    app = create_app(config.load(instance, rehearsal=True))
    with app.app_context():
        text = texts.checked(
            title="Giao ước thi đua",
            about="Năm 2026",
            bases="",
            opening="",
            headings=[("Nhiệm vụ", "\n".join(f"Nội dung {number}" for number in range(30)))],
            targets=[],
            closing="Cam kết thực hiện.",
        )
        services.save_text(text, seen=0, by=THE_PROGRAM)
        signing = [row for row in people.delegates(db.session()) if not row.is_guest]
        for row in signing[:SIGNATORIES]:
            signatories.add(delegate_id=row.id, by=THE_PROGRAM)
        with unit_of_work() as session:
            session.execute(sql("UPDATE conference SET opened_at = '2026-03-12 01:00:00.000000'"))
        services.open_signing(by=THE_PROGRAM)
        keys: Keys = app.extensions["kiosk_keys"]
        listed = {row.id for row in signing[:SIGNATORIES]}
        codes = [
            str(face["code"])
            for badge, face in zip(
                people.badges_in_force(db.session()),
                badge_issue.badge_faces(db.session(), key=keys.badge),
                strict=True,
            )
            if badge.delegate.id in listed
        ]
        db.session.remove()
        writer().close()
        db.engine.dispose()
    return made, codes


class _Tablet:
    """A tablet's browser with a client of its own: turns run beside each other."""

    def __init__(self, browser: Browser) -> None:
        self.client: httpx.Client = client_of(browser.address)
        self.client.headers["Cookie"] = browser.cookies()
        self.client.headers["Origin"] = browser.address
        self.client.headers["HX-Request"] = "true"
        page = self.client.get("/pledge", headers={"HX-Request": "false"}).text
        self.client.headers["X-CSRF-Token"] = _TOKEN.findall(page)[0]

    def turn(self, code: str) -> tuple[str, str]:
        """The address of a badge's turn, and the hash of its text."""
        begun = self.client.post("/pledge/badge", data={"code": code})
        address = begun.headers["HX-Redirect"]
        return address, _DIGEST.findall(self.client.get(address).text)[0]

    def sign(self, address: str, digest: str, ink: str) -> float:
        """Seconds until it is stored."""
        begun = time.perf_counter()
        answer = self.client.post(f"{address}/sign", data={"text": digest, "ink": ink})
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
        return time.perf_counter() - begun


def measure_signing(folder: Path) -> Iterator[tuple[str, float | None]]:
    """Name and value of each figure: `signatures` a second, `sign p50` and `sign cpu` in ms,
    `sheet` of 200 in seconds as the secretary waits for it, `first ink` in ms."""
    roster = folder / "signing.xlsx"
    write_roster_xlsx(invent(SIGNATORIES + 20), roster)
    instance = folder / "signing"
    made, codes = _ready(instance, roster)
    with serving(instance, log=folder / "signing.log") as server:
        secretary = Browser(server.address, Statuses())
        sign_in(secretary, name=made.account, password=made.password)
        secretary.page("/console/devices")
        tablets = [
            _Tablet(pair(secretary, kind="tablet", name=f"Bảng {number}"))
            for number in range(1, TABLETS + 1)
        ]
        inks = [json.dumps({"pad": [1200, 480], "strokes": hand(at)}) for at in range(len(codes))]
        turns = [tablets[at % TABLETS].turn(code) for at, code in enumerate(codes)]

        def at_tablet(number: int) -> list[float]:
            mine = range(number, len(codes), TABLETS)
            return [tablets[number].sign(*turns[at], inks[at]) for at in mine]

        before, begun = cpu_seconds(server.process.pid), time.perf_counter()
        with ThreadPoolExecutor(TABLETS) as crowd:
            times = [each for found in crowd.map(at_tablet, range(TABLETS)) for each in found]
        spent, after = time.perf_counter() - begun, cpu_seconds(server.process.pid)
        yield "signatures", len(times) / spent
        yield "sign p50", statistics.median(times) * 1000
        if before is not None and after is not None:
            yield "sign cpu", (after - before) * 1000 / len(times)
        begun = time.perf_counter()
        secretary.page("/console/pledge")
        if not secretary.take("/console/pledge/sheet", form="pdf").startswith(b"%PDF-"):
            raise RuntimeError("no sheet came")
        yield "sheet", time.perf_counter() - begun
        yield "first ink", _first_ink(server.address, tablets[0].turn(codes[0])[0], tablets[0])
        for tablet in tablets:
            tablet.client.close()
        secretary.close()


_INK_TIMES = """() => new Promise((done) => {
  const pad = document.getElementById('pad');
  const times = [];
  pad.addEventListener('pointerdown', (event) => {
    // Our own listener has drawn the dot already; the second frame is the one that shows it.
    requestAnimationFrame(() => requestAnimationFrame(() => times.push(performance.now() - event.timeStamp)));
  });
  window.inkTimes = times;
  done();
})"""  # noqa: E501


def _first_ink(address: str, turn: str, tablet: _Tablet) -> float | None:
    """Milliseconds from the touch to the frame that shows its ink, at the median."""
    named = os.environ.get("BROWSER_FOR_TESTS", "")
    browser_path = next(filter(None, map(shutil.which, (named, "chromium", "google-chrome"))), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    if browser_path is None:
        return None
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=browser_path, args=arguments)
        context = browser.new_context(viewport={"width": 1280, "height": 800}, has_touch=True)
        for cookie in tablet.client.headers["Cookie"].split("; "):
            name, _, value = cookie.partition("=")
            context.add_cookies([{"name": name, "value": value, "url": address}])
        page = context.new_page()
        page.goto(address + turn)
        while page.locator("#turn").get_attribute("data-step") != "sign":
            page.locator('[data-act="on"]').click()
            page.wait_for_timeout(700)
        protocol = context.new_cdp_session(page)
        protocol.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.evaluate(_INK_TIMES)
        for number in range(TOUCHES):
            x, y = 200 + 60 * number, 300 + 10 * number
            point = {"x": x, "y": y, "radiusX": 10, "radiusY": 10, "id": 1}
            touch = "Input.dispatchTouchEvent"
            protocol.send(touch, {"type": "touchStart", "touchPoints": [point]})
            for step in range(1, 6):
                moved = {**point, "x": x + 6 * step, "y": y + 9 * step}
                protocol.send(touch, {"type": "touchMove", "touchPoints": [moved]})
            protocol.send(touch, {"type": "touchEnd", "touchPoints": []})
            page.wait_for_timeout(150)
        times = [float(each) for each in page.evaluate("window.inkTimes")]
        browser.close()
    return statistics.median(times) if times else None


def main() -> None:
    with TemporaryDirectory(prefix="kiosk-bench-") as folder:
        found = dict(measure_signing(Path(folder)))
    sys.stdout.write(json.dumps({name: value and round(value, 2) for name, value in found.items()}))
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()

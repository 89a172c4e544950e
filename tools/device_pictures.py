"""The pictures of the hall's devices: pairing, the fleet board, go or no-go, a machine's self-test.

`tools/screenshots.py` calls this with a demonstration of its own: the board must not know the gate
and the wall of the morning, whose browsers live in another hour than the hall.
"""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from playwright.sync_api import Browser, BrowserContext, Page

LAID = {"width": 1280, "height": 800}
UPRIGHT = {"width": 800, "height": 1280}
CONSOLE = {"width": 1440, "height": 900}

#: Name, kind as the pairing page calls it, and how full the battery is.
FLEET = (
    ("Bàn 1", "tablet", 0.93),
    ("Bàn 2", "tablet", 0.88),
    ("Bàn 3, Bưu Điện", "tablet", 0.12),
    ("Bàn 4", "tablet", 0.71),
    ("Cổng Đông", "gate", 0.97),
    ("Máy chiếu lớn", "projector", 1.0),
)

#: A device's board says what the browser tells; a browser of a laptop tells 100 %.
BATTERY = "navigator.getBattery = async () => ({level: %s, charging: false});"

HOUR = "07:05"
#: Milliseconds: a laptop that is busy measures its own disk for a minute.
PATIENCE = 120_000
#: Milliseconds until a beat has reached the board.
BEAT_ROUND = 12_000


class Demonstration(Protocol):
    """What is needed of the running demonstration."""

    address: str
    user: str
    password: str
    complaints: list[str]

    def at(self, hour: str) -> None:
        """Set the hall's clock, `HH:MM`."""


class DeviceMorning:
    """The technician's hour: six machines join, one of them nearly empty."""

    def __init__(
        self,
        demo: Demonstration,
        take: Callable[[Page, str], None],
        browser: Browser,
        moment: Callable[[str], datetime],
    ) -> None:
        self.demo = demo
        self.take = take
        self.browser = browser
        self.moment = moment
        self.since = 0.0
        self.console = self._window(self._machine(), CONSOLE)

    def play(self) -> None:
        """Take all pictures. Raises on the first page that does not come."""
        self.demo.at(HOUR)
        self.since = time.monotonic()
        self._sign_in()
        tablets = [self._join(*each, number) for number, each in enumerate(FLEET)]
        self.take(tablets[0], "tablet-idle")
        self.console.goto(f"{self.demo.address}/console/devices")
        self.console.wait_for_selector('html[data-live-state="open"]')
        self.console.wait_for_timeout(BEAT_ROUND)
        self.take(self.console, "fleet")
        self._go_or_no_go()
        tablets[1].goto(f"{self.demo.address}/selftest")
        self.take(tablets[1], "selftest")

    def _machine(self, battery: float = 1.0) -> BrowserContext:
        """One machine: a browser with cookies and a battery of its own, in the hall's hour."""
        context = self.browser.new_context(
            locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", has_touch=True
        )
        context.add_init_script(BATTERY % battery)
        return context

    def _window(self, context: BrowserContext, size: dict[str, int]) -> Page:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        page.on("pageerror", lambda error: self.demo.complaints.append(f"{page.url}: {error}"))
        return page

    def _sign_in(self) -> None:
        self.console.goto(f"{self.demo.address}/console")
        self.console.fill("#name", self.demo.user)
        self.console.fill("#password", self.demo.password)
        self.console.click("main button[type=submit]")
        self.console.wait_for_url("**/console")

    def _join(self, name: str, kind: str, battery: float, number: int) -> Page:
        """Pair one machine as people do: its six digits, its work, its name."""
        context = self._machine(battery)
        # A browser of another hour than the hall's would be shown as a clock that is wrong.
        gone = timedelta(seconds=time.monotonic() - self.since)
        context.clock.install(time=self.moment(HOUR) + gone)
        device = self._window(context, UPRIGHT if number % 2 else LAID)
        device.goto(f"{self.demo.address}/pair")
        six = re.search(r"\d{3}\s?\d{3}", device.inner_text("main"))
        if six is None:
            raise RuntimeError("the machine shows no code")
        if number == 0:
            self.take(device, "pair")
        console = self.console
        console.goto(f"{self.demo.address}/console/devices/pair")
        console.fill("#pairing-code", six[0])
        console.keyboard.press("Enter")
        console.check(f"input[name=kind][value={kind}]")
        console.click("summary:has-text('Đặt tên khác')")
        console.fill("#pairing-name", name)
        if number == 2:
            self.take(console, "pairing")
        console.click("button:has-text('Ghép máy này')")
        console.wait_for_selector(".notice-welcome")
        device.wait_for_url(re.compile(r"/(tablet|gate|projector)"))
        device.bring_to_front()
        device.wait_for_timeout(800)
        return device

    def _go_or_no_go(self) -> None:
        self.console.goto(f"{self.demo.address}/console/doctor")
        self.console.click("button:has-text('Kiểm tra lại')")
        self.console.wait_for_selector("text=Máy tính chưa được đo", state="detached")
        self.take(self.console, "go-no-go")

"""A hall of devices in real browsers: one context each, and a server of its own process."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Locator, Page, expect
from support import ROSTER, ROSTER_NAME, RunningServer
from watching import Watch

from kiosk import config, founding
from kiosk.founding import real_plan

TABLET, PHONE, DESK = (1280, 800), (390, 844), (1440, 900)
SOON = 15_000  # what a person would call at once, on two busy cores

#: The page for the time without a server is kept, and the worker that shows it stands ready.
KEPT = (
    "(async () => Boolean(await caches.match('/away'))"
    " && (await navigator.serviceWorker.getRegistration())?.active?.state === 'activated')()"
)


@dataclass
class Hall:
    """A running server, its secretary's page, and any number of devices."""

    chromium: Chromium
    server: RunningServer
    made: founding.Made
    watch: Watch
    contexts: list[BrowserContext] = field(default_factory=list)
    taps: int = 0
    #: Where it is reached, if not at this laptop's own door: `https://pc1.local:8443`.
    at: str = ""

    def context(self, size: tuple[int, int], **more: object) -> BrowserContext:
        one = self.chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="vi-VN",
            **more,  # type: ignore[arg-type]
        )
        self.contexts.append(one)
        return one

    def page(self, size: tuple[int, int] = TABLET, **more: object) -> Page:
        page = self.context(size, **more).new_page()
        page.set_default_timeout(SOON)
        return self.watch.over(page)

    def go(self, page: Page, path: str) -> None:
        page.goto(f"{self.at or self.server.address}{path}")

    def secretary(self, size: tuple[int, int] = DESK) -> Page:
        page = self.page(size)
        self.go(page, "/console")
        page.get_by_label("Tên đăng nhập").fill(self.made.account)
        page.get_by_label("Mật khẩu").fill(self.made.password)
        page.get_by_role("button", name="Vào bàn điều hành").click()
        page.wait_for_url("**/console")
        return page

    def tap(self, place: Locator) -> None:
        """What a finger does; counted."""
        self.taps += 1
        place.click()

    def pair(self, console: Page, kind: str, size: tuple[int, int] = TABLET) -> Page:
        """A new device, from its first page to its own, by typed digits."""
        device = self.page(size, has_touch=True)
        self.go(device, "/pair")
        code = device.locator("#pair-code").inner_text()
        self.go(console, "/console/devices/pair")
        console.keyboard.type(code.replace(" ", ""))
        console.get_by_label(re.compile(f"^{kind}")).check()
        console.get_by_role("button", name="Ghép máy này").click()
        expect(console.locator(".notice-welcome")).to_contain_text("Đã ghép")
        device.wait_for_url(re.compile(r"/(gate|tablet|projector)$"), wait_until="commit")
        return device


def founded(folder: Path) -> founding.Made:
    """The conference of these tests, in a new folder."""
    return founding.make_conference(
        config.load(folder), plan=real_plan(), roster=(ROSTER_NAME, ROSTER.encode("utf-8"))
    )


@contextmanager
def opened(
    server: RunningServer, made: founding.Made, chromium: Chromium, *, at: str = ""
) -> Iterator[Hall]:
    """A hall around a running server; every context is closed at the end."""
    watch = Watch(home=urlsplit(at or server.address).netloc)
    one = Hall(chromium, server, made, watch, at=at)
    yield one
    for context in one.contexts:
        context.close()


def is_at(page: Page, path: str) -> None:
    page.wait_for_url(f"**{path}", wait_until="commit")


def device_number(page: Page) -> str:
    found = page.locator("body").get_attribute("data-device")
    assert found
    return found


def open_stream(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-live-state", "open")


def until(page: Page, claim: str, seconds: float = 15.0) -> None:
    """Wait for a JavaScript claim; our policy lets Playwright's own `wait_for_function` not in."""
    end = time.monotonic() + seconds
    while not page.evaluate(claim):
        assert time.monotonic() < end, claim
        page.wait_for_timeout(50)

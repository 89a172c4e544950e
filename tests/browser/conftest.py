"""A real Chromium on a real server, and what every page of the product must keep."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from watching import Watch

AXE = Path(__file__).parent / "vendor"

#: No call home of the browser itself; as root (in a container) Chromium needs --no-sandbox.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium(browser_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """`tab(watch, width, height, context=…)`: a page of its own, closed when the test is done."""
    contexts: list[BrowserContext] = []

    def open_tab(
        watch: Watch, width: int, height: int, *, context: BrowserContext | None = None
    ) -> Page:
        if context is None:
            context = chromium.new_context(
                viewport={"width": width, "height": height}, locale="vi-VN"
            )
            contexts.append(context)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.set_default_timeout(15_000)
        return watch.over(page)

    yield open_tab
    for context in contexts:
        context.close()


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands; our own policy lets no script tag in."""
    source = next(AXE.glob("axe-*.js")).read_text(encoding="utf-8")
    page.evaluate(source)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {json.dumps([node['target'] for node in each['nodes']])}"
        for each in found["violations"]
    ]


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Fails when axe finds anything on the page."""

    def check(page: Page) -> None:
        found = violations(page)
        assert found == [], f"{page.url}: {found}"

    return check

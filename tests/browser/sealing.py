"""A page of nothing but the sealing scripts, under the strict policy, in a real Chromium."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from fixtures.static_server import POLICY, STATIC
from playwright.sync_api import Browser, Page, Route

from kiosk.ballot.definition import Definition

#: No server listens there; the test answers. An address of this machine is a secure context.
HERE = "http://127.0.0.1:9"

VENDOR = ("tweetnacl-1.0.3.min.js", "tweetnacl-sealedbox-1.2.0.js")
PAGE = "<!doctype html><title>Phiếu</title>" + "".join(
    f'<script src="{HERE}/static/vendor/{name}"></script>' for name in VENDOR
)
KINDS = {".js": "text/javascript", ".html": "text/html; charset=utf-8"}


def _answer(route: Route) -> None:
    way = route.request.url.removeprefix(HERE)
    if way.startswith("/static/"):
        file = STATIC / way.removeprefix("/static/")
        body, kind = file.read_bytes(), KINDS[file.suffix]
    else:
        body, kind = PAGE.encode(), KINDS[".html"]
    route.fulfill(body=body, headers={"Content-Type": kind, "Content-Security-Policy": POLICY})


def sealing_page(chromium: Browser) -> Page:
    """A page that can seal; every request that it makes is answered from the static folder."""
    page = chromium.new_context().new_page()
    page.route("**/*", _answer)
    page.goto(f"{HERE}/")
    return page


def said(definition: Definition, public_key: bytes) -> dict[str, Any]:
    """The ballot as a page gives it to `seal.js`."""
    return {"publicKey": public_key.hex(), "definition": definition.as_json()}


def seal(page: Page, ballot: dict[str, Any], choices: list[list[int]]) -> list[bytes]:
    """Every choice, sealed by the browser."""
    texts = page.evaluate(
        """async ([ballot, choices]) => {
            const { seal } = await import('/static/js/seal.js');
            return Promise.all(choices.map((each) => seal(ballot, each)));
        }""",
        [ballot, choices],
    )
    return [base64.b64decode(text, validate=True) for text in texts]


def vectors() -> Path:
    return Path(__file__).parents[1] / "unit" / "sealed_in_chromium.json"

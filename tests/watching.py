"""What every page keeps while a browser test drives it: no complaint, nothing asked of others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page


@dataclass
class Watch:
    """What the pages of one test said and asked for, while nobody was looking."""

    home: str
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def over(self, page: Page) -> Page:
        """Watch a page from its first request on."""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("request", lambda request: self._asked(request.url))
        return page

    def _heard(self, message: Any) -> None:
        # The browser itself logs every refused form (409, 422); a refusal is an answer.
        refused = "the server responded with a status of 4" in message.text
        if message.type in {"error", "warning"} and not refused:
            self.complaints.append(message.text)

    def _asked(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.home:
            self.foreign.append(address)

    def ensure_calm(self) -> None:
        assert self.complaints == []
        assert self.foreign == []

"""Devices of a running server without a screen: they hold a cookie and beat as they are told."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Any

from device_hall import Hall
from playwright.sync_api import APIRequestContext, Page

_TOKEN = re.compile(r'data-csrf="([0-9a-f]{32})"')
_VERSION = re.compile(r'data-version="([0-9a-f]{12})"')
_TICKET = re.compile(r"/pair/([A-Za-z0-9_-]{32})")


@dataclass
class PlainDevice:
    """One paired device; `said` is what every beat of it says."""

    id: int
    web: APIRequestContext
    home: str
    token: str
    page: str
    said: dict[str, Any] = field(default_factory=dict)

    def beat(self, **more: Any) -> int:
        said = {
            "device": self.id,
            "sent": time.time() * 1000 + 1000 * self.said.get("ahead", 0),
            "page": self.page,
            "battery": 0.8,
            "charging": False,
            **self.said,
            **more,
        }
        answer = self.web.post(f"{self.home}/beat", data=said, headers={"X-CSRF-Token": self.token})
        return answer.status


def add_plain(hall: Hall, console: Page, kind: str, name: str, **said: Any) -> PlainDevice:
    """Add a device by its one-time address and become it, without opening a page of it."""
    home = hall.server.address
    token = console.locator("body").get_attribute("data-csrf") or ""
    answer = console.request.post(
        f"{home}/console/devices",
        form={"kind": kind, "name": name},
        headers={"X-CSRF-Token": token, "HX-Request": "true"},
    )
    found = _TICKET.search(answer.text())
    assert found is not None, answer.text()
    context = hall.context((1280, 800))
    context.request.get(f"{home}/pair/{found[1]}")
    page = context.request.get(f"{home}/").text()
    number = re.search(r'data-device="(\d+)"', page)
    csrf, version = _TOKEN.search(page), _VERSION.search(page)
    assert number is not None, page[:300]
    assert csrf is not None
    assert version is not None
    device = PlainDevice(int(number[1]), context.request, home, csrf[1], version[1], said)
    assert device.beat() == 204
    return device

"""The projector of a rehearsed day, and the figures on its pictures."""

from __future__ import annotations

import re

from kiosk.rehearsal.hall import Browser
from kiosk.rehearsal.stream import Listener


class Wall(Listener):
    """The projector."""

    def __init__(self, browser: Browser) -> None:
        super().__init__(browser, "/live/wall", region="wall")


# -- figures on screens ----------------------------------------------------------------------

_FIGURES = (
    # A page that names its figure is believed first; then the two places of the wall.
    re.compile(r'data-figure="present"[^>]*>\s*([\d.,]+)'),
    re.compile(r'class="figure"[^>]*>\s*([\d.,]+)'),
    re.compile(r'<footer class="foot">\s*<p>\s*<strong>\s*([\d.,]+)'),
)


def present_shown(html: str) -> int | None:
    """The figure of presence that a page or a picture of the wall shows; None where it has none."""
    for pattern in _FIGURES:
        found = pattern.search(html)
        if found:
            return int(re.sub(r"\D", "", found[1]))
    return None

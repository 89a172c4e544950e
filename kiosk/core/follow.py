"""Acts for tablets: what a tablet can show, and which of it is open now (design 3, follow mode).

A room with a page for delegates' hands (an election, a signing, an opinion topic) registers it
here in its `init_app`; the tablet face asks which acts are open and sends every tablet to the
first. Core knows neither the rooms nor the face.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app
from sqlalchemy.orm import Session

from kiosk.core.html import present_language


@dataclass(frozen=True)
class TabletAct:
    """One thing that a tablet can show."""

    #: As stored in a device's task and in the book: `ballot`, `pledge`, `opinions`, `gate`, `idle`.
    name: str
    #: Endpoint of its page, which takes no arguments. It must not lie below an address that the
    #: service worker answers when its page listens to nothing (`SCOPES`, design 5.3).
    endpoint: str
    #: Of several open acts the lowest rank is shown: an election before a signing before a topic.
    rank: int
    #: Its word on the board, in Vietnamese and English.
    words: tuple[str, str]
    #: Whether it is open now.
    is_open: Callable[[Session], bool]
    #: Facts whose change may open or close it.
    facts: frozenset[str] = frozenset()
    #: False for ballot and signature pages: they hold no stream (design 2.2).
    listens: bool = True


#: Addresses that the service worker of `devices/shell_routes.py` answers while the server is away.
SCOPES = ("/pair", "/gate", "/tablet", "/projector", "/selftest")


#: What devices show that is no act of a tablet: the projector's screens.
FACES = frozenset({"wall"})


def screens() -> frozenset[str]:
    """Everything that a device may say it shows."""
    return FACES.union(act.name for act in acts())


def silent() -> frozenset[str]:
    """Acts whose pages hold no stream and may say that they will not beat for a while."""
    return frozenset(act.name for act in acts() if not act.listens)


def register(app: Flask, act: TabletAct) -> None:
    """Add one act; called once by the room or face that owns its page."""
    known: dict[str, TabletAct] = app.extensions.setdefault("kiosk_acts", {})
    if act.name in known:
        raise ValueError(f"act {act.name} is registered twice")
    known[act.name] = act


def acts() -> list[TabletAct]:
    """Every act, in the order of rank."""
    known: dict[str, TabletAct] = current_app.extensions.get("kiosk_acts", {})
    return sorted(known.values(), key=lambda act: act.rank)


def open_acts(session: Session) -> list[str]:
    """Names of the acts that are open now, the one to show first."""
    return [act.name for act in acts() if act.is_open(session)]


def word_of(name: str) -> str:
    """An act's word in the language in force; the name itself where nobody has registered it."""
    known: dict[str, TabletAct] = current_app.extensions.get("kiosk_acts", {})
    if name not in known:
        return name
    vi, en = known[name].words
    return en if present_language() == "en" else vi

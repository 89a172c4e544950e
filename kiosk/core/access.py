"""Who may call what. Every endpoint and every live topic names its audience, or nothing starts.

A browser can be several callers at once: a signed-in secretary whose laptop also is a gate. Rooms
register *resolvers* that turn cookies into callers; an endpoint takes the first caller that its
audience admits. (Arlo's start-up check: the best single idea of our study, `style.md` 2.1.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from werkzeug.exceptions import Forbidden, NotFound, Unauthorized

from kiosk.core import doors
from kiosk.core.doors import Door

View = TypeVar("View", bound=Callable[..., Any])


class Role(StrEnum):
    """What a member of staff may do; one account has one role."""

    TECHNICIAN = "technician"
    SECRETARY = "secretary"
    CHAIR = "chair"
    DESK = "desk"


class Kind(StrEnum):
    """What a paired device is for."""

    GATE = "gate"
    TABLET = "tablet"
    PROJECTOR = "projector"


#: Open to every browser that reaches the server: pairing, sign-in, health.
ANYONE = "anyone"

#: Only for `kiosk` on the same laptop, with the key of the instance folder.
PROGRAM = "program"

#: Whoever runs the hall from the console.
STAFF = tuple(Role)

#: Who prepares the conference: plan, roster, badges, devices.
PREPARERS = (Role.SECRETARY, Role.TECHNICIAN)

#: Who walks the agenda and records votes in the hall.
LEADERS = (Role.SECRETARY, Role.CHAIR)


@dataclass(frozen=True)
class Actor:
    """Who does an act, as the book writes it."""

    #: `staff`, `device` or `program`.
    kind: str
    id: int | None
    name: str

    @property
    def label(self) -> str:
        return self.kind if self.id is None else f"{self.kind}:{self.id}"


#: The command line and the program itself.
THE_PROGRAM = Actor(kind=PROGRAM, id=None, name="kiosk")


@dataclass(frozen=True)
class Caller:
    """One of the identities behind a request."""

    actor: Actor
    #: A role, a device kind, or `program`.
    audience: str


Resolver = Callable[[Mapping[str, str]], Caller | None]


def allow(*audience: str) -> Callable[[View], View]:
    """Name who may call a view. `@allow(Role.SECRETARY, Kind.GATE)`, or `@allow(ANYONE)` alone."""
    if not audience:
        raise ValueError("name at least one role, kind, or ANYONE")

    def mark(view: View) -> View:
        view.audience = frozenset(str(each) for each in audience)  # type: ignore[attr-defined]
        return view

    return mark


def here_only(view: View) -> View:
    """This view is the laptop's own: to every other door there is no such page."""
    view.here_only = True  # type: ignore[attr-defined]
    return view


def add_resolver(app: Flask, resolver: Resolver) -> None:
    """A room teaches the guard one kind of cookie."""
    app.extensions.setdefault("kiosk_resolvers", []).append(resolver)


def callers(cookies: Mapping[str, str]) -> list[Caller]:
    """All identities that these cookies prove, in the order the resolvers were added."""
    found = (resolve(cookies) for resolve in current_app.extensions.get("kiosk_resolvers", []))
    return [caller for caller in found if caller is not None]


def admitted(audience: Iterable[str], present: Iterable[Caller]) -> Caller | None:
    """The first caller that the audience admits."""
    wanted = set(audience)
    return next((caller for caller in present if caller.audience in wanted), None)


def device_here(kind: str) -> Actor | None:
    """This browser as a device of one kind, whoever else it is; None when it is none.

    The laptop's own browser is secretary and wall at once: the guard takes it for the secretary,
    and yet the wall's page must speak as the wall.
    """
    return next(
        (
            caller.actor
            for caller in callers(request.cookies)
            if caller.audience == kind and caller.actor.kind == "device"
        ),
        None,
    )


def actor() -> Actor:
    """Who calls the present endpoint. Only for views whose audience is not ANYONE."""
    found: Actor | None = g.get("actor")
    if found is None:
        raise Unauthorized
    return found


def audience_of(app: Flask, endpoint: str) -> frozenset[str]:
    """Who may call this endpoint."""
    if endpoint == "static":
        return frozenset({ANYONE})
    view: Any = app.view_functions[endpoint]
    found: frozenset[str] = view.audience
    return found


def _family(audience: frozenset[str]) -> frozenset[str]:
    """All callers of the kinds that an endpoint is for: staff, devices, or both."""
    families = (frozenset(map(str, Role)), frozenset(map(str, Kind)))
    return frozenset().union(*(family for family in families if family & audience))


def guard(app: Flask) -> None:
    """Check that every endpoint names its audience, then enforce it. Call after all routes."""
    unmarked = sorted(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and not hasattr(app.view_functions[rule.endpoint], "audience")
    )
    if unmarked:
        raise RuntimeError(f"endpoints that name no audience: {unmarked}")
    audiences = {
        rule.endpoint: audience_of(app, rule.endpoint) for rule in app.url_map.iter_rules()
    }

    @app.before_request
    def _enforce() -> None:
        g.actor = None
        g.audience = None
        if request.endpoint is None:
            return
        audience = audiences[request.endpoint]
        if request.endpoint == "static":
            return
        view = app.view_functions[request.endpoint]
        is_own = PROGRAM in audience or getattr(view, "here_only", False)
        if is_own and doors.of_request(request.environ) is not Door.LOOPBACK:
            raise NotFound
        if PROGRAM in audience:
            # Its own key is checked by the view; cookies count for nothing there.
            return
        present = callers(request.cookies)
        caller = admitted(audience, present)
        if caller is not None:
            g.actor, g.audience = caller.actor, caller.audience
        elif ANYONE in audience:
            if present:
                g.actor, g.audience = present[0].actor, present[0].audience
        elif any(caller.audience in _family(audience) for caller in present):
            raise Forbidden
        else:
            # A gate's browser that opens the console is no member of staff who may not: it is
            # nobody yet, and is asked to sign in.
            raise Unauthorized

"""No endpoint and no topic without a named audience; and who is who behind several cookies."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from flask import Flask
from support import Browser

from kiosk.core import access, live
from kiosk.core.access import ANYONE, Actor, Caller, Kind, Role, allow
from kiosk.devices import services as devices


def small_app() -> Flask:
    return Flask("small", static_folder=None)


def test_an_endpoint_that_names_nobody_stops_the_start() -> None:
    app = small_app()

    @app.get("/open")
    @allow(ANYONE)
    def fine() -> str:
        return ""

    @app.get("/forgotten")
    def forgotten() -> str:
        return ""

    with pytest.raises(RuntimeError, match=r"no audience: \['forgotten'\]"):
        access.guard(app)


def test_an_audience_of_nobody_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one"):
        allow()


@pytest.fixture
def guarded() -> Flask:
    app = small_app()

    @app.get("/anyone")
    @allow(ANYONE)
    def anyone() -> str:
        return access.g.actor.name if access.g.actor else "nobody"

    @app.get("/desk")
    @allow(Role.DESK, Role.CHAIR)
    def desk() -> str:
        return access.actor().name

    @app.get("/gate")
    @allow(Kind.GATE)
    def gate() -> str:
        return access.actor().name

    def resolver(cookie: str, kind: str) -> Callable[[Mapping[str, str]], Caller | None]:
        def who(cookies: Mapping[str, str]) -> Caller | None:
            audience = cookies.get(cookie)
            return Caller(Actor(kind, 1, f"{kind} {audience}"), audience) if audience else None

        return who

    access.add_resolver(app, resolver("s", "staff"))
    access.add_resolver(app, resolver("d", "device"))
    access.guard(app)
    return app


@pytest.mark.parametrize(
    ("path", "cookies", "status", "text"),
    [
        ("/anyone", {}, 200, "nobody"),
        ("/anyone", {"s": "desk"}, 200, "staff desk"),
        ("/desk", {}, 401, None),
        ("/desk", {"s": "desk"}, 200, "staff desk"),
        ("/desk", {"s": "secretary"}, 403, None),
        # A gate that opens a page of the desk is no desk that may not: it is nobody yet.
        ("/desk", {"d": "gate"}, 401, None),
        ("/gate", {"d": "tablet"}, 403, None),
        ("/gate", {"s": "secretary", "d": "tablet"}, 403, None),
        # One browser can be a secretary and a gate; the endpoint takes the one that it admits.
        ("/gate", {"s": "secretary", "d": "gate"}, 200, "device gate"),
        ("/desk", {"s": "chair", "d": "gate"}, 200, "staff chair"),
        ("/gate", {"s": "gate"}, 200, "staff gate"),
        ("/nothing", {"s": "desk"}, 404, None),
    ],
)
def test_the_endpoint_takes_the_first_identity_that_it_admits(
    guarded: Flask, path: str, cookies: dict[str, str], status: int, text: str | None
) -> None:
    client = guarded.test_client()
    for name, value in cookies.items():
        client.set_cookie(name, value)
    answer = client.get(path)
    assert answer.status_code == status
    if text is not None:
        assert answer.get_data(as_text=True) == text


def test_only_a_view_with_an_audience_has_an_actor(guarded: Flask) -> None:
    with guarded.test_request_context("/anyone"), pytest.raises(access.Unauthorized):
        access.actor()


def test_a_label_in_the_book_says_what_kind_and_which() -> None:
    assert Actor("staff", 3, "Lan").label == "staff:3"
    assert access.THE_PROGRAM.label == "program"


def test_a_topic_stands_once_in_the_hub(app: Flask) -> None:
    hub: live.Hub = app.extensions["kiosk_live"]
    for topic in list(hub.topics.values()):
        assert topic.audience, topic.name
        with pytest.raises(ValueError, match="twice"):
            hub.add(topic)


def test_a_device_of_another_kind_cannot_use_the_cookie_of_a_gate(
    app: Flask, as_device: Callable[[str, str], Browser]
) -> None:
    tablet = as_device(Kind.TABLET, "Máy tính bảng 1")
    cookie = tablet.client.get_cookie("kiosk_tablet")
    assert cookie is not None
    cheat = app.test_client()
    cheat.set_cookie("kiosk_gate", cookie.value)
    assert cheat.get("/gate", headers={"Accept": "text/plain"}).status_code == 403
    # What a device is stands at the server: re-roled, it keeps its cookie and its name of a slot.
    assert cheat.get("/tablet").status_code == 200


def test_a_secretary_keeps_the_console_on_a_laptop_that_is_also_a_gate(
    app: Flask, signed_in: Callable[..., Browser]
) -> None:
    browser = signed_in(Role.SECRETARY)
    browser.pair(Kind.GATE, "Cổng 1")
    assert browser.get("/gate").status_code == 200
    assert browser.get("/console/delegates").status_code == 200
    with app.app_context():
        devices.revoke_device(device_id=1, by=access.THE_PROGRAM)
    assert browser.get("/gate").status_code == 303
    assert browser.get("/console/delegates").status_code == 200

"""Follow mode with an act that a later room might bring: an election, open or not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from support import Browser

import kiosk
from kiosk import create_app, documents
from kiosk.config import Settings
from kiosk.core import follow, live
from kiosk.core.access import THE_PROGRAM, Kind, allow
from kiosk.core.db import changed, db, unit_of_work, writer
from kiosk.core.follow import TabletAct
from kiosk.devices import services

#: Whether the box of this test is open.
OPEN = {"ballot": False}


@pytest.fixture
def app(
    settings: Settings, made_instance: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """The real application with one room more, which has a page for tablets."""
    OPEN["ballot"] = False
    theirs = documents.init_app

    def with_a_ballot(app: Flask) -> None:
        theirs(app)
        pages = Blueprint("box", __name__)

        @pages.get("/ballot")
        @allow(Kind.TABLET)
        def page() -> str:
            return "phiếu"

        app.register_blueprint(pages)
        follow.register(
            app,
            TabletAct(
                name="ballot",
                endpoint="box.page",
                rank=10,
                words=("Bỏ phiếu", "Vote"),
                is_open=lambda _session: OPEN["ballot"],
                facts=frozenset({"ballot"}),
                listens=False,
            ),
        )

    monkeypatch.setattr(documents, "init_app", with_a_ballot)
    made = create_app(settings)
    yield made
    with made.app_context():
        db.session.remove()
        writer().close()
        db.engine.dispose()


def set_box(app: Flask, *, is_open: bool) -> None:
    """What the room's own act will do: change its state and say so."""
    with app.app_context(), unit_of_work() as session:
        OPEN["ballot"] = is_open
        changed(session, "ballot")


def goes(app: Flask) -> dict[str, str]:
    """Where each device belongs, as the stream tells every page."""
    hub: live.Hub = app.extensions["kiosk_live"]
    with app.app_context():
        db.session.rollback()
    _, regions = hub.snapshot(["device"], "vi")
    found = re.findall(r'data-name="([^"]+)" data-goes="([^"]+)"', regions["device-facts"])
    return dict(found)


def tell(app: Flask, device: int, task: str) -> None:
    with app.app_context():
        acts = [act.name for act in follow.acts()]
        services.tell_tablet(device_id=device, task=task, acts=acts, by=THE_PROGRAM)


@pytest.fixture
def tablets(app: Flask) -> list[Browser]:
    return [Browser(app).pair(Kind.TABLET, f"Bảng {number}") for number in (1, 2, 3)]


def fresh(app: Flask) -> None:
    """Draw again, as if the quarter of a second between two pictures had passed."""
    for picture in app.extensions["kiosk_live"]._pictures.values():
        picture.drawn = float("-inf")


def test_the_open_act_decides_and_not_the_agenda(app: Flask, tablets: list[Browser]) -> None:
    assert tablets[0].get("/tablet").status_code == 200
    set_box(app, is_open=True)
    for tablet in tablets:
        assert tablet.get("/tablet").headers["Location"] == "/ballot"
        assert tablet.get("/").headers["Location"] == "/tablet"
    assert goes(app) == dict.fromkeys(("Bảng 1", "Bảng 2", "Bảng 3"), "/ballot")
    set_box(app, is_open=False)
    fresh(app)
    assert goes(app) == dict.fromkeys(("Bảng 1", "Bảng 2", "Bảng 3"), "/tablet")


def test_a_pinned_tablet_stays_where_it_is_told(app: Flask, tablets: list[Browser]) -> None:
    tell(app, 1, "idle")
    tell(app, 2, "follow_gate")
    tell(app, 3, "ballot")
    assert goes(app) == {"Bảng 1": "/tablet", "Bảng 2": "/gate", "Bảng 3": "/ballot"}
    set_box(app, is_open=True)
    fresh(app)
    assert goes(app) == {"Bảng 1": "/tablet", "Bảng 2": "/ballot", "Bảng 3": "/ballot"}
    assert tablets[0].get("/tablet").status_code == 200
    assert tablets[1].get("/tablet").headers["Location"] == "/ballot"


def test_a_tablet_may_scan_exactly_while_it_is_told_to(app: Flask, tablets: list[Browser]) -> None:
    tablet = tablets[0]
    scan = {"code": "?", "scan_id": "follow-0001"}
    assert tablet.post("/gate/scan", scan).status_code == 403
    for task in ("gate", "follow_gate"):
        tell(app, 1, task)
        assert tablet.get("/gate").status_code == 200, task
        assert 'data-device="1"' in tablet.get("/gate").get_data(as_text=True)
        assert tablet.get("/live/gate+device?poll=1").status_code == 200
        answer = tablet.post("/gate/scan", scan)
        assert 'data-outcome="unreadable"' in answer.get_data(as_text=True)
    tell(app, 1, "follow")
    assert tablet.post("/gate/scan", scan).status_code == 403
    assert tablet.get("/live/gate+device?poll=1").status_code == 403
    assert tablet.get("/").headers["Location"] == "/tablet"


def test_gates_and_walls_are_told_their_own_page(app: Flask) -> None:
    Browser(app).pair(Kind.GATE, "Cổng 1")
    Browser(app).pair(Kind.PROJECTOR, "Máy chiếu")
    set_box(app, is_open=True)
    assert goes(app) == {"Cổng 1": "/gate", "Máy chiếu": "/projector"}


def test_the_list_of_devices_holds_names_and_addresses_alone(
    app: Flask, tablets: list[Browser]
) -> None:
    hub: live.Hub = app.extensions["kiosk_live"]
    _, regions = hub.snapshot(["device"], "vi")
    attributes = set(re.findall(r" ([a-z-]+)(?==|>)", regions["device-facts"]))
    assert attributes == {"id", "hidden", "data-device-id", "data-name", "data-goes"}


def test_every_act_has_a_page_for_tablets_and_a_word_in_both_languages(app: Flask) -> None:
    with app.test_request_context():
        for act in follow.acts():
            assert act.words[0] != act.words[1]
            view = app.view_functions[act.endpoint]
            assert {Kind.TABLET, Kind.GATE} & view.audience, act.name  # type: ignore[attr-defined]


def test_an_act_without_a_stream_has_no_worker_before_it(app: Flask) -> None:
    """Design 5.3: no service worker on ballot pages. A scope is a prefix of the address."""
    adapter = app.url_map.bind("localhost")
    with app.app_context():
        quiet = [act for act in follow.acts() if not act.listens]
    assert quiet
    for act in quiet:
        address = adapter.build(act.endpoint)
        assert not address.startswith(follow.SCOPES), act.name


def test_every_page_of_a_device_lies_below_a_scope(app: Flask) -> None:
    """So that each of them comes back by itself; and the worker keeps only files that exist."""
    for page in ("/gate", "/tablet", "/projector", "/pair", "/selftest"):
        assert page in follow.SCOPES
    adapter = app.url_map.bind("localhost")
    with app.app_context():
        listening = [adapter.build(act.endpoint) for act in follow.acts() if act.listens]
    assert [page for page in listening if not page.startswith(follow.SCOPES)] == []
    static = Path(kiosk.__file__).parent
    worker = (static / "static/js/away-worker.js").read_text(encoding="utf-8")
    kept = re.findall(r"'(/static/[^']+)'", worker)
    assert len(kept) > 10
    for file in kept:
        assert (static / file.removeprefix("/")).is_file(), file
    page = (static / "templates/devices/away.html").read_text(encoding="utf-8")
    for sheet in re.search(r"for sheet in \(([^)]+)\)", page)[1].split(", "):  # type: ignore[index]
        assert f"/static/css/{sheet.strip(chr(34))}.css" in kept
    for script in re.findall(r"asset\('js/([^']+)'\)", page):
        assert f"/static/js/{script}" in kept
        imported = re.findall(
            r"from '\./([^']+)'", (static / "static/js" / script).read_text(encoding="utf-8")
        )
        assert {f"/static/js/{each}" for each in imported} <= set(kept)


def test_an_act_is_registered_once(app: Flask) -> None:
    with app.app_context():
        known = follow.acts()[0]
    with pytest.raises(ValueError, match="twice"):
        follow.register(app, known)

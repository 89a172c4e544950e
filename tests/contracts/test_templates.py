"""Every template is drawn at least once, and none holds what the strict policy forbids."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from balloting import BallotDay
from flask import Flask, render_template
from jinja2 import Environment, StrictUndefined, nodes
from sqlalchemy import text
from support import ROSTER, Browser, meeting_of

import kiosk
from kiosk import config, create_app, founding, instance
from kiosk.ballot import slips
from kiosk.config import Settings
from kiosk.core import doors, jobs
from kiosk.core.access import Kind, Role
from kiosk.core.db import db, unit_of_work, writer
from kiosk.core.doors import Door, Hall
from kiosk.devices import queries as devices
from kiosk.founding import real_plan

FOLDER = Path(kiosk.__file__).parent / "templates"
TEMPLATES = sorted(file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*.html"))

#: Where HTML that is already escaped is put in whole, and why that is safe.
SAFE = {
    "projector/wall.html": "the region drawn by the same templates a moment before",
    "checkin/_count.html": "a sentence of ours around two whole numbers",
    "checkin/desk/_count.html": "a sentence of ours around two whole numbers",
    "checkin/gate.html": "sentences of ours around elements of ours that gate.js fills with text",
}


def source(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


# -- what stands in them -------------------------------------------------------------------------

FORBIDDEN = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.I),
    "a style element": re.compile(r"<style\b", re.I),
    "an inline handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.I),
    "htmx code in an attribute": re.compile(r"\s(hx-on|hx-vals\s*=\s*[\"']js:|hx-vars)", re.I),
    "an address elsewhere": re.compile(r"https?://", re.I),
    "a script address": re.compile(r"javascript:", re.I),
    "escaping switched off": re.compile(r"{%-?\s*autoescape", re.I),
    "a form without our token": re.compile(
        r"<form(?=[^>]*method=\"post\")(?![^>]*hx-post)[^>]*>(?![\s\S]{0,400}_csrf)", re.I
    ),
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_holds_what_the_policy_forbids(name: str) -> None:
    words = re.sub(r"xmlns(:\w+)?=\"[^\"]*\"", "", source(name))
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(words)]
    assert found == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_script_is_a_file(name: str) -> None:
    for attributes, body in re.findall(r"<script([^>]*)>([\s\S]*?)</script>", source(name)):
        assert "src=" in attributes
        assert body.strip() == ""


@pytest.mark.parametrize("name", TEMPLATES)
def test_html_is_put_in_whole_only_where_it_is_listed(name: str) -> None:
    assert bool(re.search(r"\|\s*safe\b|Markup\(", source(name))) == (name in SAFE)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_attribute_value_with_a_variable_is_quoted(name: str) -> None:
    """`value={{ name }}` would let a name with a blank bring its own attributes."""
    assert re.findall(r"[\w-]+=\{\{", source(name)) == []


def test_every_template_that_one_names_is_there(app: Flask) -> None:
    for name in TEMPLATES:
        tree = app.jinja_env.parse(source(name))
        for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            named = node.template
            if isinstance(named, nodes.Const):
                assert named.value in TEMPLATES, f"{name} names {named.value}"


# -- a day that draws every one of them ----------------------------------------------------------


@contextmanager
def drawn_of(app: Flask) -> Iterator[set[str]]:
    """The names of the templates that are asked for from here on."""
    seen: set[str] = set()
    environment: Environment = app.jinja_env
    load = environment._load_template

    def noting(name: str, given: object) -> object:
        seen.add(name)
        return load(name, given)  # type: ignore[arg-type]

    environment._load_template = noting  # type: ignore[method-assign, assignment]
    try:
        yield seen
    finally:
        environment._load_template = load  # type: ignore[method-assign]


@pytest.fixture
def rehearsal(settings: Settings) -> Iterator[Flask]:
    """A conference in rehearsal mode, so that its own pages are there as well."""
    chosen = config.load(settings.instance, rehearsal=True)
    founding.make_conference(
        chosen, plan=real_plan(), roster=("ds.csv", ROSTER.encode()), rehearsal=True
    )
    app = create_app(chosen)
    yield app
    with app.app_context():
        db.session.remove()
        writer().close()
        db.engine.dispose()


class Day:
    """One short day through the pages; every answer must be a page and no crash."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.secretary = Browser(app).sign_in(Role.SECRETARY)
        self.gate = Browser(app).pair(Kind.GATE, "Cổng 1")
        self.tablet = Browser(app).pair(Kind.TABLET, "Bảng 1")
        self.wall = Browser(app).pair(Kind.PROJECTOR, "Màn chiếu chính")
        self.meeting = meeting_of(app)

    def look(self, *paths: str) -> None:
        for path in paths:
            answer = self.secretary.get(path)
            assert answer.status_code == 200, (path, answer.status_code)

    def act(self, path: str, *, status: int = 204, **form: object) -> None:
        answer = self.secretary.post(path, form)
        assert answer.status_code == status, (path, answer.get_data(as_text=True))

    def scan(self, code: str, number: int) -> None:
        answer = self.gate.post("/gate/scan", {"code": code, "scan_id": f"template-{number:04d}"})
        assert answer.status_code == 200

    def fleet(self) -> None:
        """A device by its code, one that was revoked, and what is said of each."""
        new = Browser(self.app)
        page = new.get("/pair").get_data(as_text=True)
        code = "".join(re.findall(r'id="pair-code">(\d{3}) (\d{3})<', page)[0])
        self.look("/console/devices", "/console/devices/pair", f"/console/devices/pair?code={code}")
        self.look("/console/devices/1", f"/pair/code/{code}", "/away")
        self.act("/console/devices/pair/code", status=200, code=code)
        self.act("/console/devices/pair", status=200, code=code, kind="tablet")
        assert new.get("/pair").status_code == 303
        with self.app.app_context():
            number = max(row.id for row in devices.devices(db.session()))
        self.look(f"/console/devices/{number}", "/live/devices?poll=1")
        assert self.secretary.get(f"/console/devices/{number}", fragment=True).status_code == 200
        self.act(f"/console/devices/{number}/task", task="idle")
        self.look("/console/devices")
        self.act(f"/console/devices/{number}/revoke")
        assert new.get("/pair").status_code == 200
        self.look(f"/console/devices/{number}", "/console/devices")
        assert self.gate.get("/live/gate+device?poll=1").status_code == 200

    def before(self) -> None:
        Browser(self.app).get("/pair")
        Browser(self.app).get("/start")
        Browser(self.app).get("/pair/spent")  # errors/… of a refusal with a page
        self.look("/console", "/console/delegates", "/console/delegates?q=lan", "/console/plan")
        self.look("/console/delegates/import", "/console/delegates/1", "/console/book?check=1")
        self.look("/console/staff", "/projector", "/console/regions", "/console/devices")
        self.act("/console/devices", kind="projector", name="Máy chiếu", status=201)
        self.act(
            "/console/delegates/import/preview",
            status=200,
            roster=(io.BytesIO(ROSTER.encode()), "ds.csv"),
        )
        self.act(
            "/console/plan/preview", status=200, plan=(io.BytesIO(real_plan()[1]), real_plan()[0])
        )
        assert self.secretary.get("/console/delegates?q=x", fragment=True).status_code == 200
        assert self.gate.get("/gate").status_code == 200
        assert self.tablet.get("/tablet").status_code == 200
        for topics in ("console+wall+devices",):
            self.look(f"/live/{topics}?poll=1")
        assert self.gate.get("/live/gate?poll=1").status_code == 200
        self.look("/console/committees", "/console/committees/presidium/find?q=lan")
        self.look("/console/bars/find?q=lan")
        self.act("/console/committees/presidium/add/1")
        self.act("/console/duties/1/done", status=200, done=1)
        self.look("/console/committees", "/console/invitations", "/console/plan")
        assert self.secretary.get("/console/invitations", fragment=True).status_code == 200
        assert self.tablet.get("/live/tablet?poll=1").status_code == 200
        self.doctor()

    def doctor(self) -> None:
        self.act("/console/doctor/taps/print", ok=1)
        self.act("/console/doctor/taps/clock", ok=0)
        self.look("/console/doctor", "/live/doctor?poll=1")
        for browser in (self.gate, self.tablet, self.wall):
            assert browser.get("/selftest").status_code == 200
        tried = {"part": "sound", "ok": "1", "tester": "Bùi Văn Sáu"}
        assert self.gate.post("/selftest", tried).status_code == 200

    def trust(self) -> None:
        """The page for other machines, as each door shows it; then the hall as it was."""
        before = self.app.extensions["kiosk_hall"]
        self.app.extensions["kiosk_hall"] = Hall(
            encrypted=("https://192.168.1.10:8443",),
            trust=("http://192.168.1.10:8080/trust",),
            hosts=frozenset({"localhost"}),
            https_port=8443,
            fingerprint="AB" * 32,
        )
        for door in Door:
            for machine in ("android", "ipad", "windows", "linux"):
                page = Browser(self.app).get(
                    f"/trust?machine={machine}", environ_overrides={doors.KEY: door}
                )
                assert page.status_code == 200, door
                assert re.search(r"\sstyle\s*=", page.get_data(as_text=True)) is None
        self.look("/console")
        self.app.extensions["kiosk_hall"] = before

    def refusals(self) -> None:
        self.act("/console/staff", status=422)
        assert self.secretary.post("/console/staff", fragment=False).status_code == 422
        assert self.secretary.get("/console/nothing").status_code == 404
        assert self.secretary.get("/console/nothing", fragment=True).status_code == 404
        assert self.app.test_client().get("/", headers={"Host": "evil.example"}).status_code == 400
        self.scan("?", 0)
        assert self.gate.post("/gate/scan").status_code == 200
        for reason in ("", "quét nhầm"):
            self.scan(next(iter(self.meeting.codes.values())), 1)
            assert self.gate.post("/gate/undo/1", {"reason": reason}).status_code == 200

    def desk(self) -> None:
        self.look("/desk", "/desk/new", "/desk/paper", "/desk/people/2", "/desk/people/2?badge=1")
        self.look("/desk/people/3/substitute")
        for path in ("/desk?q=lan", "/desk?q=khongai", "/desk/people/2"):
            assert self.secretary.get(path, fragment=True).status_code == 200
        self.act("/desk/people/2/absence", kind="with_reason", reason="Ốm")
        self.act("/desk/paper/preview", status=200, numbers="1 2 999 x")
        self.look("/desk/people/2", "/live/desk?poll=1")

    def item(self) -> None:
        for words in ("Ý kiến của ông Thuỷ.", "Ý kiến của bà Hoà."):
            saved = self.secretary.client.post(
                "/console/agenda/1/note",
                json={"text": words, "based_on": 0},
                headers={"X-CSRF-Token": self.secretary.token},
            )
            assert saved.status_code == 200, saved.get_data(as_text=True)
        self.look("/console/agenda/1", "/console/agenda/1/note/conflicts")
        self.look("/console/agenda/1/note/versions", "/live/notes+script+preview?poll=1")

    def pledge(self) -> None:
        """The text, the list, one signature, and the pages around them; the conference is open."""
        self.look("/console/pledge", "/console/pledge/text")
        self.act("/console/pledge/text", title="G", heading="Phần", aims="Ý", unit="Văn phòng",
                 lines="100%", bases="Luật A", opening="Các đơn vị:", closing="Hết.")  # fmt: skip
        self.act("/console/pledge/signatories/propose")
        self.act("/console/pledge/signatories/add/2")
        self.look("/console/pledge/versions/1", "/console/pledge/find?q=ánh&for=1")
        self.look("/console/pledge/find?q=nhung", "/console/pledge/find?q=không%20ai")
        self.act("/console/pledge/signatories/1/proxy/3")
        self.act("/console/pledge/signatories/2/excuse", reason="Đi công tác")
        self.look("/console/pledge/signatories/1", "/console/pledge/signatories/2")
        assert self.tablet.get("/pledge").status_code == 200
        # Signing opens by itself with its item.
        self.act("/console/agenda/1/wait")
        self.act("/console/agenda/8/start")
        self.look("/console/pledge", "/console/pledge/text", "/console", "/projector")
        self.look("/live/pledge?poll=1", "/console/pledge/board")
        assert self.tablet.get("/pledge").status_code == 200
        answer = self.tablet.post("/pledge/badge", {"code": self.meeting.codes[2]})
        turn = answer.headers["HX-Redirect"]
        page = self.tablet.get(turn)
        assert page.status_code == 200
        assert re.search(r"\sstyle\s*=", page.get_data(as_text=True)) is None
        digest = re.findall(r'name="text" value="(\w+)"', page.get_data(as_text=True))[0]
        ink = '{"pad":[1200,480],"strokes":[[100,100,300,300,500,90],[600,200,700,300]]}'
        thanks = self.tablet.post(f"{turn}/sign", {"text": digest, "ink": ink})
        assert thanks.status_code == 200, thanks.get_data(as_text=True)
        self.look("/console/pledge", "/console", "/projector", "/console/book")
        self.act("/console/pledge/close", reason="Vắng")
        self.look("/console/pledge", "/console", "/projector")

    def during(self) -> None:
        for number, code in enumerate(self.meeting.codes.values(), start=10):
            self.scan(code, number)
        self.act("/console/conference/open")
        self.look("/console", "/projector")
        self.act("/console/wall/break", minutes=10)
        self.look("/console", "/projector")
        self.act("/console/wall/aside")
        self.look("/console", "/projector")
        self.act("/console/wall/back")
        self.act("/console/agenda/next")
        self.look("/console", "/projector")
        self.act("/console/motions", text="Thông qua chương trình Hội nghị")
        self.look("/console", "/projector", "/console/script", "/console/motions/1/hands")
        self.act("/console/motions/1/all-minus", status=200, against=1, other=0)
        self.act("/console/motions/1/count", in_favour=12, against=0, other=0)
        self.look("/console", "/projector")
        self.act("/console/motions/1/put-away")
        self.pledge()

    def election(self, bag: list[str]) -> None:
        """A round on tablets to its result, and one on paper that is voided."""
        chair, second = Browser(self.app).sign_in(Role.CHAIR), "/console/ballot/rounds/3"
        hall = BallotDay(self.meeting, self.secretary, chair, self.gate, [self.tablet])
        self.look("/console/ballot")
        hall.prepare(camera="1")
        self.look("/console/ballot", "/console/ballot/find?q=lan", "/console/ballot/rule")
        hall.act("/console/ballot/rounds", way="tablet")
        self.look("/console/ballot/rounds/1")
        hall.slips(lambda: bag, number=1, count=15)
        hall.lock(1, counted=15)
        self.look("/console/ballot/rounds/1", "/issue", "/console/ballot/rounds/1/find?q=a")
        hall.page("/ballot/box", who=self.tablet)
        with self.app.app_context():
            device = next(row.id for row in devices.devices(db.session()) if row.name == "Bảng 1")
        hall.open(1)
        for path in ("/ballot", "/ballot/camera", "/ballot/promise"):
            hall.page(path, who=self.tablet)
        with self.app.test_request_context():
            # A list without surplus, for the same page; with a picture of everybody, and without.
            found = hall.round(1)
            faces = {each.candidate: "data:image/jpeg;base64,AA==" for each in found.candidates}
            for photos in ({}, faces):
                drawn = render_template("ballot/_names_b.html", round=found, photos=photos)
                assert drawn.count('class="face"') == len(photos)
        for number in (1, 2, 3, 4, 6, 7, 8):
            assert hall.vote(1, hall.draw(number), [1, 0, 0, 0]).status_code == 204
        self.look("/console/ballot/rounds/1", "/projector", "/live/ballot?poll=1", "/issue")
        hall.act("/console/ballot/rounds/1/slip-state", status=200, slip=hall.bag[0])
        hall.close(1)
        self.look("/console/ballot/rounds/1")
        hall.count(1)
        hall.act("/console/ballot/rounds/1/read", place=0)
        self.look("/console/ballot/rounds/1", "/projector", "/console/ballot/rounds/1/report")
        self.act(f"/console/devices/{device}/task", task="ballot")
        hall.page("/ballot", who=self.tablet)
        self.act(f"/console/devices/{device}/task", task="follow")
        hall.act("/console/ballot/rounds/1/declare")
        hall.act("/console/ballot/rounds", way="paper")
        hall.act("/console/ballot/rounds/2/void", reason="thử hủy một lượt")
        self.look("/console/ballot/rounds/2")
        hall.act("/console/ballot/rounds/2/void/confirm", who=chair)
        self.look("/console/ballot/rounds/2")
        hall.act("/console/ballot/rounds", way="paper")
        self.look(second)
        hall.act(f"{second}/slips-counted", counted=12)
        hall.act(f"{second}/open")
        hall.close(3)
        self.look(second, "/projector")
        typed = {"issued": 0, "collected": 0, "valid": 0, "invalid": 0}
        votes = {f"votes-{place}": 0 for place in range(4)}
        for teller in (9, 10):
            hall.act(f"{second}/entries", badge=hall.badge(teller), **typed, **votes)
            self.look(second)
        hall.act(f"{second}/entries/take")
        hall.act(f"{second}/declare")
        self.look(second, "/projector", "/console/ballot", "/console/ballot/rounds/1")
        hall.act("/console/ballot/stop")
        hall.hands()
        self.look("/console/ballot")

    def after(self) -> None:
        with self.app.app_context(), unit_of_work() as session:
            session.execute(text("UPDATE conference SET ended_at = opened_at"))
        self.look("/console", "/projector", "/console/delegates/1")
        self.scan(next(iter(self.meeting.codes.values())), 99)
        assert self.tablet.get("/tablet").status_code == 200


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_template_is_drawn_and_no_word_in_it_is_undefined(
    rehearsal: Flask,
    app_without_meeting: Flask,
    language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A name that a page forgets to pass would be an empty place in the hall; here it is a crash.
    # Before there is a conference, the console's cards rely on such names being empty.
    rehearsal.jinja_env.undefined = StrictUndefined
    bag: list[str] = []
    make, run = slips.fresh, jobs.run_job
    monkeypatch.setattr(slips, "fresh", lambda count, **more: bag.extend(make(count)) or [*bag])
    monkeypatch.setattr(
        jobs,
        "run_job",
        lambda name, *more, **named: (
            b"%PDF-" if name == "ballot_paper" else run(name, *more, **named)
        ),
    )
    with drawn_of(rehearsal) as seen, drawn_of(app_without_meeting) as seen_empty:
        empty = Browser(app_without_meeting).sign_in(Role.SECRETARY)
        for path in ("/projector", "/console", "/console/plan", "/console/delegates"):
            empty.client.set_cookie("kiosk_lang", language)
            assert empty.get(path).status_code == 200, path
        day = Day(rehearsal)
        for browser in (day.secretary, day.gate, day.tablet, day.wall):
            browser.client.set_cookie("kiosk_lang", language)
        day.before()
        day.fleet()
        day.trust()
        day.refusals()
        day.desk()
        day.item()
        day.during()
        day.election(bag)
        day.after()
    assert set(TEMPLATES) - seen - seen_empty == set()


@pytest.fixture
def app_without_meeting(tmp_path: Path) -> Iterator[Flask]:
    chosen = config.load(tmp_path / "empty")
    instance.create(chosen)
    app = create_app(chosen)
    yield app
    with app.app_context():
        db.session.remove()
        writer().close()
        db.engine.dispose()


def test_every_page_that_is_sent_keeps_to_the_policy(
    rehearsal: Flask,
) -> None:
    """What a macro or a Python helper adds is looked at in the answer, not in the file."""
    day = Day(rehearsal)
    for path in (
        "/console",
        "/console/delegates",
        "/console/plan",
        "/console/book",
        "/projector",
        "/console/delegates/1",
        "/console/devices",
        "/console/devices/1",
        "/console/devices/pair",
        "/pair?new",
        "/pair/code/418503",
        "/away",
        "/console/staff",
        "/console/committees",
        "/console/invitations",
        "/console/agenda/1",
        "/console/script",
        "/console/pledge",
        "/console/pledge/text",
        "/console/doctor",
        "/desk",
        "/desk/people/1",
        "/desk/new",
        "/desk/paper",
        "/start",
    ):
        page = day.secretary.get(path).get_data(as_text=True)
        assert re.search(r"\sstyle\s*=", page) is None, path
        assert re.search(r"<script(?![^>]*\ssrc=)", page) is None, path
        assert re.search(r"(src|href|action)=\"(https?:)?//", page) is None, path
        # The small picture of the hall is no part of the page for whoever listens to it.
        hall = r'<div id="hall-preview" class="[^"]*" aria-hidden="true".*?</main>'
        read_aloud = re.sub(hall, "", page, flags=re.S)
        assert read_aloud.count("<h1") == 1, path
        ids = re.findall(r"\sid=\"([^\"]+)\"", page)
        assert len(ids) == len(set(ids)), sorted(each for each in ids if ids.count(each) > 1)

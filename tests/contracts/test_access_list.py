"""Who may call what, written down a second time: this list is the contract, the code must match it.

A new endpoint or topic fails here until somebody has thought about its audience and listed it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from support import Browser, Meeting
from werkzeug.test import TestResponse

from kiosk import config, create_app, instance
from kiosk.config import Settings
from kiosk.core import jobs, live
from kiosk.core.access import THE_PROGRAM, Kind, Role, audience_of
from kiosk.core.db import db, writer
from kiosk.devices import services as devices

EVERYONE = "anyone"
PROGRAM = "program"
STAFF = "technician secretary chair desk"
PREPARERS = "technician secretary"
LEADERS = "secretary chair"
LEADERS_AND_TECHNICIAN = "technician secretary chair"
DESK = "secretary desk"
GATE = "gate"
DEVICES = "gate tablet projector"

#: Method and address → who may. Numbers that nothing has (999) keep the acts harmless.
LIST: dict[str, str] = {
    "GET /": EVERYONE,
    "GET /healthz": EVERYONE,
    "GET /live/<topics>": EVERYONE,  # each topic has an audience of its own, below
    "GET /static/<path:filename>": EVERYONE,
    "POST /internal/act": PROGRAM,
    # the one page that is served without encryption too, and its files
    "GET /trust": EVERYONE,
    "GET /trust/ok": EVERYONE,
    "GET /trust/hall.crt": EVERYONE,
    "GET /trust/hall.pem": EVERYONE,
    # signing in, pairing
    "GET /sign-in": EVERYONE,
    "POST /sign-in": EVERYONE,
    "POST /sign-out": STAFF,
    "POST /language": EVERYONE,
    "GET /pair": EVERYONE,
    "GET /pair/<ticket>": EVERYONE,
    "GET /pair/code/<code>": EVERYONE,  # leads to the console, which asks who one is
    "GET /pair/state": EVERYONE,
    # what a device's page needs around it: no word of the conference is in these
    "GET /away": EVERYONE,
    "GET /away.js": EVERYONE,
    "GET /manifest.webmanifest": EVERYONE,
    "POST /beat": DEVICES,
    # the faces
    "GET /gate": GATE,
    "POST /gate/scan": GATE,
    "POST /gate/undo/<int:stay_id>": GATE,
    "POST /gate/left/<int:stay_id>/undo": GATE,
    "GET /tablet": "tablet",
    # the pledge at the tablet: badge, one person's turn
    "GET /pledge": "tablet",
    "POST /pledge/badge": "tablet",
    "GET /pledge/visit/<token>": "tablet",
    "POST /pledge/visit/<token>/sign": "tablet",
    "POST /pledge/visit/<token>/leave": "tablet",
    "GET /projector": f"projector {STAFF}",
    "GET /console": STAFF,
    "GET /console/regions": STAFF,
    # Slides are the technician's; when the hall rests is the chair's word.
    "POST /console/wall/aside": LEADERS_AND_TECHNICIAN,
    "POST /console/wall/back": LEADERS_AND_TECHNICIAN,
    "POST /console/wall/break": LEADERS,
    # accounts and devices
    "GET /console/staff": PREPARERS,
    "POST /console/staff": PREPARERS,
    "POST /console/staff/<int:account_id>/close": PREPARERS,
    "GET /console/devices": PREPARERS,
    "GET /console/devices/<int:device_id>": PREPARERS,
    "GET /console/devices/pair": PREPARERS,
    "POST /console/devices/pair": PREPARERS,
    "POST /console/devices/pair/clear": PREPARERS,
    "POST /console/devices/pair/code": PREPARERS,
    "POST /console/devices/task": PREPARERS,
    "POST /console/devices/<int:device_id>/name": PREPARERS,
    "POST /console/devices/<int:device_id>/one-machine": PREPARERS,
    "POST /console/devices/<int:device_id>/kind": PREPARERS,
    "POST /console/devices/<int:device_id>/task": PREPARERS,
    "POST /console/devices": PREPARERS,
    "POST /console/devices/<int:device_id>/address": PREPARERS,
    "POST /console/devices/<int:device_id>/revoke": PREPARERS,
    "POST /console/devices/<int:device_id>/direction": PREPARERS,
    # people
    "GET /console/delegates": STAFF,
    "GET /console/delegates/<int:delegate_id>": STAFF,
    "POST /console/delegates/<int:delegate_id>/admit": "secretary desk",
    "POST /console/stays/<int:stay_id>/undo": "secretary desk",
    "POST /console/delegates/<int:delegate_id>/badge": "technician secretary desk",
    "POST /console/delegates/<int:delegate_id>/badge/replace": "technician secretary desk",
    "POST /console/delegates/<int:delegate_id>/standing": PREPARERS,
    "POST /console/units/<int:unit_id>/flags": PREPARERS,
    "POST /console/badges": PREPARERS,
    "GET /console/delegates/import": PREPARERS,
    "POST /console/delegates/import": PREPARERS,
    "POST /console/delegates/import/preview": PREPARERS,
    "POST /console/delegates/import/preview/again": PREPARERS,
    "POST /console/delegates/import/undo": PREPARERS,
    "POST /console/delegates/<int:delegate_id>/bar": PREPARERS,
    "POST /console/stays/<int:stay_id>/left/undo": DESK,
    "GET /console/committees": LEADERS_AND_TECHNICIAN,
    "GET /console/committees/<committee>/find": PREPARERS,
    "GET /console/bars/find": PREPARERS,
    "POST /console/committees/<committee>/add/<int:delegate_id>": PREPARERS,
    "POST /console/committees/members/<int:member_id>/end": PREPARERS,
    "POST /console/committees/members/<int:member_id>/head": PREPARERS,
    "POST /console/committees/members/<int:member_id>/move": PREPARERS,
    "POST /console/duties/<int:duty_id>": PREPARERS,
    "POST /console/duties/<int:duty_id>/done": PREPARERS,
    # the desk
    "GET /desk": DESK,
    "GET /desk/new": DESK,
    "POST /desk/new": DESK,
    "GET /desk/paper": DESK,
    "POST /desk/paper": DESK,
    "POST /desk/paper/preview": DESK,
    "GET /desk/people/<int:delegate_id>": DESK,
    "POST /desk/people/<int:delegate_id>/absence": DESK,
    "POST /desk/people/<int:delegate_id>/absence/withdraw": DESK,
    "POST /desk/people/<int:delegate_id>/admit": DESK,
    "POST /desk/people/<int:delegate_id>/badge": DESK,
    "POST /desk/people/<int:delegate_id>/leave": DESK,
    "GET /desk/people/<int:delegate_id>/substitute": DESK,
    "POST /desk/people/<int:delegate_id>/substitute": DESK,
    "POST /desk/stays/<int:stay_id>/undo": DESK,
    "POST /desk/stays/<int:stay_id>/left/undo": DESK,
    "POST /desk/substitutions/<int:substitution_id>/end": DESK,
    # papers: whoever needs a list prints it; who was invited is the preparers' to say
    "POST /console/attendance-list": STAFF,
    "POST /console/fallback-list": STAFF,
    "GET /console/invitations": STAFF,
    "POST /console/invitations/paper": PREPARERS,
    "POST /console/invitations/<int:delegate_id>/sent": PREPARERS,
    "POST /console/invitations/<int:delegate_id>/not-sent": PREPARERS,
    "POST /console/invitations/unit/<int:unit_id>/sent": PREPARERS,
    # the plan
    "GET /console/plan": LEADERS_AND_TECHNICIAN,
    "POST /console/plan": PREPARERS,
    "POST /console/plan/preview": PREPARERS,
    "POST /console/plan/details": PREPARERS,
    "POST /console/plan/items": PREPARERS,
    "POST /console/plan/items/<int:item_id>": PREPARERS,
    "POST /console/plan/items/<int:item_id>/move": PREPARERS,
    "POST /console/plan/items/<int:item_id>/remove": PREPARERS,
    # the day
    "POST /console/base": LEADERS,
    "POST /console/conference/open": LEADERS,
    "POST /console/conference/end": LEADERS,
    "POST /console/agenda/next": LEADERS,
    "POST /console/agenda/skip": LEADERS,
    "POST /console/agenda/reopen": LEADERS,
    "POST /console/agenda/<int:item_id>/start": LEADERS,
    "POST /console/agenda/<int:item_id>/wait": LEADERS,
    "POST /console/agenda/<int:item_id>/end": LEADERS,
    # an item's own page: everyone on the staff reads, the secretariat writes
    "GET /console/agenda/<int:item_id>": STAFF,
    "GET /console/agenda/<int:item_id>/note": STAFF,
    "GET /console/agenda/<int:item_id>/note/conflicts": STAFF,
    "GET /console/agenda/<int:item_id>/note/versions": STAFF,
    "POST /console/agenda/<int:item_id>/note": LEADERS,
    "POST /console/agenda/<int:item_id>/script": LEADERS,
    "GET /console/agenda/<int:item_id>/files/<int:file_id>": STAFF,
    "POST /console/agenda/<int:item_id>/files": LEADERS_AND_TECHNICIAN,
    "POST /console/agenda/<int:item_id>/files/<int:file_id>/remove": LEADERS_AND_TECHNICIAN,
    "GET /console/script": LEADERS,
    "POST /console/motions": LEADERS,
    "POST /console/motions/<int:motion_id>/count": LEADERS,
    "GET /console/motions/<int:motion_id>/hands": LEADERS,
    "POST /console/motions/<int:motion_id>/all-minus": LEADERS,
    "POST /console/motions/<int:motion_id>/correct": LEADERS,
    "POST /console/motions/<int:motion_id>/put-away": LEADERS,
    "POST /console/motions/<int:motion_id>/withdraw": LEADERS,
    # the election: the technician looks, secretary and chair act
    "GET /console/ballot": LEADERS_AND_TECHNICIAN,
    "POST /console/ballot/settings": LEADERS,
    "GET /console/ballot/candidates/<int:candidate_id>/photo.jpg": LEADERS_AND_TECHNICIAN,
    "GET /console/ballot/find": LEADERS,
    "POST /console/ballot/candidates/add/<int:delegate_id>": LEADERS,
    "POST /console/ballot/candidates/<int:candidate_id>/consent": LEADERS,
    "POST /console/ballot/candidates/<int:candidate_id>/born": LEADERS,
    "POST /console/ballot/candidates/<int:candidate_id>/photo": LEADERS,
    "POST /console/ballot/candidates/<int:candidate_id>/photo/away": LEADERS,
    "POST /console/ballot/candidates/<int:candidate_id>/withdraw": LEADERS,
    "POST /console/ballot/candidates/<int:candidate_id>/back": LEADERS,
    "POST /console/ballot/ask/<what>": LEADERS,
    "GET /console/ballot/rule": LEADERS_AND_TECHNICIAN,
    "POST /console/ballot/rule/paper": LEADERS_AND_TECHNICIAN,
    "POST /console/ballot/rounds": LEADERS,
    "POST /console/ballot/slips": PREPARERS,
    "POST /console/ballot/smaller": LEADERS,
    "POST /console/ballot/stop": LEADERS,
    "GET /console/ballot/rounds/<int:number>": LEADERS_AND_TECHNICIAN,
    "POST /console/ballot/rounds/<int:number>/slips-counted": LEADERS,
    "POST /console/ballot/rounds/<int:number>/paper/<what>": LEADERS_AND_TECHNICIAN,
    "POST /console/ballot/rounds/<int:number>/tellers": LEADERS,
    "GET /console/ballot/rounds/<int:number>/tellers/<int:slot>": LEADERS,
    "POST /console/ballot/rounds/<int:number>/tellers/<int:slot>/again": LEADERS,
    "POST /console/ballot/rounds/<int:number>/tellers/<int:slot>/code": LEADERS,
    "POST /console/ballot/rounds/<int:number>/tellers/<int:slot>/envelope": LEADERS,
    "POST /console/ballot/rounds/<int:number>/witnesses": LEADERS,
    "POST /console/ballot/rounds/<int:number>/restart": LEADERS,
    "POST /console/ballot/rounds/<int:number>/lock": LEADERS,
    "POST /console/ballot/rounds/<int:number>/compare": LEADERS,
    "POST /console/ballot/rounds/<int:number>/draw": LEADERS,
    "POST /console/ballot/rounds/<int:number>/open": LEADERS,
    "POST /console/ballot/rounds/<int:number>/close": LEADERS,
    "POST /console/ballot/rounds/<int:number>/sums": LEADERS,
    "POST /console/ballot/rounds/<int:number>/open-box": LEADERS,
    "POST /console/ballot/rounds/<int:number>/entries": LEADERS,
    "POST /console/ballot/rounds/<int:number>/entries/drop": LEADERS,
    "POST /console/ballot/rounds/<int:number>/entries/take": LEADERS,
    "POST /console/ballot/rounds/<int:number>/read": LEADERS,
    "POST /console/ballot/rounds/<int:number>/declare": LEADERS,
    "POST /console/ballot/rounds/<int:number>/put-away": LEADERS,
    "POST /console/ballot/rounds/<int:number>/complaint": LEADERS,
    "POST /console/ballot/rounds/<int:number>/void": LEADERS,
    "POST /console/ballot/rounds/<int:number>/void/confirm": LEADERS,
    "GET /console/ballot/rounds/<int:number>/report": LEADERS_AND_TECHNICIAN,
    "POST /console/ballot/rounds/<int:number>/export": LEADERS,  # single ballots, for the tellers
    # who helps a voter is written down by whoever sees it; the list of electors is the desk's
    "POST /console/ballot/rounds/<int:number>/helpers": STAFF,
    "POST /console/ballot/rounds/<int:number>/slip-state": LEADERS,
    "POST /console/ballot/rounds/<int:number>/robbed": LEADERS,
    "GET /console/ballot/rounds/<int:number>/find": DESK,
    "POST /console/ballot/rounds/<int:number>/roll/<int:delegate_id>": DESK,
    # slips are issued at a gate, at a tablet in a teller's hands, or at the desk
    "GET /issue": "gate tablet secretary desk",
    "POST /issue/scan": "gate tablet secretary desk",
    "POST /issue/undo/<int:delegate_id>": "gate tablet secretary desk",
    # votes are cast at tablets alone
    "GET /ballot": "tablet",
    "GET /ballot/box": "tablet",
    "GET /ballot/camera": "tablet",
    "POST /ballot/slip": "tablet",
    "POST /ballot/cast": "tablet",
    "GET /ballot/promise": EVERYONE,
    # the pledge: who leads the meeting writes it, says who signs, opens and closes
    "GET /console/pledge": LEADERS_AND_TECHNICIAN,
    "GET /console/pledge/board": LEADERS_AND_TECHNICIAN,
    "GET /console/pledge/versions/<int:number>": LEADERS_AND_TECHNICIAN,
    "POST /console/pledge/sheet": LEADERS_AND_TECHNICIAN,
    "GET /console/pledge/find": LEADERS,
    "GET /console/pledge/text": LEADERS,
    "POST /console/pledge/text": LEADERS,
    "POST /console/pledge/form": LEADERS,
    "POST /console/pledge/signatories/propose": LEADERS,
    "POST /console/pledge/signatories/add/<int:delegate_id>": LEADERS,
    "GET /console/pledge/signatories/<int:signatory_id>": LEADERS,
    "POST /console/pledge/signatories/<int:signatory_id>/remove": LEADERS,
    "POST /console/pledge/signatories/<int:signatory_id>/capacity": LEADERS,
    "POST /console/pledge/signatories/<int:signatory_id>/proxy/<int:delegate_id>": LEADERS,
    "POST /console/pledge/signatories/<int:signatory_id>/proxy/end": LEADERS,
    "POST /console/pledge/signatories/<int:signatory_id>/excuse": LEADERS,
    "POST /console/pledge/signatories/<int:signatory_id>/excuse/end": LEADERS,
    "POST /console/pledge/open": LEADERS,
    "POST /console/pledge/take-back": LEADERS,
    "POST /console/pledge/close": LEADERS,
    "POST /console/pledge/reopen": LEADERS,
    "GET /console/book": LEADERS_AND_TECHNICIAN,
    # go or no-go: the chair looks, the preparers press
    "GET /console/doctor": LEADERS_AND_TECHNICIAN,
    "POST /console/doctor/measure": PREPARERS,
    "POST /console/doctor/taps/<part>": PREPARERS,
    "POST /console/doctor/paper": PREPARERS,
    "POST /console/doctor/test-page": PREPARERS,
    "GET /selftest": "gate tablet projector",
    "POST /selftest": "gate tablet projector",
}

#: Only in rehearsal mode, where the data is invented and the laptop is the newcomer's own.
REHEARSAL = {"GET /start": EVERYONE, "POST /start/device": EVERYONE}

TOPICS = {
    "gate": "gate",
    "tablet": "tablet",
    "device": DEVICES,
    "wall": f"projector {STAFF}",
    "console": STAFF,
    "devices": PREPARERS,
    "desk": DESK,
    "notes": STAFF,
    "preview": STAFF,
    "script": LEADERS,
    "pledge": LEADERS_AND_TECHNICIAN,
    "doctor": PREPARERS,
    "doctor-look": "chair",
    "ballot": STAFF,
}

CALLERS = ("nobody", "revoked gate", *(str(role) for role in Role), *(str(kind) for kind in Kind))


def endpoints(app: Flask) -> dict[str, str]:
    """What the program really says: method and address → audience."""
    return {
        f"{method} {rule.rule}": " ".join(sorted(map(str, audience_of(app, rule.endpoint))))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def ordered(listed: dict[str, str]) -> dict[str, str]:
    return {name: " ".join(sorted(audience.split())) for name, audience in listed.items()}


def test_the_list_is_exactly_what_the_program_offers(app: Flask) -> None:
    assert endpoints(app) == ordered(LIST)


def test_the_pages_of_a_rehearsal_exist_in_a_rehearsal_alone(settings: Settings) -> None:
    rehearsal = config.load(settings.instance, rehearsal=True)
    instance.create(rehearsal)
    app = create_app(rehearsal)
    try:
        assert endpoints(app) == ordered(LIST | REHEARSAL)
    finally:
        with app.app_context():
            writer().close()
            db.engine.dispose()


def test_every_topic_names_the_listed_audience(app: Flask) -> None:
    hub: live.Hub = app.extensions["kiosk_live"]
    found = {name: " ".join(sorted(topic.audience)) for name, topic in hub.topics.items()}
    assert found == ordered(TOPICS)


# -- the list over the wire ----------------------------------------------------------------------


@dataclass
class Crowd:
    """One browser for every kind of caller."""

    browsers: dict[str, Browser]

    def may(self, caller: str, audience: str) -> bool:
        return audience == EVERYONE or caller in audience.split()

    def is_nobody_for(self, caller: str, audience: str) -> bool:
        """A gate that opens the console, or a secretary who opens the gate, is asked who they are;
        only one of the same family is told that they may not."""
        families = ({str(role) for role in Role}, {str(kind) for kind in Kind})
        return not any(caller in family and family & set(audience.split()) for family in families)


@pytest.fixture
def crowd(
    meeting: Meeting,
    app: Flask,
    signed_in: Callable[..., Browser],
    as_device: Callable[[str, str], Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> Crowd:
    answers = {"doctor": b"{}"}  # what a worker measured; all others make papers
    monkeypatch.setattr(jobs, "run_job", lambda name, *_args, **_named: answers.get(name, b"%PDF-"))
    browsers = {"nobody": Browser(app), "revoked gate": as_device(Kind.GATE, "Cổng cũ")}
    browsers |= {str(role): signed_in(role) for role in Role}
    browsers |= {str(kind): as_device(kind, f"Máy {kind}") for kind in Kind}
    with app.app_context():
        devices.revoke_device(device_id=1, by=THE_PROGRAM)
    return Crowd(browsers)


def call(browser: Browser, endpoint: str) -> TestResponse:
    method, rule = endpoint.split(" ")
    path = rule.replace("<path:filename>", "css/base.css").replace("<ticket>", "no-such-ticket")
    path = path.replace("<topics>", "no-such-topic").replace("<committee>", "no-such-body")
    path = path.replace("<part>", "no-such-part").replace("<what>", "no-such-word")
    path = path.replace("<code>", "418503").replace("<token>", "no-such-turn")
    path = "/".join("999" if part.startswith("<int:") else part for part in path.split("/"))
    headers = {"X-CSRF-Token": browser.token, "Accept": "text/html"}
    return browser.client.open(path, method=method, headers=headers, buffered=True)


def cells() -> Iterator[tuple[str, str, str]]:
    for endpoint, audience in LIST.items():
        for caller in CALLERS:
            yield endpoint, audience, caller


def test_every_endpoint_answers_every_caller_as_the_list_says(crowd: Crowd) -> None:
    wrong: list[str] = []
    for endpoint, audience, caller in cells():
        if endpoint == "POST /sign-out" and crowd.may(caller, audience):
            continue  # it would end the caller; `test_staff_routes` looks at it
        answer = call(crowd.browsers[caller], endpoint)
        unknown = crowd.is_nobody_for(caller, audience)
        if crowd.may(caller, audience):
            fine = answer.status_code not in {401, 403} and answer.status_code < 500
            if endpoint.startswith("GET /console"):
                fine = fine and "/sign-in" not in answer.headers.get("Location", "")
        elif audience == PROGRAM:
            fine = answer.status_code == 403
        elif unknown and endpoint.startswith("GET"):
            fine = answer.status_code == 303
            fine = fine and answer.headers["Location"].startswith(("/sign-in", "/pair"))
        else:
            fine = answer.status_code == (401 if unknown else 403)
        if not fine:
            wrong.append(f"{endpoint} as {caller}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_no_refused_caller_has_changed_anything(crowd: Crowd, app: Flask) -> None:
    def lines() -> int:
        with app.app_context():
            return int(db.session.scalar(db.text("SELECT count(*) FROM book_line")) or 0)

    before = lines()
    for endpoint, audience, caller in cells():
        if endpoint.startswith("POST") and not crowd.may(caller, audience):
            call(crowd.browsers[caller], endpoint)
    assert lines() == before


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_speaks_to_its_audience_alone(crowd: Crowd, topic: str) -> None:
    for caller, browser in crowd.browsers.items():
        for suffix in ("", "?poll=1"):
            if not suffix and crowd.may(caller, TOPICS[topic]):
                continue  # an open stream; `test_live` listens to it
            answer = browser.get(f"/live/{topic}{suffix}")
            expected = 200 if crowd.may(caller, TOPICS[topic]) else 403
            assert answer.status_code == expected, (caller, suffix)


def test_the_door_of_the_command_line_takes_its_own_key_alone(app: Flask, crowd: Crowd) -> None:
    key = app.extensions["kiosk_keys"].program.hex()
    order = {"act": "device.list", "with": {}}
    for browser in crowd.browsers.values():
        assert browser.client.post("/internal/act", json=order).status_code == 403
        for wrong in ("", "0" * 64, key[:-1], key.upper(), key + "0", "ế" * 64):
            headers = {"X-Kiosk-Key": wrong.encode().decode("latin-1")}
            answer = browser.client.post("/internal/act", json=order, headers=headers)
            assert answer.status_code == 403, wrong
    client = app.test_client()
    right = {"X-Kiosk-Key": key}
    done = client.post("/internal/act", json=order, headers=right)
    assert done.status_code == 200
    assert {row["kind"] for row in done.json["done"]} == {"gate", "tablet", "projector"}
    # A browser that has somehow learned the key says where it comes from, and is refused.
    from_a_page = {**right, "Origin": "http://localhost"}
    assert client.post("/internal/act", json=order, headers=from_a_page).status_code == 403
    assert key not in str(done.headers)

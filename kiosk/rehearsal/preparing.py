"""Before the doors open: accounts, devices, badges, the agenda in its last order, papers."""

from __future__ import annotations

import hashlib
import re
from functools import partial

from kiosk import config
from kiosk.core import keys
from kiosk.core.errors import Refused
from kiosk.rehearsal import facts, minutes, signing
from kiosk.rehearsal.crowd import crowd_of, reissued_of
from kiosk.rehearsal.gates import Gates
from kiosk.rehearsal.hall import Browser, pair, sign_in
from kiosk.rehearsal.people import invent
from kiosk.rehearsal.reception import Reception
from kiosk.rehearsal.told import Attached, Turned
from kiosk.rehearsal.walk import Walk
from kiosk.rehearsal.wall import Wall
from kiosk.staff.services import made_password

#: The item that the secretary moves up by one before the opening: the pledge before the movement.
MOVED_UP = 8
#: Items with an attachment; that of the last one is taken off again.
WITH_PAPERS = (2, 3)
#: People whom the desk adds at most: at the cut, at the doors, and who sits in.
STRANGERS = 16

#: The account of the desk.
DESK = "ban-don-tiep"

_FILE = re.compile(r"/console/agenda/\d+/files/(\d+)/remove")


def prepare(walk: Walk, address: str) -> None:
    """Everything until the first guest stands at the door."""
    walk.secretary = walk.came(Browser(address, walk.statuses))
    sign_in(walk.secretary, name=walk.made.account, password=walk.made.password)
    # Passwords are slow on purpose; meanwhile the technician walks through the hall.
    signing_in = [
        walk.beside(partial(_sign_in_as, walk, name, role))
        for name, role in ((DESK, "desk"), (minutes.SECOND, "secretary"))
    ]
    _pair(walk)
    database = walk.settings.instance / config.DATABASE
    with facts.reading(database) as source:
        people = facts.people_of(source)
        items = facts.items_of(source)
    walk.people = {person.id: person for person in people}
    walk.convened = sum(person.counts_for_quorum for person in people)
    walk.strangers = iter(invent(STRANGERS + 1, seed=walk.seed + 1)[1:])
    walk.planned = tuple(item_id for item_id, _ in items)
    walk.items = {number: item_id for item_id, number in items}
    for delegate in reissued_of(people, walk.seed):
        path = f"/console/delegates/{delegate}"
        walk.secretary.page(path)
        walk.secretary.must(f"{path}/badge/replace", reason="Làm mất thẻ")
    with facts.reading(database) as source:
        badges = facts.badges_of(source)
    key = keys.load(walk.settings.instance).badge
    walk.crowd = crowd_of(people, badges, key=key, seed=walk.seed)
    # Guests come first, while the secretary is still at it.
    walk.gates.play(walk.crowd.guests)
    _lay_out(walk)
    signing.write(walk)
    for each in signing_in:
        each.result()
    for number in WITH_PAPERS:
        _attach(walk, number, removed=number == WITH_PAPERS[-1])


def _sign_in_as(walk: Walk, name: str, role: str) -> None:
    """The desk and the second secretary get an account each and sign in."""
    password = made_password()
    walk.secretary.must("/console/staff", name=name, role=role, password=password)
    browser = walk.came(Browser(walk.secretary.address, walk.statuses))
    sign_in(browser, name=name, password=password)
    if role == "desk":
        walk.desk = Reception(browser)
    else:
        walk.minutes = browser


def _pair(walk: Walk) -> None:
    """Gates in, one gate out, a tablet, and the wall."""
    walk.secretary.page("/console/devices")
    names = [f"Cổng {number}" for number in range(1, walk.gate_count + 1)]
    gates = [
        walk.came(pair(walk.secretary, kind="gate", name=name)) for name in (*names, "Cổng ra")
    ]
    walk.tablet = walk.came(pair(walk.secretary, kind="tablet", name="Máy tính bảng 1"))
    walk.wall = Wall(walk.came(pair(walk.secretary, kind="projector", name="Máy chiếu")))
    walk.wall.start()
    walk.gates = Gates(gates, walk.statuses)
    turn(walk, walk.gates.way_out, "out")


def turn(walk: Walk, gate: int, direction: str, *, reachable: bool = True) -> None:
    """Make a gate a way in or a way out, and look at its page where it can be reached."""
    number = walk.gates.numbers[gate]
    walk.secretary.must(f"/console/devices/{number}/direction", direction=direction)
    shown = walk.gates.way_shown(gate) if reachable else None
    walk.noted.turned.append(Turned(number, direction, shown))


def _lay_out(walk: Walk) -> None:
    """One item changes places with the one above; from here on the day follows this order."""
    moved, above = walk.items[MOVED_UP], walk.items[MOVED_UP - 1]
    walk.secretary.must(f"/console/plan/items/{moved}/move", up=1)
    walk.items |= {MOVED_UP - 1: moved, MOVED_UP: above}


def a_pdf(text: str) -> bytes:
    """A PDF of one empty page, and a comment that tells it from the others."""
    return (
        f"%PDF-1.4\n%{text}\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
        "trailer<</Root 1 0 R>>\n%%EOF\n"
    ).encode()


def _attach(walk: Walk, number: int, *, removed: bool) -> None:
    """A report on its item, saved by the desk too; the wrong one is taken off again."""
    item = walk.items[number]
    path = f"/console/agenda/{item}"
    name, data = f"Báo cáo mục {number}.pdf", a_pdf(f"item {number}")
    walk.secretary.bring(f"{path}/files", "file", name, data)
    # A double tap: the same file again is no second attachment.
    walk.secretary.bring(f"{path}/files", "file", name, data)
    found = _FILE.findall(walk.secretary.page(path))
    if not found:
        raise Refused("rehearsal_stuck", step=f"{path}/files", status=200)
    came = walk.desk.browser.take(f"{path}/files/{found[-1]}")
    if removed:
        walk.secretary.must(f"{path}/files/{found[-1]}/remove")
    digest, downloaded = (hashlib.sha256(each).hexdigest() for each in (data, came))
    walk.noted.attached.append(Attached(item, name, digest, downloaded, removed))

"""Before the doors open: accounts, devices, badges, the agenda in its last order, papers."""

from __future__ import annotations

import hashlib
import re
from functools import partial

from kiosk import config
from kiosk.core import keys
from kiosk.core.errors import Refused
from kiosk.rehearsal import encrypted, facts, minutes, pairing, signing
from kiosk.rehearsal.crowd import crowd_of, reissued_of
from kiosk.rehearsal.election.holding import print_slips
from kiosk.rehearsal.gates import Gates
from kiosk.rehearsal.hall import Browser, sign_in
from kiosk.rehearsal.people import invent
from kiosk.rehearsal.reception import Reception
from kiosk.rehearsal.told import Attached, Turned
from kiosk.rehearsal.walk import Walk
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


def prepare(walk: Walk, lan: str) -> None:
    """Everything until the first guest stands at the door. `lan` is where the server stands in the
    local network; empty for nowhere."""
    walk.secretary = walk.came(Browser(walk.server.address, walk.statuses))
    sign_in(walk.secretary, name=walk.made.account, password=walk.made.password)
    # Passwords are slow on purpose; meanwhile the technician walks through the hall.
    signing_in = [
        walk.beside(partial(_sign_in_as, walk, name, role))
        for name, role in ((DESK, "desk"), (minutes.SECOND, "secretary"))
    ]
    pairing.pair_all(walk)
    for each in signing_in:
        each.result()
    pairing.guess(walk)
    pairing.listen(walk)
    encrypted.come_in(walk, lan)
    pairing.guess_on(walk, after_kill=False)
    pairing.kill(walk)
    guessing = walk.beside(partial(pairing.guess_right_too_soon, walk))
    walk.gates = Gates([gate.browser for gate in walk.fleet.gates], walk.statuses)
    turn(walk, walk.gates.way_out, "out")
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
    # Their badges are printed already, so the printer is free.
    printing = walk.beside(partial(print_slips, walk))
    # Guests come first, while the secretary is still at it.
    walk.gates.play(walk.crowd.guests)
    _lay_out(walk)
    signing.write(walk)
    for number in WITH_PAPERS:
        _attach(walk, number, removed=number == WITH_PAPERS[-1])
    guessing.result()
    printing.result()


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

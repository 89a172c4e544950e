"""A whole rehearsed day, written by hand: nothing contradicts it (`doctoring` changes one fact).

Nine are convened, six are needed. Delegate 9 never comes: 12 sits in. Delegate 8 enters twice, 3
and 4 go out and return, 5 only seems to leave. Guests 10 and 11 were invited, 13 to 21 are on no
list before the day; 22 is a delegate whom the secretary adds in the middle of it. Gate 1, then the
way out (gate 3), are cut off for a while.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import rehearsed_ballot
import rehearsed_devices
from rehearsed_door import KEPT, SCANS, STAYS, TOLD, at

from kiosk.rehearsal.stored import (
    Absence,
    Badge,
    BookRow,
    Count,
    Duty,
    File,
    Item,
    Mark,
    Member,
    Note,
    Person,
    Signature,
    Stored,
    Substitution,
    Undo,
)
from kiosk.rehearsal.told import (
    Added,
    Attached,
    Conflict,
    Copied,
    Day,
    Paper,
    Printed,
    Reported,
    Save,
    Seated,
    Shown,
    Signed,
    Sought,
    Try,
    Turned,
)

# -- the agenda ------------------------------------------------------------------------------

_SITS_IN = "Có người dự thay"

PLANNED = tuple(range(1, 10))
#: The pledge before the movement.
LAID = (1, 2, 3, 4, 5, 6, 8, 7, 9)

_STEPS = (
    (1, "started"), (1, "ended"), (2, "started"), (2, "ended"), (3, "started"), (3, "ended"),
    (4, "started"), (4, "ended"), (5, "started"), (5, "left_waiting"), (6, "started"),
    (6, "ended"), (7, "started"), (7, "ended"), (5, "resumed"), (5, "ended"), (8, "started"),
    (8, "ended"), (9, "started"), (9, "ended"),
)  # fmt: skip

MARKS = tuple(Mark(item, what, at(8 + place / 2)) for place, (item, what) in enumerate(_STEPS))

COUNTS = (
    Count(1, 1, 3, 3, 0, 6, "checkin", 6, "", at(12), adopted=False),
    Count(1, 2, 4, 2, 0, 6, "checkin", 6, "Đếm sót", at(16), adopted=True),
    Count(2, 1, 9, 1, 0, 10, "checkin", 10, "", at(19), adopted=True, all_minus=True),
)

NOTES = (
    Note(4, 1, 0, False, None, "Mở đầu", "thuky"),
    Note(4, 2, 1, False, None, "Mở đầu\nBa", "thuky"),
    Note(4, 3, 1, True, 5, "Mở đầu\nHai", "thuky2"),
    Note(4, 4, 2, False, None, "Mở đầu\nBa\nBốn", "thuky"),
    Note(4, 5, 2, True, 6, "Mở đầu\nBa\nHai", "thuky2"),
    Note(4, 6, 4, False, None, "Mở đầu\nBa\nBốn\nHai", "thuky2"),
)

SAVES = tuple(
    Save(
        note.item_id,
        note.by_name,
        note.text,
        note.based_on,
        tuple(other.number for other in NOTES if other.settled_in == note.number),
        note.number,
        note.is_branch,
    )
    for note in NOTES
)

CONFLICTS = tuple(
    Conflict(4, (ours, theirs), f"<div>{ours}</div><div>{theirs}</div>", proposal)
    for ours, theirs, proposal in (
        (NOTES[2].text, NOTES[1].text, NOTES[4].text),
        (NOTES[4].text, NOTES[3].text, NOTES[5].text),
    )
)

REPORT, WRONG = "a" * 64, "b" * 64
FILES = (File(2, "Báo cáo.pdf", REPORT, False), File(3, "Nhầm.pdf", WRONG, True))

TEXT = "c" * 64
SIGNATURES = (
    Signature(1, 1, False, TEXT, "1" * 64),
    Signature(2, 1, True, TEXT, "2" * 64),
    Signature(1, 2, True, TEXT, "3" * 64),
)

# -- the book --------------------------------------------------------------------------------


def _lines() -> Iterable[tuple[str, dict[str, Any]]]:
    yield from rehearsed_devices.before_the_doors()
    yield "devices:gate:turned", {"device": 3, "direction": "out"}
    yield "conference:badge:replaced", {"delegate": 2}
    yield "agenda:item:moved", {"item": 8}
    for file in FILES:
        yield "agenda:file:attached", {"item": file.item_id, "sha256": file.sha256}
    yield "agenda:file:removed", {"item": 3}
    for delegate in (1, 2):
        yield "conference:committee:member_added", {"delegate": delegate}
    yield "conference:committee:head_set", {"delegate": 2}
    for _ in range(2):
        yield "conference:duty:assigned", {}
    for delegate in (10, 11, 1, 2, 3, 4, 5):
        yield "checkin:stay:entered", {"delegate": delegate}
    for _ in ("old", "forged", "torn"):
        yield "checkin:scan:turned_away", {}
    yield "checkin:person:walked_in", {"delegate": 13, "admitted": True}
    yield "checkin:person:walked_in", {"delegate": 14, "admitted": False}
    yield "checkin:stay:entered", {"delegate": 14}
    yield "checkin:absence:recorded", {"delegate": 7}
    yield "checkin:absence:recorded", {"delegate": 8}
    yield "checkin:absence:withdrawn", {"delegate": 8}
    yield "checkin:substitute:seated", {"delegate": 9, "substitute": 12, "admitted": False}
    yield "checkin:stay:entered", {"delegate": 6}
    yield "checkin:stay:entered", {"delegate": 12}
    yield "checkin:scan:turned_away", {"delegate": 9}
    yield "checkin:base:fixed", {"count": 9}
    yield "conference:conference:opened", {}


def _more_lines() -> Iterable[tuple[str, dict[str, Any]]]:
    for _, what in _STEPS:
        yield f"agenda:item:{what}", {}
    for delegate in (3, 4, 5):
        yield "checkin:stay:left", {"delegate": delegate}
    yield "checkin:leaving:undone", {"delegate": 5}
    yield "checkin:person:walked_in", {"delegate": 15, "admitted": False}
    yield "checkin:scan:turned_away", {"delegate": 15}
    yield "checkin:stay:entered_by_hand", {"delegate": 7}
    for _ in range(2):
        yield "motions:motion:opened", {}
        yield "motions:motion:counted", {}
    yield "checkin:stay:entered", {"delegate": 8}
    yield "checkin:stay:undone", {"delegate": 8}
    yield "checkin:stay:entered", {"delegate": 8}
    yield "motions:count:corrected", {}
    yield "agenda:note:branched", {}
    for _ in range(2):
        yield "agenda:note:settled", {}
    yield "checkin:stay:entered", {"delegate": 3}
    for delegate in range(16, 22):
        yield "checkin:person:walked_in", {"delegate": delegate, "admitted": False}
    yield "devices:gate:turned", {"device": 1, "direction": "out"}
    for delegate in (17, 18):
        yield "checkin:stay:entered", {"delegate": delegate}
    yield "checkin:stay:left", {"delegate": 18}
    yield "checkin:stay:entered_by_hand", {"delegate": 19}
    yield "conference:badge:replaced", {"delegate": 20}
    yield "checkin:stay:entered", {"delegate": 20}
    yield "checkin:paper:merged", {"delegates": [21]}
    for delegate in (16, 4):
        yield "checkin:stay:entered", {"delegate": delegate}
    for _ in ("kept-passes", "kept-revoked", "kept-ninth", "kept-seventh", "kept-unseen"):
        yield "checkin:scan:turned_away", {}
    yield "checkin:stay:left", {"delegate": 16}
    yield "devices:gate:turned", {"device": 1, "direction": "in"}
    for given in SIGNATURES:
        what = "replaced" if given.number > 1 else "given"
        facts = {"delegate": given.delegate_id, "number": given.number}
        yield f"pledge:signature:{what}", {**facts, "ink_sha256": given.ink_sha256}
    yield "checkin:person:walked_in", {"delegate": 22, "admitted": True}
    yield from rehearsed_ballot.lines()
    yield from rehearsed_devices.during_the_day()
    yield "conference:conference:ended", {}
    yield "checkin:scan:turned_away", {"delegate": 9}


def _rows(lines: Iterable[tuple[str, dict[str, Any]]]) -> tuple[BookRow, ...]:
    return tuple(
        BookRow(seq, event, "staff:1", facts, f"{seq:064x}")
        for seq, (event, facts) in enumerate(lines, start=1)
    )


#: The copy was made a minute after the opening.
COPIED = len(list(_lines()))
BOOK = _rows([*_lines(), *_more_lines()])

# -- everything ------------------------------------------------------------------------------


def _person(number: int) -> Person:
    flags = {9: (False, True, True), 12: (True, True, False), 22: (False, True, True)}
    is_delegate = number < 10 or number in flags
    counts, votes, elects = flags.get(number, (is_delegate,) * 3)
    standing = "delegate" if is_delegate else "guest"
    return Person(number, number, f"Người {number}", standing, counts, votes, elects)


_STORED = Stored(
    people=tuple(_person(number) for number in range(1, 23)),
    badges=(
        *(Badge(each, 1, 0, revoked=True) for each in (2, 20)),
        *(Badge(each, 2, 0, revoked=False) for each in (2, 20)),
        *(Badge(each, 1, 0, revoked=False) for each in range(1, 23) if each not in {2, 20}),
    ),
    stays=STAYS,
    scans=SCANS,
    undos=(
        Undo(10, "entry", "Quét nhầm", at(13), at(14)),
        Undo(5, "leaving", "Chỉ ra hành lang", at(9.4), at(9.6)),
    ),
    absences=(
        Absence(7, "with_reason", "Ốm", in_force=True),
        Absence(8, "with_reason", "Đi công tác", in_force=False),
        Absence(9, "with_reason", _SITS_IN, in_force=True),
    ),
    substitutions=(Substitution(9, 12, True, True, False, in_force=True),),
    items=tuple(Item(item, number, "ended") for number, item in enumerate(LAID, start=1)),
    marks=MARKS,
    notes=NOTES,
    files=FILES,
    members=(
        Member("presidium", 1, "member", is_seated=True),
        Member("presidium", 2, "head", is_seated=True),
    ),
    duties=(Duty(1, "Vân", is_done=True), Duty(2, "Vân", is_done=False), Duty(3, "", False)),
    counts=COUNTS,
    motions=2,
    rounds=rehearsed_ballot.STORED_ROUNDS,
    holders=rehearsed_ballot.HOLDERS,
    opened_columns=rehearsed_ballot.OPENED_COLUMNS,
    signatures=SIGNATURES,
    devices=rehearsed_devices.DEVICES,
    self_tests=rehearsed_devices.SELF_TESTS,
    base=9,
    opened_at=at(7),
    ended_at=at(20),
    book=BOOK,
    first_break=None,
    on_disk={REPORT: REPORT, WRONG: WRONG},
)

_INSIDE_AT_11 = {1, 2, 5, 6, 7, 10, 11, 12, 13, 14}
_RESTORED = BookRow(COPIED + 1, "backup:instance:restored", "program", {}, "f" * 64)

GOOD = Day(
    convened=9,
    gates=(1, 2, 3),
    told=TOLD,
    stored=_STORED,
    whereabouts={
        **dict.fromkeys((*range(1, 9), *range(10, 15), 17, 19, 20, 21, 22), True),
        **dict.fromkeys((15, 16, 18), False),
    },
    shown=(
        Shown(at(4), "console", 5),
        # While the mistaken leaving held, it counted; the screens were right to show it.
        Shown(at(9.5), "console", 4),
        Shown(at(11), "projector", 6),
        # And the mistaken entry.
        Shown(at(13.5), "stream", 7),
    ),
    forbidden=(Try("second item at once", at(9), 409),),
    not_theirs=(Try("the opening", at(5), 403), Try("a delegate", at(5), 422)),
    openings=(Try("open", at(0), 409), Try("open", at(5), 409), Try("open", at(7), 204)),
    undone=((8, 200),),
    stayed=((5, 200),),
    turned=(Turned(3, "out", "out"), Turned(1, "out", None), Turned(1, "in", "in")),
    kept=KEPT,
    added=(
        Added(13, "guest", admitted=True),
        *(Added(each, "guest", admitted=False) for each in (14, *range(15, 22))),
        Added(22, "delegate", admitted=True),
    ),
    seated=(Seated(9, 12, (True, True, True)),),
    reported=(
        Reported(7, "with_reason", "Ốm"),
        Reported(8, "with_reason", "Đi công tác", withdrawn=True),
    ),
    sought=(Sought("nguoi 7", 7, found=True),),
    papers=(Paper((21,), (17, 9), 1, 1, 0, at(17), at(17.5)),),
    printed=tuple(
        Printed(
            number,
            "vào 07:31" if number in _INSIDE_AT_11 else "đã có người thay" if number == 9 else "",
            awaited=number not in {*_INSIDE_AT_11, 9},
        )
        for number in range(1, 16)
    ),
    printed_at=at(11),
    totals={
        "Triệu tập": "9",
        "Có mặt": "9",
        "Vắng có lý do": "0",
        "Vắng không lý do hoặc chưa đến": "0",
        "Khách mời có mặt": "10",
    },
    saves=SAVES,
    conflicts=CONFLICTS,
    attached=tuple(
        Attached(file.item_id, file.name, file.sha256, file.sha256, file.removed) for file in FILES
    ),
    signed=tuple(Signed(each.delegate_id, each.number, 200) for each in SIGNATURES),
    planned=PLANNED,
    laid=LAID,
    bodies=(("presidium", 1, False), ("presidium", 2, True)),
    duties=((1, "Vân", True), (2, "Vân", False)),
    **rehearsed_devices.TOLD,
    **rehearsed_ballot.TOLD,
    copied=Copied(
        COPIED,
        is_noted=True,
        stored=replace(
            _STORED,
            stays=tuple(
                replace(stay, left_at=None, left_device_id=None)
                for stay in STAYS
                if stay.entered_at < at(8)
            ),
            book=(*BOOK[:COPIED], _RESTORED),
        ),
    ),
    lags=(80.0, 250.0, 400.0),
    healed=True,
    statuses={200: 40, 204: 20, 409: 4},
    log=("2026-03-12 07:00:00,000 INFO kiosk: ready",),
)

"""The machines of the day in `rehearsed_day`: how they were paired, what was ordered of them, and
what the board and the sheet said.

Gates 1 and 2 and the way out 3, the tablet 4, the wall 5; tablets 6 to 10 give trouble; 11 lies in
its box; 12 came by the encrypted door and was revoked; 13 was confirmed when the server was killed
and is a gate now; 14 listens and was revoked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rehearsed_door import at

from kiosk.rehearsal.stored import Device, SelfTest
from kiosk.rehearsal.told_devices import (
    Act,
    AtPlainDoor,
    Back,
    Board,
    Burst,
    DeadCode,
    Encrypted,
    Guess,
    Killed,
    Looked,
    Ordered,
    Paired,
    Sheet,
    SheetLine,
    Switched,
    TriedOut,
)

CHAIR = "Máy bàn chủ tọa"
TESTER = "Đỗ Văn Thử"

DEVICES = (
    Device(1, "gate", "in", "Cổng 1", "follow", is_paired=True, is_revoked=False),
    Device(2, "gate", "in", "Cổng 2", "follow", is_paired=True, is_revoked=False),
    Device(3, "gate", "out", "Cổng ra", "follow", is_paired=True, is_revoked=False),
    Device(4, "tablet", "in", CHAIR, "follow", is_paired=True, is_revoked=False),
    Device(5, "projector", "in", "Máy chiếu", "follow", is_paired=True, is_revoked=False),
    Device(6, "tablet", "in", "Máy dãy A", "follow", is_paired=True, is_revoked=False),
    Device(7, "tablet", "in", "Máy dãy B", "follow", is_paired=True, is_revoked=False),
    Device(8, "tablet", "in", "Máy dãy C", "follow", is_paired=True, is_revoked=True),
    Device(9, "tablet", "in", "Máy dãy D", "follow", is_paired=True, is_revoked=False),
    Device(10, "tablet", "in", "Máy dãy E", "follow", is_paired=True, is_revoked=False),
    Device(11, "tablet", "in", "Máy dự phòng", "follow", is_paired=False, is_revoked=False),
    Device(12, "tablet", "in", "Máy nối mã hóa", "follow", is_paired=True, is_revoked=True),
    Device(13, "gate", "in", "Máy tính bảng 2", "follow", is_paired=True, is_revoked=False),
    Device(14, "tablet", "in", "Máy tính bảng 3", "follow", is_paired=True, is_revoked=True),
)

KILLED = (Killed(at(0.2), 1500.0),)

_HOME = {"gate": "/gate", "tablet": "/tablet", "projector": "/projector"}
#: As they were when they were paired.
_FIRST = {4: "Máy tính bảng 1"}


def _paired(device: Device) -> Paired:
    kind = "tablet" if device.id == 13 else device.kind
    name = _FIRST.get(device.id, device.name)
    suggested = name.startswith(("Cổng 1", "Cổng 2", "Máy tính bảng", "Máy chiếu"))
    return Paired(
        device.id,
        kind,
        "" if suggested else name,
        name,
        _HOME[kind],
        50.0,
        by_code=device.id != 3,
        over_kill=device.id == 13,
    )


PAIRED = (
    *(_paired(device) for device in DEVICES if device.is_paired),
    Paired(6, "tablet", "Máy dãy A", "Máy dãy A", "/tablet", 50.0, replaces=True),
)

BURSTS = (Burst(heard=4, delayed=4, ms=30.0),)
GUESSES = (
    Guess(False, "pairing_delayed", 2, after_kill=False),
    Guess(False, "pairing_code_unknown", 0, after_kill=False),
    Guess(False, "pairing_delayed", 3, after_kill=True),
    Guess(False, "pairing_code_unknown", 0, after_kill=True),
    Guess(True, "pairing_delayed", 8, after_kill=True),
)
DEAD_CODES = (
    DeadCode("confirmed before", "pairing_code_unknown"),
    DeadCode("shown before the kill", "pairing_code_unknown"),
)
ONLOOKER = (
    Looked("/pair", 200, "/pair", is_device=False),
    Looked("/tablet", 200, "/pair", is_device=False),
    Looked("POST /beat", 401, "/beat", is_device=False),
)
BACK = (Back(5, 60.0), Back(4, 70.0))

ORDERED = (
    Ordered("renamed", 4, CHAIR, True, 90.0, (Act("beat", 204, may=True),)),
    Ordered("pinned", 4, "/gate", True, 90.0, (Act("scan", 403, False), Act("scan", 200, True))),
    Ordered("let go", 4, "/tablet", True, 90.0, (Act("scan", 403, may=False),)),
    Ordered("re-roled", 13, "gate", True, 90.0, (Act("scan", 200, may=True),)),
    Ordered("replaced", 6, "Máy dãy A", False, None, (Act("beat", 401, may=False),) * 2),
    Ordered("revoked", 14, "", True, 90.0, (Act("beat", 401, may=False),)),
    Ordered("revoked", 8, "", False, None, (Act("beat", 401, may=False),)),
)

SWITCHED = tuple(
    Switched(task, goes, {4: 60.0, 13: 70.0, 14: 80.0}, {4: goes, 13: goes, 14: goes})
    for task, goes in (("selftest", "/selftest"), ("follow", "/tablet"))
)

_TROUBLE = {6: "doubled", 7: "silent", 8: "battery", 9: "clock", 10: "old_page", 11: "waiting"}
_WELL = (1, 2, 3, 13, 5, 4, 14)

BOARDS = (
    Board(tuple(_TROUBLE.items()), _WELL, dict.fromkeys(_WELL, "fine") | _TROUBLE, silence=20.6),
    Board(
        ((11, "waiting"),),
        (*_WELL, 6, 7, 8, 9, 10),
        dict.fromkeys((*_WELL, 6, 7, 8, 9, 10), "fine") | {11: "waiting"},
        silence=0.1,
    ),
)

TRIED_OUT = (
    TriedOut(4, "touch", True, "", 422),
    TriedOut(4, "touch", True, TESTER, 200),
    TriedOut(4, "scan", True, TESTER, 200),
    TriedOut(13, "touch", False, TESTER, 200),
    TriedOut(1, "sound", True, TESTER, 200),
    TriedOut(1, "scan", True, TESTER, 422),
    TriedOut(1, "scan", True, TESTER, 200),
    TriedOut(None, "clock", True, "thuky", 204),
)
SELF_TESTS = tuple(
    SelfTest(each.device_id, each.part, each.ok, each.by_name)
    for each in TRIED_OUT
    if each.status < 300
)

_SAYS = {
    "doubled": ("device_doubled", "bad", "hai máy dùng chung danh tính"),
    "silent": ("device_silent", "bad", "mất nối từ 07:31"),
    "battery": ("device_battery", "warn", "pin yếu"),
    "clock": ("device_clock", "warn", "lệch giờ"),
    "old_page": ("device_old_page", "warn", "đang mở trang của bản cũ"),
    "waiting": ("device_waiting", "bad", "chưa ghép"),
    "fine": ("device_heard", "good", "đang nối, 07:31"),
}


def _told() -> Iterable[SheetLine]:
    yield SheetLine("machine.measured", "measured", "good", "Từ dòng lệnh, lúc 07:31")
    yield SheetLine("machine.power", "power_unknown", "unknown", "Không rõ nguồn điện")
    for device in DEVICES:
        if device.id in BOARDS[0].wanted:
            code, state, text = _SAYS[BOARDS[0].wanted[device.id]]
            yield SheetLine("devices.fleet", code, state, f"{device.name}: {text}")


_PARTS: dict[int | None, dict[str, bool | None]] = {
    None: {"clock": True},
    1: {"sound": True, "scan": True, "camera": None},
    3: {"sound": None, "scan": None},
    4: {"touch": True, "scan": True},
    7: {"touch": None},
}
_OUTCOMES: dict[int | None, str] = {None: "good", 1: "good", 3: "unknown", 4: "good", 7: "unknown"}

SHEETS = (
    Sheet(
        before=(SheetLine("", "", "unknown", "Không rõ, chưa đo"),),
        told=tuple(_told()),
        after=tuple(SheetLine("", "", line.state, line.text) for line in _told()),
        is_ready=False,
        word="CẦN SỬA 9 VIỆC",
        word_shown="CẦN SỬA 9 VIỆC",
        tests={device: (_OUTCOMES[device], parts) for device, parts in _PARTS.items()}
        | {13: ("bad", {"touch": False})},
        fleet=BOARDS[0].wanted,
    ),
)

ENCRYPTED = (
    Encrypted(
        device_id=12,
        version="TLSv1.3",
        stranger_stays_out=True,
        other_name_fails=True,
        cookies_are_safe=True,
        local_name_holds=True,
        foreign_name_holds=False,
        is_critical=True,
        beat=204,
        beat_after=401,
    ),
)
AT_PLAIN_DOOR = (
    AtPlainDoor("/trust", "", 200, "", sets_cookie=False),
    AtPlainDoor("/", "", 303, "/trust", sets_cookie=False),
    AtPlainDoor("/gate", "", 404, "", sets_cookie=False),
    AtPlainDoor("/generate_204", "connectivitycheck.gstatic.com", 204, "", sets_cookie=False),
)

#: The fields of the day.
TOLD: dict[str, Any] = {
    "killed": KILLED,
    "paired": PAIRED,
    "bursts": BURSTS,
    "guesses": GUESSES,
    "dead_codes": DEAD_CODES,
    "onlooker": ONLOOKER,
    "back": BACK,
    "ordered": ORDERED,
    "switched": SWITCHED,
    "boards": BOARDS,
    "tried_out": TRIED_OUT,
    "sheets": SHEETS,
    "encrypted": ENCRYPTED,
    "at_plain_door": AT_PLAIN_DOOR,
    "untried": (),
}


def before_the_doors() -> Iterable[tuple[str, dict[str, Any]]]:
    """Lines of the book up to the first guest."""
    for paired in PAIRED:
        if not paired.replaces:
            event = "devices:code:confirmed" if paired.by_code else "devices:device:added"
            yield event, {"device": paired.device_id}
            yield "devices:device:paired", {"device": paired.device_id}
    yield "devices:device:added", {"device": 11}
    yield "devices:device:revoked", {"device": 12}
    for _ in range(8):
        yield "devices:code:refused", {}


def during_the_day() -> Iterable[tuple[str, dict[str, Any]]]:
    """Lines of the book while the hall sits."""
    for switched in SWITCHED:
        yield "devices:tablets:told", {"task": switched.task}
    for test in SELF_TESTS:
        event = "doctor:self_test:passed" if test.ok else "doctor:self_test:failed"
        where = {} if test.device_id is None else {"device": test.device_id}
        yield event, {"part": test.part, **where}
    yield "devices:device:renamed", {"device": 4}
    for _ in ("pinned", "let go"):
        yield "devices:tablet:told", {"device": 4}
    yield "devices:device:kind_changed", {"device": 13}
    yield "devices:device:doubled", {"device": 6, "addresses": "127.0.0.1 127.0.0.2"}
    yield "devices:code:confirmed", {"device": 6}
    yield "devices:device:paired", {"device": 6}
    for device in (14, 8):
        yield "devices:device:revoked", {"device": device}

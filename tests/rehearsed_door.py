"""The door of the day in `rehearsed_day`: every scan of its gates, every stay in its hall."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from kiosk.rehearsal.stored import (
    Scan,
    Stay,
)
from kiosk.rehearsal.told import (
    Kept,
    Scene,
    Told,
)


def at(minute: float) -> datetime:
    return datetime(2026, 3, 12, 0, 30, tzinfo=UTC) + timedelta(minutes=minute)


#: When the lines of the gates that were cut off are back.
BACK = 18.0
OUT = 2

ON_ARRIVAL = "Ghi khi thêm ở bàn đón tiếp"

# -- the gates -------------------------------------------------------------------------------
# scan, scene, person, outcome, minute, gate (0, 1; 2 is the way out), stay, what else

_SEEN: list[tuple[str, Scene, int | None, str, float, int, int | None, dict[str, Any]]] = [
    ("guest-a", Scene.GUEST, 10, "guest", 0.5, 0, 6, {}),
    ("guest-b", Scene.GUEST, 11, "guest", 0.5, 0, 7, {}),
    ("race-a", Scene.RACE, 1, "admitted", 1, 0, 1, {}),
    ("race-b", Scene.RACE, 1, "already", 1, 1, 1, {}),
    ("old", Scene.OLD_BADGE, 2, "revoked", 2, 0, None, {}),
    ("new", Scene.NEW_BADGE, 2, "admitted", 2, 0, 2, {}),
    ("third", Scene.ARRIVAL, 3, "admitted", 3, 0, 3, {}),
    ("fourth", Scene.ARRIVAL, 4, "admitted", 3, 0, 4, {}),
    ("fifth", Scene.ARRIVAL, 5, "admitted", 3, 0, 5, {}),
    ("forged", Scene.FORGED, None, "unknown", 3, 0, None, {}),
    ("torn", Scene.UNREADABLE, None, "unreadable", 3, 0, None, {}),
    ("fourteenth", Scene.WALK_IN, 14, "guest", 4.2, 0, 13, {}),
    ("sixth", Scene.ARRIVAL, 6, "admitted", 6, 0, 8, {}),
    ("sixth-lies", Scene.SAME_GATE, 6, "admitted", 6, 0, 8, {"repeat": True}),
    ("sixth-walks", Scene.OTHER_GATE, 6, "already", 6, 1, 8, {}),
    ("twelfth", Scene.SUBSTITUTE, 12, "admitted", 6.5, 0, 14, {}),
    ("ninth", Scene.REPLACED, 9, "refused", 6.6, 1, None, {"detail": "replaced"}),
    ("third-goes", Scene.LEAVES, 3, "left", 9, OUT, 3, {}),
    ("fourth-goes", Scene.LEAVES, 4, "left", 9.2, OUT, 4, {}),
    ("fourth-lies", Scene.LEAVES_TWICE, 4, "left", 9.2, OUT, 4, {"repeat": True}),
    ("fifth-phones", Scene.LEAVES_BY_MISTAKE, 5, "left", 9.4, OUT, 5, {}),
    ("unseen", Scene.LEAVES_UNSEEN, 15, "refused", 9.7, OUT, None, {"detail": "not_inside"}),
    ("eighth", Scene.LATE_COMER, 8, "admitted", 13, 0, 10, {}),
    ("eighth-again", Scene.READMITTED, 8, "admitted", 15, 0, 11, {}),
    ("third-returns", Scene.RETURNS, 3, "returned", 17, 1, 15, {}),
    # Gate 1 is cut off from 17; these are seen by others.
    ("sent-on", Scene.LATE_COMER, 17, "guest", 17.2, 1, 16, {}),
    ("passes", Scene.LATE_COMER, 18, "guest", 17.3, 1, 17, {}),
    ("passes-out", Scene.LEAVES, 18, "left", 17.4, OUT, 17, {}),
    ("fresh", Scene.NEW_BADGE, 20, "guest", 17.6, 1, 19, {}),
    ("seventh-back", Scene.STILL_IN, 7, "already", 17.9, 1, 9, {}),
    # Both lines are back; `claim` is when the gate read the badge.
    ("kept", Scene.KEPT, 16, "guest", BACK, 0, 21, {"claim": 17.01}),
    ("kept-lies", Scene.KEPT_TWICE, 16, "guest", BACK, 0, 21, {"claim": 17.02, "repeat": True}),
    ("kept-back", Scene.KEPT_RETURN, 4, "returned", BACK, 0, 22, {"claim": 17.03}),
    ("kept-sent-on", Scene.KEPT_ELSEWHERE, 17, "already", BACK, 0, 16, {"claim": 17.04}),
    (
        "kept-passes",
        Scene.KEPT_OVERTAKEN,
        18,
        "refused",
        BACK,
        0,
        None,
        {"claim": 17.05, "detail": "overtaken"},
    ),
    ("kept-hand", Scene.KEPT_BY_HAND, 19, "already", BACK, 0, 18, {"claim": 17.06}),
    ("kept-revoked", Scene.KEPT_REVOKED, 20, "revoked", BACK, 0, None, {"claim": 17.07}),
    (
        "kept-ninth",
        Scene.KEPT_REPLACED,
        9,
        "refused",
        BACK,
        0,
        None,
        {"claim": 17.08, "detail": "replaced"},
    ),
    ("kept-paper", Scene.KEPT_ON_PAPER, 21, "already", BACK, 0, 20, {"claim": 17.09}),
    ("kept-out", Scene.KEPT_LEAVING, 16, "left", BACK + 0.1, OUT, 21, {"claim": 17.8}),
    (
        "kept-seventh",
        Scene.KEPT_LEAVING_BACK,
        7,
        "refused",
        BACK + 0.1,
        OUT,
        9,
        {"claim": 17.85, "detail": "overtaken"},
    ),
    (
        "kept-unseen",
        Scene.KEPT_LEAVING_UNSEEN,
        15,
        "refused",
        BACK + 0.1,
        OUT,
        None,
        {"claim": 17.86, "detail": "not_inside"},
    ),
    ("too-late", Scene.TOO_LATE, 9, "refused", 21, 0, None, {"detail": "ended"}),
]


def _told() -> Iterable[Told]:
    for scan_id, scene, person, outcome, _, gate, _, more in _SEEN:
        repeated, detail = more.get("repeat", False), more.get("detail", "")
        yield Told(scan_id, gate, scene, person, 200, outcome, repeated, 5.0, detail)
        if scan_id in {"sixth", "kept"}:
            yield Told(scan_id, gate, Scene.SENT_AGAIN, person, 200, outcome, True, 5.0, detail)


TOLD = tuple(_told())

SCANS = tuple(
    Scan(
        scan_id,
        outcome,
        more.get("detail", ""),
        person,
        stay,
        gate + 1,
        "out" if gate == OUT else "in",
        at(minute),
        at(more["claim"]) if "claim" in more else None,
        is_repeat=more.get("repeat", False),
    )
    for scan_id, _, person, outcome, minute, gate, stay, more in _SEEN
)

KEPT = tuple(
    Kept(
        scan_id,
        scene,
        gate + 1,
        at(more["claim"]),
        "out" if gate == OUT else "in",
        "out",
        at(BACK),
    )
    for scan_id, scene, _, _, _, gate, _, more in _SEEN
    if "claim" in more
)


def _stay(number: int, delegate: int, minute: float, **more: Any) -> Stay:
    way = more.get("way", "badge")
    left, undone, claim = more.get("left"), more.get("undone"), more.get("claim")
    return Stay(
        id=number,
        delegate_id=delegate,
        entered_at=at(minute),
        left_at=None if left is None else at(left),
        undone_at=None if undone is None else at(undone),
        undo_reason="" if undone is None else "Quét nhầm",
        way=way,
        device_id=more.get("gate", 1) if way == "badge" else None,
        left_device_id=None if left is None else OUT + 1,
        claimed_at=None if claim is None else at(claim),
        reason=more.get("reason", ""),
    )


STAYS = (
    _stay(1, 1, 1),
    _stay(2, 2, 2),
    _stay(3, 3, 3, left=9),
    _stay(4, 4, 3, left=9.2),
    _stay(5, 5, 3),
    _stay(6, 10, 0.5),
    _stay(7, 11, 0.5),
    _stay(8, 6, 6),
    _stay(9, 7, 10, way="hand", reason="Quên thẻ"),
    _stay(10, 8, 13, undone=14),
    _stay(11, 8, 15),
    _stay(12, 13, 4, way="hand", reason=ON_ARRIVAL),
    _stay(13, 14, 4.2),
    _stay(14, 12, 6.5),
    _stay(15, 3, 17, gate=2),
    _stay(16, 17, 17.2, gate=2),
    _stay(17, 18, 17.3, gate=2, left=17.4),
    _stay(18, 19, 17.5, way="hand", reason="Cổng mất nối"),
    _stay(19, 20, 17.6, gate=2),
    _stay(20, 21, 17.7, way="paper", claim=17, reason="Danh sách giấy"),
    _stay(21, 16, BACK, claim=17.01, left=BACK + 0.1),
    _stay(22, 4, BACK, claim=17.03),
    _stay(23, 22, 18.5, way="hand", reason=ON_ARRIVAL),
)

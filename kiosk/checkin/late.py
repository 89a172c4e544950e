"""A scan that a cut-off gate sends late: is anything newer known (decision 9)?"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from kiosk.checkin.models import Scan, Stay, StayUndo
from kiosk.checkin.rules import Outcome
from kiosk.core.columns import UtcDateTime

_scan = cast("Table", Scan.__table__)
_stay = cast("Table", Stay.__table__)
_undo = cast("Table", StayUndo.__table__)
#: Outcomes that say where a person was, by the direction of the gate.
_SEEN = {
    "in": [Outcome.ADMITTED, Outcome.RETURNED, Outcome.GUEST, Outcome.ALREADY],
    "out": [Outcome.LEFT, Outcome.REFUSED],
}
_any_stay = select(_stay.c.id).where(_stay.c.delegate_id == bindparam("delegate")).limit(1)
#: What the desk has put right since: an arrival that was none, a leaving by hand.
_gone_since = (
    select(_stay.c.id)
    .where(
        _stay.c.delegate_id == bindparam("delegate"),
        or_(
            _stay.c.undone_at > bindparam("claim", type_=UtcDateTime()),
            and_(
                _stay.c.left_device_id.is_(None),
                _stay.c.left_at > bindparam("claim", type_=UtcDateTime()),
            ),
        ),
    )
    .limit(1)
)
#: A leaving that was none.
_kept_inside_since = (
    select(_undo.c.id)
    .join(_stay, _stay.c.id == _undo.c.stay_id)
    .where(
        _stay.c.delegate_id == bindparam("delegate"),
        _undo.c.what == "leaving",
        _undo.c.at > bindparam("claim", type_=UtcDateTime()),
    )
    .limit(1)
)
_seen_since = (
    select(_scan.c.id)
    .where(
        _scan.c.delegate_id == bindparam("delegate"),
        _scan.c.direction == bindparam("direction"),
        _scan.c.outcome.in_(bindparam("outcomes", expanding=True)),
        func.coalesce(_scan.c.claimed_at, _scan.c.at) > bindparam("claim", type_=UtcDateTime()),
    )
    .limit(1)
)


def overtaken(
    session: Session,
    delegate_id: int,
    stay: Row[*tuple[Any, ...]] | None,
    direction: str,
    claim: datetime | None,
) -> bool:
    """Whether something newer than a late scan is known: the person passed the other way since, or
    the desk has put it right."""
    who = {"delegate": delegate_id}
    if claim is None:
        # Older or newer, nobody can say: then what is known stands.
        return session.execute(_any_stay, who).first() is not None
    if direction == "out" and stay is not None and (stay.claimed_at or stay.entered_at) > claim:
        return True
    put_right = _kept_inside_since if direction == "out" else _gone_since
    if session.execute(put_right, who | {"claim": claim}).first() is not None:
        return True
    other = "in" if direction == "out" else "out"
    outcomes = [outcome.value for outcome in _SEEN[other]]
    seen = session.execute(
        _seen_since, who | {"direction": other, "outcomes": outcomes, "claim": claim}
    )
    return seen.first() is not None

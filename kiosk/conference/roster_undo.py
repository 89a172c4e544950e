"""Taking the last import back: new people go, changed people stand as they stood before.

Whether somebody of it has arrived only the door knows; it asks for `people_of_last_import` and
calls `take_back` inside its own unit (`checkin.roster_undo`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from kiosk.conference import queries
from kiosk.conference.models import Badge, Delegate, RosterChange, RosterImport, Unit
from kiosk.conference.preparation_events import PreparationEvent
from kiosk.conference.services import ensure_draft
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, refusing
from kiosk.core.errors import Refused

_GROUPS = (
    ("standing", "counts_for_quorum", "votes", "elects", "flags_by_hand"),
    ("name", "sort_key", "search_key"),
)


def last_import(session: Session) -> queries.ImportRow:
    """The newest import that stands. Refused: `import_none`."""
    found = next((row for row in queries.imports(session) if row.undone_at is None), None)
    if found is None:
        raise Refused("import_none")
    return found


def people_of_last_import(session: Session) -> frozenset[int]:
    """Ids of everyone whom the last import brought or changed. Refused: `import_none`."""
    return frozenset(
        session.scalars(
            select(RosterChange.delegate_id).where(
                RosterChange.import_id == last_import(session).id
            )
        )
    )


def take_back(session: Session, *, by: Actor, clock: Clock = utc_now) -> int:
    """Undo the last import inside the caller's unit; returns how many people it touched.

    What a person has corrected by hand since then stays: only fields that still hold what the
    import wrote go back.

    Raises:
        Refused: `import_none`, `conference_already_open`, `import_cannot_be_undone` when the
        import is older than the record of changes or somebody of it is needed elsewhere.
    """
    ensure_draft(session)
    row = last_import(session)
    changes = session.execute(
        select(RosterChange.delegate_id, RosterChange.fields).where(
            RosterChange.import_id == row.id
        )
    ).all()
    if len(changes) != row.new + row.changed:
        raise Refused("import_cannot_be_undone")
    highest = queries.last_number(session)
    left_units: set[int] = set()
    new: list[int] = []
    for delegate_id, fields in changes:
        if not fields:
            new.append(delegate_id)
            continue
        left_units.update(became for name, (_, became) in fields.items() if name == "unit_id")
        for columns in _together(fields):
            unchanged = [
                getattr(Delegate, column).is_not_distinct_from(fields[column][1])
                for column in columns
            ]
            session.execute(
                update(Delegate)
                .where(Delegate.id == delegate_id, *unchanged)
                .values({column: fields[column][0] for column in columns})
                .execution_options(synchronize_session=False)
            )
    session.execute(delete(RosterChange).where(RosterChange.import_id == row.id))
    with refusing("import_cannot_be_undone"):
        # In pieces: SQLite counts the parameters of a statement.
        for start in range(0, len(new), 500):
            piece = new[start : start + 500]
            left_units.update(
                session.scalars(select(Delegate.unit_id).where(Delegate.id.in_(piece)))
            )
            session.execute(delete(Badge).where(Badge.delegate_id.in_(piece)))
            session.execute(delete(Delegate).where(Delegate.id.in_(piece)))
        for unit_id in sorted(left_units):
            session.execute(
                delete(Unit).where(Unit.id == unit_id, ~exists().where(Delegate.unit_id == Unit.id))
            )
    at = clock()
    session.execute(
        update(RosterImport)
        .where(RosterImport.id == row.id)
        .values(undone_at=at, undone_by=by.label, last_number=highest)
    )
    audit.record(
        session,
        PreparationEvent.IMPORT_UNDONE,
        by=by,
        clock=lambda: at,
        import_id=row.id,
        new=row.new,
        changed=row.changed,
    )
    changed(session, "roster", "presence")
    return len(changes)


def _together(fields: Mapping[str, Any]) -> list[list[str]]:
    """The changed columns in groups that go back together or stay: half a standing is none."""
    groups = [[column for column in group if column in fields] for group in _GROUPS]
    grouped = {column for group in _GROUPS for column in group}
    return [group for group in groups if group] + [[each] for each in fields if each not in grouped]

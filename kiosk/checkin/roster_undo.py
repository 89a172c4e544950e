"""Undoing the last import of the roster, while nobody of it has come.

The roster belongs to the room below (`conference`), arrivals to this one; the act that needs both
stands here, where both can be seen.
"""

from __future__ import annotations

from sqlalchemy import select

from kiosk.checkin.models import Scan, Stay
from kiosk.conference import queries as people
from kiosk.conference import roster_undo
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import unit_of_work
from kiosk.core.errors import Refused


def undo_last_import(*, by: Actor, asked: int | None = None, clock: Clock = utc_now) -> int:
    """Take the last import back as a whole; returns how many people it touched.

    `asked` is the import that somebody looked at: where another one is the last by now, nothing
    is undone, so that two people who press at once undo one import and not two.

    Raises:
        Refused: `import_none`, `import_not_last`, `conference_already_open`;
        `import_somebody_came` once anybody of it has been scanned or let in, even where that was
        undone; `import_cannot_be_undone`.
    """
    with unit_of_work() as session:
        if asked is not None and roster_undo.last_import(session).id != asked:
            raise Refused("import_not_last")
        touched = roster_undo.people_of_last_import(session)
        came = set(session.scalars(select(Stay.delegate_id).distinct()))
        came.update(session.scalars(select(Scan.delegate_id).distinct()))
        for delegate_id in sorted(touched & came):
            raise Refused("import_somebody_came", name=people.delegate(session, delegate_id).name)
        return roster_undo.take_back(session, by=by, clock=clock)

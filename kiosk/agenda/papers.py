"""Notes, attachments and the chair's words of an item, when the draft around them changes.

A plan may be read again after a PDF was attached or a line noted: what belongs to an item goes over
to the new item of the same title, or the act is refused. Nothing is left behind unseen.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from kiosk.agenda import attachments, keeping, queries, script
from kiosk.agenda.models import AgendaFile, AgendaNote, AgendaScript
from kiosk.agenda.queries import ItemRow
from kiosk.core.errors import Refused


def holders(session: Session) -> set[int]:
    """Ids of the items that hold something: notes, an open branch, a file, words of the chair."""
    written = {
        head.item_id
        for head in keeping.heads(session)
        if head.open_tips
        or (head.head and keeping.version(session, head.item_id, head.head).text.strip())
    }
    return written | set(attachments.files_by_item(session)) | set(script.written(session))


def ensure_none(session: Session, items: Sequence[ItemRow]) -> None:
    """Refused with `agenda_item_has_papers` and the numbers of those that hold something."""
    holding = holders(session)
    numbers = [str(item.number) for item in items if item.id in holding]
    if numbers:
        raise Refused("agenda_item_has_papers", numbers=", ".join(numbers))


def carry_over(session: Session, before: Sequence[ItemRow]) -> None:
    """After a new draft was laid out: take the papers of the old items to the same titles.

    Raises:
        Refused: `agenda_item_has_papers`: an item that holds something is not in the new plan.
    """
    fresh = list(queries.items(session))
    homeless = []
    for old in before:
        home = next((item for item in fresh if _key(item) == _key(old)), None)
        if home is None:
            homeless.append(old)
            continue
        fresh.remove(home)
        for table in (AgendaNote, AgendaFile, AgendaScript):
            session.execute(update(table).where(table.item_id == old.id).values(item_id=home.id))
    ensure_none(session, homeless)


def _key(item: ItemRow) -> str:
    return item.title.casefold()

"""Finding people: by their numbers, by id, by what the desk types. Reading only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.conference import queries
from kiosk.conference.models import Delegate
from kiosk.core.names import name_key


@dataclass(frozen=True)
class SearchKey:
    """What a search compares: the folded name and the number, in the order of lists."""

    id: int
    number: int
    folded: str


def search_keys(session: Session) -> list[SearchKey]:
    """Everybody, in Vietnamese order by given name."""
    rows = session.execute(
        select(Delegate.id, Delegate.number, Delegate.search_key).order_by(
            Delegate.sort_key, Delegate.number
        )
    )
    return [SearchKey(*row) for row in rows]


def by_number(session: Session, numbers: Collection[int]) -> dict[int, int]:
    """Ids by the conference's own numbers; unknown numbers are left out."""
    wanted = set(numbers)
    rows = session.execute(select(Delegate.number, Delegate.id))
    return {number: delegate_id for number, delegate_id in rows if number in wanted}


def namesake(session: Session, name: str) -> queries.DelegateRow | None:
    """Somebody on the roster with the same name, whatever the spelling of its marks."""
    key = name_key(name)
    return next((row for row in queries.delegates(session) if name_key(row.name) == key), None)

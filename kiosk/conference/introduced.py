"""Who is introduced at the opening: the presidium, the secretaries, and the guests that were typed.

One truth for the wall, the chair's words and the plan's page. The bodies are the committees, chosen
among the people of the roster; the plan's page adds lines of text about people of no list (a guest
from the province). While a body is still empty, a typed line may stand for it (the plan's signer
does, as the chair); once it is filled, that line says nothing new and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from kiosk.conference import committees, queries, rules
from kiosk.conference.committees import Committee, MemberRow
from kiosk.conference.queries import ConferenceRow, DelegateRow
from kiosk.core.names import name_key

#: The bodies that sit in front. Tellers and witnesses are approved and introduced at the election.
IN_FRONT = (Committee.PRESIDIUM, Committee.SECRETARIES)


@dataclass(frozen=True)
class Introduced:
    """One person, or one typed line."""

    name: str
    #: `presidium` or `secretaries`, also of a typed line that stands for it; None for a guest.
    body: Committee | None
    is_head: bool = False
    address_form: str = ""
    #: The title of the roster.
    title: str = ""
    #: Of a typed line, in its own words: `Bí thư Đảng ủy`.
    capacity: str = ""


@dataclass(frozen=True)
class Introductions:
    """Everybody in the order in which they are introduced."""

    people: tuple[Introduced, ...]
    #: Typed lines that the committees have overtaken: `(name, capacity)`.
    left_out: tuple[tuple[str, str], ...]

    def of(self, body: Committee | None) -> tuple[Introduced, ...]:
        """Those of one body; of None, the guests."""
        return tuple(each for each in self.people if each.body is body)


NOBODY = Introductions((), ())


def introductions(session: Session) -> Introductions:
    """Who sits in front and who is welcomed, as of now; nobody before there is a conference."""
    meeting = queries.find_conference(session)
    front = [row for row in committees.members(session) if row.committee in IN_FRONT]
    front.sort(key=lambda row: IN_FRONT.index(row.committee))
    filled = {row.committee.value for row in front}
    known = {name_key(row.name) for row in front}
    people = [*map(_seated, front)]
    left_out: list[tuple[str, str]] = []
    for name, capacity in meeting.seated if meeting is not None else ():
        body = rules.body_of_capacity(capacity)
        if name_key(name) in known or body in filled:
            left_out.append((name, capacity))
        else:
            stands_for = Committee(body) if body else None
            people.append(Introduced(name=name, body=stands_for, capacity=capacity))
    people.sort(key=lambda each: IN_FRONT.index(each.body) if each.body else len(IN_FRONT))
    return Introductions(tuple(people), tuple(left_out))


def _seated(row: MemberRow) -> Introduced:
    return Introduced(
        name=row.name,
        body=row.committee,
        is_head=row.is_head,
        address_form=row.address_form or "",
        title=row.title,
    )


@dataclass(frozen=True)
class Suggestion:
    """The plan's signer, who presides by custom, while nobody has been chosen."""

    name: str
    #: People of that name on the roster; empty where the signer is not on it.
    people: tuple[DelegateRow, ...]


def suggested_chair(session: Session, meeting: ConferenceRow | None) -> Suggestion | None:
    """Whom the plan suggests for the presidium while it is empty; None where it names nobody."""
    name = signer_of(meeting.plan) if meeting is not None else ""
    if not name or committees.members(session, Committee.PRESIDIUM):
        return None
    key = name_key(name)
    return Suggestion(
        name, tuple(row for row in queries.delegates(session) if name_key(row.name) == key)
    )


def signer_of(plan: dict[str, Any]) -> str:
    """The name under the plan; empty where it has none."""
    signer = plan.get("signer")
    return str((signer.get("name") if isinstance(signer, dict) else signer) or "")

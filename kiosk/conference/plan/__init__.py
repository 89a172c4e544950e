"""The plan reader: a ward's plan of its conference (`.txt`, `.docx`) becomes plain facts.

`read_plan(data, filename=...)` is the only door. It writes nothing and knows no web, no database
and no clock; every failure is a `Refused`.
"""

from __future__ import annotations

from kiosk.conference.plan.kinds import AgendaKind, kind_of, short_title
from kiosk.conference.plan.model import AgendaItem, Duty, Plan, Seats, Signer
from kiosk.conference.plan.reader import read_plan

__all__ = [
    "AgendaItem",
    "AgendaKind",
    "Duty",
    "Plan",
    "Seats",
    "Signer",
    "kind_of",
    "read_plan",
    "short_title",
]

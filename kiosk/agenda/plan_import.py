"""Taking a plan: the meeting and its agenda in one unit, or neither.

The plan belongs to the room below (`conference`), the agenda to this one; the act that needs both
stands here, where both can be seen.
"""

from __future__ import annotations

from kiosk.agenda import rules, services
from kiosk.conference import services as conference
from kiosk.conference.plan.model import Plan
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import unit_of_work


def ensure_takable(plan: Plan) -> None:
    """Refuse a plan that reads well but cannot be laid out, before anything is stored.

    Raises:
        Refused: `agenda_too_long`, or what `rules.checked` refuses of an item.
    """
    rules.ensure_count(len(plan.agenda))
    for item in plan.agenda:
        rules.checked(rules.Draft(title=item.title, kind=item.kind))


def import_plan(
    plan: Plan, *, file_name: str, sha256: str, by: Actor, clock: Clock = utc_now
) -> None:
    """Create or correct the draft conference and lay out its agenda as the plan has it.

    Raises:
        Refused: `conference_already_open`.
    """
    with unit_of_work() as session:
        conference.take_plan(plan, file_name=file_name, sha256=sha256, by=by, clock=clock)
        services.lay_out(session, plan.agenda, by=by, clock=clock)

"""Taking a plan: the meeting and its agenda in one unit, or neither.

The plan belongs to the room below (`conference`), the agenda to this one; the act that needs both
stands here, where both can be seen.
"""

from __future__ import annotations

from kiosk.agenda import services
from kiosk.conference import services as conference
from kiosk.conference.plan.model import Plan
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import unit_of_work


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

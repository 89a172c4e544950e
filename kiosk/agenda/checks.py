"""The agenda before the day (`kiosk doctor`)."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.agenda import queries
from kiosk.core.checks import Check, Finding, Group, Scene, bad, good, register, say


def agenda(scene: Scene) -> Iterator[Finding]:
    items = queries.items(scene.reading)
    if not items:
        yield Finding("agenda_empty")
        return
    minutes = sum(item.planned_minutes for item in items)
    yield Finding("agenda_there", {"count": len(items), "minutes": minutes})


register(
    Check(
        key="people.agenda",
        group=Group.PEOPLE,
        order=610,
        name=("Chương trình", "Agenda"),
        run=agenda,
        page="agenda.plan",
        follows=frozenset({"agenda"}),
    )
)

say(
    {
        "agenda_there": good("{count} mục, {minutes} phút", "{count} items, {minutes} minutes"),
        "agenda_empty": bad(
            ("Chưa có mục nào", "There are no items"),
            (
                "Nạp kế hoạch hoặc thêm mục ở trang Kế hoạch.",
                "Read the plan in or add items on the page Plan.",
            ),
        ),
    }
)

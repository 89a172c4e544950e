"""The base of the quorum before the day (`kiosk doctor`)."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.checkin import queries, rules
from kiosk.conference import queries as people
from kiosk.core.checks import Check, Finding, Group, Scene, bad, good, register, say, warn


def base(scene: Scene) -> Iterator[Finding]:
    """Whether the number convened is fixed, and for the roster of now (R1)."""
    session = scene.reading
    now = people.roster_count(session).convened
    fixed = queries.base_in_force(session)
    count = now if fixed is None else fixed.count
    facts = {"count": count, "needed": rules.quorum_needed(count), "roster": now}
    if fixed is None:
        yield Finding("base_open", facts)
    elif fixed.roster != now:
        yield Finding("base_overtaken", facts)
    else:
        yield Finding("base_fixed", facts)


register(
    Check(
        key="people.base",
        group=Group.PEOPLE,
        order=630,
        name=("Số triệu tập và tỷ lệ", "Number convened and quorum"),
        run=base,
        page="console.home",
        follows=frozenset({"roster", "conference"}),
    )
)

say(
    {
        "base_fixed": good(
            "Đã chốt {count} người, khai mạc cần {needed}",
            "Fixed at {count}, {needed} needed to open",
        ),
        "base_open": warn(
            (
                "Chưa chốt: lấy {count} người theo danh sách, khai mạc cần {needed}",
                "Not fixed: {count} by the roster, {needed} needed to open",
            ),
            (
                "Chốt ở trang Điều hành trước giờ khai mạc.",
                "Fix it on the page Run before the opening.",
            ),
        ),
        "base_overtaken": bad(
            (
                "Đã chốt {count} người, danh sách nay có {roster}",
                "Fixed at {count}, and the roster now counts {roster}",
            ),
            (
                "Chốt lại ở trang Điều hành, ghi lý do.",
                "Fix it again on the page Run, with a reason.",
            ),
        ),
    }
)

"""Whether those who count the election can begin (`kiosk doctor`)."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.ballot import queries
from kiosk.conference import queries as people
from kiosk.core.checks import Check, Finding, Group, Scene, bad, good, register, say

#: What the ceremony of the box would refuse (`rules.ensure_committee`), as a finding.
_WRONG = {
    "ballot_tellers_number": "election_tellers_number",
    "ballot_tellers_head": "election_tellers_head",
    "ballot_witnesses_number": "election_witnesses_number",
    "ballot_teller_stands": "election_teller_stands",
    "ballot_two_duties": "election_two_duties",
}


def election(scene: Scene) -> Iterator[Finding]:
    """Tellers and witnesses as R11 and R12 ask, each with a badge: each is known by it when the
    box is locked. Most conferences have no election, and need none to be ready."""
    session = scene.reading
    if queries.find_election(session) is None:
        yield Finding("election_none")
        return
    found = queries.committee(session)
    if found.refusal is not None:
        yield Finding(_WRONG[found.refusal.code], dict(found.refusal.facts))
    with_badge = {row.delegate.id for row in people.badges_in_force(session)}
    both = {row.delegate_id: row.name for row in (*found.tellers, *found.witnesses)}
    without = [name for delegate, name in both.items() if delegate not in with_badge]
    if without:
        yield Finding("election_no_badge", {"names": ", ".join(without)})
    if found.refusal is None and not without:
        facts = {"tellers": len(found.tellers), "witnesses": len(found.witnesses)}
        yield Finding("election_counted", facts | {"needed": found.needed})


register(
    Check(
        key="people.election",
        group=Group.PEOPLE,
        order=655,
        name=("Ban kiểm phiếu", "Tellers"),
        run=election,
        page="ballot.home",
        follows=frozenset({"ballot", "committees", "roster"}),
    )
)

_BODIES = ("Sửa ở trang Thành phần điều hành.", "Correct it on the page Committees.")

say(
    {
        "election_none": good("Chưa lập cuộc bầu cử nào", "No election is prepared"),
        "election_counted": good(
            "{tellers} người kiểm phiếu, {witnesses} người chứng kiến; mở hòm cần {needed} mã",
            "{tellers} tellers, {witnesses} witnesses; the box opens with {needed} codes",
        ),
        "election_tellers_number": bad(
            (
                "Đang có {tellers} người kiểm phiếu, cần 3 hoặc 5",
                "There are {tellers} tellers; 3 or 5 are needed",
            ),
            _BODIES,
        ),
        "election_tellers_head": bad(
            ("Ban kiểm phiếu chưa có trưởng ban", "The tellers have no head"), _BODIES
        ),
        "election_witnesses_number": bad(
            (
                "Đang có {witnesses} người chứng kiến, cần {needed}",
                "There are {witnesses} witnesses; {needed} are needed",
            ),
            _BODIES,
        ),
        "election_teller_stands": bad(
            (
                "Vừa ứng cử vừa kiểm phiếu hoặc chứng kiến: {names}",
                "Both candidate and teller or witness: {names}",
            ),
            _BODIES,
        ),
        "election_two_duties": bad(
            (
                "Vừa kiểm phiếu vừa chứng kiến: {names}",
                "Both teller and witness: {names}",
            ),
            _BODIES,
        ),
        "election_no_badge": bad(
            (
                "Chưa có thẻ đại biểu đang dùng: {names}",
                "Without a badge in force: {names}",
            ),
            (
                "Cấp thẻ ở trang Đại biểu; khóa hòm phiếu phải quét thẻ.",
                "Issue one on the page Delegates; locking the box asks for it.",
            ),
        ),
    }
)

"""What is still open in plan, roster, bodies and duties before the day (`kiosk doctor`)."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.conference import bars, committees, duties, queries
from kiosk.conference.committees import Committee
from kiosk.conference.events import ConferenceEvent
from kiosk.core import audit
from kiosk.core.checks import (
    Check,
    Fact,
    Finding,
    Group,
    Said,
    Scene,
    bad,
    good,
    register,
    say,
    warn,
)
from kiosk.core.clock import dmy, in_hall

#: Bodies that the opening itself needs; tellers are elected by the hall.
_FROM_THE_START = (Committee.PRESIDIUM, Committee.SECRETARIES)

_BODIES = {
    Committee.PRESIDIUM: Said("Đoàn Chủ tịch", "presidium"),
    Committee.SECRETARIES: Said("Thư ký", "secretaries"),
    Committee.TELLERS: Said("Ban kiểm phiếu", "tellers"),
    Committee.WITNESSES: Said("Người chứng kiến kiểm phiếu", "witnesses of the count"),
}


def plan(scene: Scene) -> Iterator[Finding]:
    """Day, hour and place, and what the reading of the plan was not sure of."""
    meeting = queries.find_conference(scene.reading)
    if meeting is None:
        yield Finding("plan_none")
        return
    if meeting.day is None:
        yield Finding("plan_no_day")
    if meeting.hour is None:
        yield Finding("plan_no_hour")
    if not meeting.venue:
        yield Finding("plan_no_venue")
    doubts = len(meeting.plan.get("doubts") or meeting.plan.get("unread") or ())
    if doubts:
        yield Finding("plan_doubts", {"count": doubts})
    if meeting.day is not None and meeting.hour is not None:
        facts = {"day": dmy(meeting.day), "hour": meeting.hour, "venue": meeting.venue or "–"}
        yield Finding("plan_set", facts)


def roster(scene: Scene) -> Iterator[Finding]:
    """People, their badges, and who may stand for the board (R7)."""
    session = scene.reading
    count = queries.roster_count(session)
    if not count.people:
        yield Finding("roster_empty")
        return
    if not count.convened:
        yield Finding("roster_nobody_counts")
    else:
        yield Finding("roster_counted", {"convened": count.convened, "guests": count.guests})
    newest = next((row for row in queries.imports(session) if row.undone_at is None), None)
    if newest is not None and newest.rejected:
        yield Finding("roster_rejected", {"count": newest.rejected, "file": newest.file_name})
    without = count.people - len(queries.badges_in_force(session))
    if without > 0:
        yield Finding("badges_missing", {"count": without})
    elif audit.latest(session, ConferenceEvent.BADGES_PRINTED) is None:
        yield Finding("badges_not_printed")
    undecided = sum(1 for row in bars.bars(session) if row.decided is None)
    if undecided:
        yield Finding("bars_undecided", {"count": undecided})


def bodies(scene: Scene) -> Iterator[Finding]:
    """Who leads the conference, writes it down, and will count."""
    seated = committees.members(scene.reading)
    for body in Committee:
        members = [row for row in seated if row.committee is body]
        facts: dict[str, Fact] = {"body": _BODIES[body], "count": len(members)}
        if not members:
            yield Finding("body_empty" if body in _FROM_THE_START else "body_later", facts)
        elif body is not Committee.WITNESSES and not any(row.is_head for row in members):
            yield Finding("body_without_head", facts)
        else:
            yield Finding("body_seated", facts)


def preparation(scene: Scene) -> Iterator[Finding]:
    """The plan's duties that nobody has ticked off."""
    listed = duties.checklist(scene.reading)
    left = [row for row in listed.duties if row.done_at is None]
    today = in_hall(scene.now).date()
    overdue = sum(1 for row in left if row.due is not None and row.due < today)
    facts = {"open": len(left), "all": len(listed.duties), "overdue": overdue}
    if not listed.duties:
        yield Finding("duties_none")
    elif overdue:
        yield Finding("duties_overdue", facts)
    else:
        yield Finding("duties_open" if left else "duties_done", facts)


register(
    Check(
        key="people.plan",
        group=Group.PEOPLE,
        order=600,
        name=("Kế hoạch", "Plan"),
        run=plan,
        page="agenda.plan",
        follows=frozenset({"conference"}),
    ),
    Check(
        key="people.roster",
        group=Group.PEOPLE,
        order=620,
        name=("Danh sách và thẻ", "Roster and badges"),
        run=roster,
        page="conference.roster",
        follows=frozenset({"roster"}),
    ),
    Check(
        key="people.bodies",
        group=Group.PEOPLE,
        order=650,
        name=("Thành phần điều hành", "Committees"),
        run=bodies,
        page="preparation.board",
        follows=frozenset({"committees", "roster"}),
    ),
    Check(
        key="people.duties",
        group=Group.PEOPLE,
        order=660,
        name=("Việc chuẩn bị", "Duties of preparation"),
        run=preparation,
        page="agenda.plan",
        follows=frozenset({"duties"}),
    ),
)

_PLAN_PAGE = (
    "Đặt ở trang Kế hoạch.",
    "Set it on the page Plan.",
)
_SEAT = (
    "Ghi ở trang Thành phần điều hành.",
    "Enter it on the page Committees.",
)

say(
    {
        "plan_none": bad(
            ("Chưa có kế hoạch", "There is no plan"),
            ("Nạp kế hoạch ở trang Kế hoạch.", "Read the plan in on the page Plan."),
        ),
        "plan_no_day": bad(("Chưa đặt ngày", "No day is set"), _PLAN_PAGE),
        "plan_no_hour": bad(("Chưa đặt giờ khai mạc", "No hour is set"), _PLAN_PAGE),
        "plan_no_venue": warn(("Chưa ghi địa điểm", "No place is named"), _PLAN_PAGE),
        "plan_doubts": warn(
            (
                "{count} chỗ trong tệp kế hoạch máy đọc chưa chắc",
                "{count} places of the plan's file were not read surely",
            ),
            (
                "So phần Chưa chắc ở trang Kế hoạch với bản giấy.",
                "Compare them on the page Plan with the paper.",
            ),
        ),
        "plan_set": good("{hour}, {day}, {venue}", "{hour}, {day}, {venue}"),
        "roster_empty": bad(
            ("Danh sách trống", "The roster is empty"),
            ("Nhập ở trang Nhập danh sách.", "Import it on the page Import a roster."),
        ),
        "roster_nobody_counts": bad(
            ("Không ai được tính vào tỷ lệ", "Nobody counts for the quorum"),
            ("Đặt quyền ở trang Đại biểu.", "Set the rights on the page Delegates."),
        ),
        "roster_counted": good(
            "{convened} người tính vào tỷ lệ, {guests} khách mời",
            "{convened} count for the quorum, {guests} guests",
        ),
        "roster_rejected": warn(
            (
                "{count} dòng của {file} không nhận được",
                "{count} rows of {file} were not taken",
            ),
            (
                "Sửa tệp rồi nhập lại, hoặc thêm từng người ở bàn đón tiếp.",
                "Correct the file and import it again, or add the people at the desk.",
            ),
        ),
        "badges_missing": bad(
            ("{count} người chưa có thẻ", "{count} people have no badge"),
            ("Cấp thẻ ở trang Đại biểu.", "Issue badges on the page Delegates."),
        ),
        "badges_not_printed": warn(
            ("Chưa in thẻ lần nào", "Badges were never printed"),
            ("In ở trang Đại biểu.", "Print them on the page Delegates."),
        ),
        "bars_undecided": warn(
            (
                "{count} người chưa rõ có được ứng cử không",
                "Whether {count} people may stand is undecided",
            ),
            (
                "Quyết định ở trang Thành phần điều hành.",
                "Decide on the page Committees.",
            ),
        ),
        "body_seated": good("{body}: {count} người", "{body}: {count}"),
        "body_empty": bad(("{body}: chưa có ai", "{body}: nobody yet"), _SEAT),
        "body_later": warn(("{body}: chưa có ai", "{body}: nobody yet"), _SEAT),
        "body_without_head": warn(
            ("{body}: chưa có người đứng đầu", "{body}: nobody leads"), _SEAT
        ),
        "duties_none": good("Kế hoạch không giao việc", "The plan names no duties"),
        "duties_done": good("Xong cả {all} việc", "All {all} are done"),
        "duties_open": warn(
            ("{open} trên {all} việc chưa xong", "{open} of {all} are not done"),
            ("Xem ở trang Kế hoạch.", "See the page Plan."),
        ),
        "duties_overdue": warn(
            (
                "{open} trên {all} việc chưa xong, {overdue} việc quá hạn",
                "{open} of {all} are not done, {overdue} are overdue",
            ),
            ("Xem ở trang Kế hoạch.", "See the page Plan."),
        ),
    }
)

"""What the program sees of the laptop and the day while it runs, and what a person vouches for.

These checks are quick and read memory and the database, so they are looked at anew each time the
page is drawn. Where the machine cannot know (is the printed page good, is the clock that of the
wall, does the lid send it to sleep), a member of staff taps, and the finding names who and when.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from kiosk import instance
from kiosk.conference import queries as people
from kiosk.core import audit
from kiosk.core.checks import (
    Check,
    Fact,
    Finding,
    Group,
    Scene,
    bad,
    good,
    register,
    say,
    unknown,
    warn,
)
from kiosk.core.clock import dmy, hhmm, in_hall
from kiosk.core.errors import Refused
from kiosk.doctor import power, queries, rules
from kiosk.doctor.rules import Part

#: What changes when a person taps.
FACT = "doctor"


def _vouched(scene: Scene, part: Part) -> queries.SelfTestRow | None:
    return queries.self_tests_today(scene.reading, scene.now).get(None, {}).get(part)


def _said_by(row: queries.SelfTestRow) -> dict[str, Fact]:
    return {"by": row.by_name, "at": hhmm(row.at)}


def server(scene: Scene) -> Iterator[Finding]:
    if scene.is_serving:
        yield Finding("server_on", {"address": instance.address(scene.settings)})
    elif _is_held(scene.instance):
        yield Finding("server_silent")
    else:
        yield Finding("server_off")


def _is_held(folder: Path) -> bool:
    """Whether another program writes this conference; asked only where none of ours serves it."""
    try:
        with instance.locked(folder):
            return False
    except Refused:
        return True
    except OSError:
        return False


def mode(scene: Scene) -> Iterator[Finding]:
    """Rehearsal or the real thing, against the day of the conference (lessons 24)."""
    meeting = people.find_conference(scene.reading)
    day, today = meeting.day if meeting else None, in_hall(scene.now).date()
    code = rules.mode(rehearsal=scene.settings.rehearsal, day=day, today=today)
    yield Finding(
        code,
        {"day": dmy(day), "today": dmy(today), "days": (day - today).days if day else 0},
    )


def clock(scene: Scene) -> Iterator[Finding]:
    """Plausible by the machine, right by a person's word; each device's own is the fleet's."""
    last = next(audit.read(scene.reading, newest_first=True, limit=1), None)
    code = rules.clock(scene.now, last_line=last.at if last else None, offset=own_offset(scene.now))
    facts: dict[str, Fact] = {
        "now": f"{in_hall(scene.now):%H:%M}, {dmy(scene.now)}",
        "last": f"{hhmm(last.at)}, {dmy(last.at)}" if last else "–",
        "released": dmy(rules.RELEASED),
    }
    if code in {"clock_before_program", "clock_before_book"}:
        yield Finding(code, facts)
        return
    if code == "clock_zone":
        yield Finding(code, facts | {"zone": _zone(own_offset(scene.now))})
    said = _vouched(scene, Part.CLOCK)
    if said is None:
        yield Finding("clock_plausible", facts)
    else:
        yield Finding("clock_right" if said.ok else "clock_wrong", facts | _said_by(said))


def own_offset(now: datetime) -> timedelta | None:
    """How far the laptop's own zone is from UTC; papers and pages take the hall's all the same."""
    try:
        return timedelta(seconds=time.localtime(now.timestamp()).tm_gmtoff)
    except (AttributeError, OverflowError, OSError, ValueError):
        return None


def _zone(offset: timedelta | None) -> str:
    minutes = 0 if offset is None else int(offset.total_seconds() // 60)
    sign = "+" if minutes >= 0 else "−"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")


def supply(scene: Scene) -> Iterator[Finding]:
    said = _vouched(scene, Part.POWER)
    found = power.power_finding(power.read_power(), vouched=said.ok if said else None)
    yield Finding(found.code, {**found.facts, **_said_by(said)} if said else found.facts)


def sleep(scene: Scene) -> Iterator[Finding]:
    """No system tells all that may put a laptop to sleep: lid, timer, maker's own tool."""
    said = _vouched(scene, Part.SLEEP)
    if said is None:
        yield Finding("sleep_unknown")
    else:
        yield Finding("sleep_off" if said.ok else "sleep_on", _said_by(said))


def printer(scene: Scene) -> Iterator[Finding]:
    said = _vouched(scene, Part.PRINT)
    if said is None:
        yield Finding("printer_unknown")
    else:
        yield Finding("printer_prints" if said.ok else "printer_fails", _said_by(said))


_TAPS = "doctor.taps"

register(
    Check(
        key="machine.mode",
        group=Group.MACHINE,
        order=200,
        name=("Diễn tập hay thật", "Rehearsal or real"),
        run=mode,
        page="agenda.plan",
        follows=frozenset({"conference"}),
    ),
    Check(
        key="machine.clock",
        group=Group.MACHINE,
        order=210,
        name=("Đồng hồ của máy", "Clock of the laptop"),
        run=clock,
        page=_TAPS,
        follows=frozenset({FACT}),
    ),
    Check(
        key="machine.power",
        group=Group.MACHINE,
        order=300,
        name=("Nguồn điện", "Power"),
        run=supply,
        page=_TAPS,
        follows=frozenset({FACT}),
    ),
    Check(
        key="machine.sleep",
        group=Group.MACHINE,
        order=310,
        name=("Chế độ ngủ", "Sleep"),
        run=sleep,
        page=_TAPS,
        follows=frozenset({FACT}),
    ),
    Check(
        key="network.server",
        group=Group.NETWORK,
        order=400,
        name=("Máy chủ", "Server"),
        run=server,
    ),
    Check(
        key="paper.printer",
        group=Group.PAPER,
        order=710,
        name=("Máy in", "Printer"),
        run=printer,
        page=_TAPS,
        follows=frozenset({FACT}),
    ),
)

_SET_CLOCK = (
    "Đặt lại ngày giờ của máy (múi giờ UTC+7), rồi khởi động lại chương trình.",
    "Set the laptop's date and time (zone UTC+7), then start the program again.",
)
say(
    {
        "server_on": good("Đang chạy, {address}", "Running, {address}"),
        "server_off": bad(
            ("Chưa chạy", "Not running"), ("Chạy «kiosk serve».", "Run `kiosk serve`.")
        ),
        "server_silent": bad(
            (
                "Có chương trình đang giữ hội nghị này mà không trả lời",
                "Another program holds this conference and does not answer",
            ),
            (
                "Đợi một phút; vẫn vậy thì tắt chương trình đó rồi chạy lại «kiosk serve».",
                "Wait a minute; else end that program and run `kiosk serve` again.",
            ),
        ),
        "mode_today": good("Hội nghị thật, hôm nay {day}", "The real conference, today {day}"),
        "mode_coming": good(
            "Hội nghị thật, ngày {day} (còn {days} ngày)",
            "The real conference, on {day} (in {days} days)",
        ),
        "mode_rehearsal": warn(
            ("Đang ở chế độ diễn tập", "In rehearsal mode"),
            (
                "Đúng ngày hội nghị phải chạy thư mục của hội nghị thật.",
                "On the day, run the folder of the real conference.",
            ),
        ),
        "mode_rehearsal_today": bad(
            (
                "Hôm nay là ngày hội nghị mà máy đang ở chế độ diễn tập",
                "Today is the day, and this is the rehearsal",
            ),
            (
                "Dừng chương trình, chạy lại với thư mục của hội nghị thật.",
                "Stop, and start with the folder of the real conference.",
            ),
        ),
        # The plan's own line says that the day is not set; one thing to mend is one line.
        "mode_no_day": unknown(
            ("Không rõ: chưa đặt ngày hội nghị", "Not known: the day is not set"),
            ("Đặt ngày ở trang Kế hoạch.", "Set the day on the page Plan."),
            blocks=False,
        ),
        "mode_past": bad(
            (
                "Ngày hội nghị {day} đã qua (hôm nay {today})",
                "The day {day} is past (today {today})",
            ),
            (
                "Xem đồng hồ của máy, hoặc sửa ngày ở trang Kế hoạch.",
                "See the laptop's clock, or correct the day on the page Plan.",
            ),
        ),
        "clock_before_program": bad(
            (
                "Đồng hồ máy chỉ {now}: trước khi có chương trình này ({released})",
                "The clock says {now}: before this program existed ({released})",
            ),
            _SET_CLOCK,
        ),
        "clock_before_book": bad(
            (
                "Đồng hồ máy chỉ {now}: trước dòng cuối của nhật ký ({last})",
                "The clock says {now}: before the book's last line ({last})",
            ),
            _SET_CLOCK,
        ),
        "clock_zone": warn(
            (
                "Múi giờ của máy là {zone}, không phải UTC+7",
                "The laptop's zone is {zone}, not UTC+7",
            ),
            (
                "Đặt múi giờ Hà Nội (UTC+7). Màn hình và giấy vẫn ghi giờ Việt Nam.",
                "Set the zone of Hanoi (UTC+7). Screens and papers keep Vietnam's time anyway.",
            ),
        ),
        "clock_plausible": unknown(
            (
                "Máy chỉ {now} (UTC+7); chưa ai đối chiếu",
                "It says {now} (UTC+7); nobody has compared it",
            ),
            (
                "So với đồng hồ treo tường, rồi bấm ở mục Thử tại máy này.",
                "Compare it with the wall's, then press under Tried at this laptop.",
            ),
        ),
        "clock_right": good(
            "{now} (UTC+7), {by} đối chiếu lúc {at}", "{now} (UTC+7), compared by {by} at {at}"
        ),
        "clock_wrong": bad(
            ("{by} báo sai giờ lúc {at}", "{by} said at {at} that it is wrong"), _SET_CLOCK
        ),
        "sleep_unknown": unknown(
            ("Máy không báo: không rõ", "The machine does not tell: not known"),
            (
                "Tắt chế độ ngủ và việc gập nắp là ngủ, rồi bấm ở mục Thử tại máy này.",
                "Switch sleep off, also for the lid, then press under Tried at this laptop.",
            ),
        ),
        "sleep_off": good("Đã tắt, {by} xem lúc {at}", "Off, seen by {by} at {at}"),
        "sleep_on": bad(
            ("{by} báo lúc {at}: máy còn tự ngủ", "{by} said at {at}: it still sleeps"),
            (
                "Tắt chế độ ngủ trong cài đặt nguồn, rồi bấm lại.",
                "Switch sleep off in the power settings, then press again.",
            ),
        ),
        "printer_unknown": unknown(
            ("Chưa ai in thử hôm nay", "Nobody has printed a test page today"),
            (
                "In trang thử, xem chữ, khung và mã QR, rồi bấm ở mục Thử tại máy này.",
                "Print the test page, look at it, then press under Tried at this laptop.",
            ),
        ),
        "printer_prints": good("In được, {by} xem lúc {at}", "It prints, seen by {by} at {at}"),
        "printer_fails": bad(
            ("{by} báo lúc {at}: in chưa được", "{by} said at {at}: it does not print well"),
            (
                "Xem giấy, mực, khổ A4; không được thì in ở máy khác bằng tệp PDF.",
                "See paper, ink and A4; else take the PDF to another printer.",
            ),
        ),
    }
)

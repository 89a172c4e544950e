"""Every room's checks, loaded once, and the subjects that the sheet must have whoever tells them.

A subject that no room speaks of is not left out: it stands on the sheet as unknown.
"""

from __future__ import annotations

from kiosk.agenda import checks as agenda
from kiosk.backup import checks as backup
from kiosk.ballot import checks as ballot
from kiosk.checkin import checks as checkin
from kiosk.conference import checks as conference
from kiosk.core import checks
from kiosk.core.checks import Check, Finding, Group, Scene, bad, good, say, unknown
from kiosk.doctor import data, disk, fleet, fonts, laptop, network, power
from kiosk.staff import checks as staff
from kiosk.tls import checks as tls

#: One line more for each room that has something to tell.
ALL = (
    staff,
    conference,
    checkin,
    ballot,
    agenda,
    backup,
    tls,
    data,
    disk,
    power,
    laptop,
    network,
    fonts,
    fleet,
)


def _nobody_tells(scene: Scene) -> list[Finding]:
    return [Finding("not_told")]


#: Asked for by issue 4 and told by a part beside this one: the hall's own address on the network,
#: and the certificate that its devices trust. Where no check of such a key is registered, it stands
#: on the sheet as unknown, and the hall is not ready.
_WANTED = (
    Check(
        key="network.address",
        group=Group.NETWORK,
        order=410,
        name=("Địa chỉ cho các máy", "Address for the devices"),
        run=_nobody_tells,
    ),
    Check(
        key="network.certificate",
        group=Group.NETWORK,
        order=420,
        name=("Chứng chỉ", "Certificate"),
        run=_nobody_tells,
    ),
)


def subjects() -> list[Check]:
    """Everything that stands on the sheet, in the order of mending."""
    told = checks.registered()
    keys = {check.key for check in told}
    missing = [check for check in _WANTED if check.key not in keys]
    return sorted([*told, *missing], key=lambda check: (check.order, check.key))


#: The subject under which it stands when, and by whom, the machine was measured.
MEASURED = Check(
    key="machine.measured",
    group=Group.MACHINE,
    order=90,
    name=("Đo máy tính", "Measuring the laptop"),
    run=_nobody_tells,
)

#: Why the conference could not be opened at all, before everything.
START = Check(
    key="machine.start",
    group=Group.MACHINE,
    order=80,
    name=("Mở dữ liệu hội nghị", "Opening the conference"),
    run=_nobody_tells,
)

#: Said of each measured subject while nothing is measured; the one line above says what to do.
NOT_YET = "not_measured_yet"

_MEASURE = (
    "Bấm Kiểm tra lại.",
    "Press Check again.",
)

say(
    {
        "not_told": unknown(
            ("Không rõ: chương trình này chưa xem được", "Not known: the program cannot tell yet"),
            (
                "Nhờ kỹ thuật kiểm tra bằng tay, theo sổ tay.",
                "Let the technician check it by hand, by the handbook.",
            ),
        ),
        "measured": good("{by}, lúc {at}", "{by}, at {at}"),
        "not_measured": unknown(("Chưa đo máy tính", "The laptop is not measured yet"), _MEASURE),
        "measured_before": unknown(
            ("Lần đo {at} đã cũ", "The measurement of {at} is out of date"), _MEASURE
        ),
        "start_refused": bad(
            ("Không mở được dữ liệu hội nghị", "The conference cannot be opened"), ("…", "…")
        ),
        "start_failed": bad(
            (
                "Không mở được dữ liệu hội nghị ({reason})",
                "The conference cannot be opened ({reason})",
            ),
            (
                "Xem ổ đĩa, quyền ghi của thư mục và nhật ký lỗi.",
                "See the disk, the rights of the folder and the log.",
            ),
        ),
        "start_tables": unknown(
            (
                "Không rõ: dữ liệu của phiên bản khác",
                "Not known: the tables are of another version",
            ),
            (
                "Chạy «kiosk serve» để sao lưu và nâng cấp, rồi kiểm tra lại.",
                "Run `kiosk serve`, which copies and upgrades them, then check again.",
            ),
        ),
        NOT_YET: unknown(("Không rõ, chưa đo", "Not known, not measured"), _MEASURE, blocks=False),
    }
)

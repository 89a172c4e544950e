"""The conference book in words: what each event says to a secretary, in both languages.

The book itself keeps codes and numbers (`docs/events.md`); names are looked up when it is read, so
that a corrected spelling is shown and nothing about people is written twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kiosk.agenda import queries as agendas
from kiosk.conference import queries as people
from kiosk.core.audit import Line
from kiosk.devices import queries as devices
from kiosk.staff import queries as staff

WORDS: dict[str, tuple[str, str]] = {
    "staff:account:added": ("Thêm tài khoản", "Account added"),
    "staff:account:closed": ("Đóng tài khoản", "Account closed"),
    "staff:password:reset": ("Đặt lại mật khẩu", "Password reset"),
    "staff:session:signed_in": ("Đăng nhập", "Signed in"),
    "staff:session:signed_out": ("Đăng xuất", "Signed out"),
    "staff:session:refused": ("Sai mật khẩu", "Wrong password"),
    "conference:conference:created": ("Lập hội nghị", "Conference made"),
    "conference:details:changed": ("Sửa thông tin hội nghị", "Details changed"),
    "conference:plan:imported": ("Dùng kế hoạch", "Plan taken over"),
    "conference:conference:opened": ("Khai mạc Hội nghị", "Conference opened"),
    "conference:conference:ended": ("Bế mạc Hội nghị", "Conference ended"),
    "conference:roster:imported": ("Nhập danh sách", "Roster imported"),
    "conference:standing:set": ("Đặt tư cách", "Standing set"),
    "conference:unit_flags:set": ("Đặt quyền cho đơn vị", "Rights of a unit set"),
    "conference:badges:printed": ("In thẻ", "Badges printed"),
    "conference:badge:replaced": ("Đổi thẻ mới", "Badge replaced"),
    "devices:device:added": ("Thêm thiết bị", "Device added"),
    "devices:device:paired": ("Ghép thiết bị", "Device paired"),
    "devices:device:revoked": ("Thu hồi thiết bị", "Device revoked"),
    "devices:address:renewed": ("Cấp địa chỉ ghép mới", "New pairing address"),
    "checkin:stay:entered": ("Vào hội trường", "Entered the hall"),
    "checkin:scan:turned_away": ("Cổng không ghi", "Turned away at the gate"),
    "checkin:stay:entered_by_hand": ("Ghi có mặt bằng tay", "Entered by hand"),
    "checkin:stay:undone": ("Hủy lượt vào", "Entry undone"),
    "checkin:base:fixed": ("Chốt số triệu tập", "Number convened fixed"),
    "agenda:agenda:laid_out": ("Lập chương trình", "Agenda laid out"),
    "agenda:item:added": ("Thêm mục", "Item added"),
    "agenda:item:edited": ("Sửa mục", "Item edited"),
    "agenda:item:moved": ("Đổi thứ tự mục", "Item moved"),
    "agenda:item:removed": ("Bỏ mục khỏi chương trình", "Item removed"),
    "agenda:item:started": ("Bắt đầu mục", "Item started"),
    "agenda:item:left_waiting": ("Để mục chờ", "Item left waiting"),
    "agenda:item:resumed": ("Tiếp tục mục", "Item resumed"),
    "agenda:item:ended": ("Kết thúc mục", "Item ended"),
    "agenda:item:skipped": ("Bỏ qua mục", "Item skipped"),
    "agenda:item:reopened": ("Mở lại mục", "Item reopened"),
    "motions:motion:opened": ("Đưa ra biểu quyết", "Vote by hands opened"),
    "motions:motion:counted": ("Ghi kết quả biểu quyết", "Vote counted"),
    "motions:count:corrected": ("Đính chính biểu quyết", "Vote corrected"),
    "motions:motion:withdrawn": ("Rút câu hỏi", "Vote withdrawn"),
    "motions:motion:put_away": ("Cất kết quả khỏi màn hình", "Result taken off the wall"),
}

#: Values that are codes, in words.
VALUES: dict[str, tuple[str, str]] = {
    "admitted": ("đã vào", "admitted"),
    "returned": ("vào lại", "returned"),
    "guest": ("khách mời", "guest"),
    "unknown": ("không có trong danh sách", "not on the roster"),
    "unreadable": ("không đọc được", "unreadable"),
    "revoked": ("thẻ đã thay", "replaced badge"),
    "refused": ("không ghi", "not recorded"),
    "technician": ("kỹ thuật", "technician"),
    "secretary": ("thư ký", "secretary"),
    "chair": ("chủ tọa", "chair"),
    "desk": ("bàn đón tiếp", "desk"),
}

#: Facts that a person wants to read, with their words; others stay in the stored line.
FACTS: dict[str, tuple[str, str]] = {
    "reason": ("lý do", "reason"),
    "outcome": ("kết quả", "outcome"),
    "ending": ("mã thẻ cuối", "code ends"),
    "name": ("tên", "name"),
    "role": ("vai trò", "role"),
    "text": ("nội dung", "text"),
    "in_favour": ("tán thành", "for"),
    "against": ("không tán thành", "against"),
    "other": ("ý kiến khác", "other"),
    "present": ("có mặt", "present"),
    "present_checkin": ("điểm danh", "checked in"),
    "convened": ("triệu tập", "convened"),
    "guests": ("khách mời", "guests"),
    "count": ("số", "number"),
    "new": ("mới", "new"),
    "changed": ("đổi", "changed"),
    "unchanged": ("giữ nguyên", "unchanged"),
    "rejected": ("không nhận", "rejected"),
    "items": ("số mục", "items"),
    "minutes": ("phút", "minutes"),
    "issue": ("thẻ lần", "issue"),
    "people": ("người", "people"),
    "day": ("ngày", "day"),
    "hour": ("giờ", "hour"),
}


#: Facts whose values are such codes.
CODED = frozenset({"outcome", "role"})


@dataclass(frozen=True)
class ReadLine:
    """One line of the book as the page shows it."""

    seq: int
    at: datetime
    what: str
    #: The code, for whoever compares with the stored book.
    event: str
    who: str
    #: The person, device or item it is about; empty where there is none.
    about: str
    details: str


class Reader:
    """Knows the names behind the numbers, read once for a page of lines."""

    def __init__(self, session: Session, *, language: str) -> None:
        self._english = language == "en"
        self._accounts = {row.id: row.name for row in staff.accounts(session)}
        self._devices = {row.id: row.name for row in devices.devices(session)}
        self._people = {row.id: row.name for row in people.delegates(session)}
        self._units = {row.id: row.name for row in people.units(session)}
        self._items = {row.id: f"{row.number}. {row.short_title}" for row in agendas.items(session)}

    def read(self, line: Line) -> ReadLine:
        """A stored line in words."""
        vi, en = WORDS.get(line.event, (line.event, line.event))
        return ReadLine(
            seq=line.seq,
            at=line.at,
            what=en if self._english else vi,
            event=line.event,
            who=self._who(line.by),
            about=self._about(line.facts),
            details=self._details(line.facts),
        )

    def _who(self, by: str) -> str:
        kind, _, number = by.partition(":")
        names = {"staff": self._accounts, "device": self._devices}.get(kind, {})
        if not number.isdigit():
            return "program" if self._english else "chương trình"
        return names.get(int(number), by)

    def _about(self, facts: Mapping[str, Any]) -> str:
        for fact, names in (
            ("delegate", self._people),
            ("account", self._accounts),
            ("device", self._devices),
            ("unit", self._units),
            ("item", self._items),
        ):
            if facts.get(fact) in names:
                return names[facts[fact]]
        return ""

    def _details(self, facts: Mapping[str, Any]) -> str:
        parts = []
        for fact, value in facts.items():
            if fact in FACTS and value not in (None, ""):
                words = VALUES.get(str(value), (value, value)) if fact in CODED else (value, value)
                which = 1 if self._english else 0
                parts.append(f"{FACTS[fact][which]}: {words[which]}")
        return "; ".join(parts)

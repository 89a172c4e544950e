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
    "documents:invitations:printed": ("In giấy mời", "Invitations printed"),
    "documents:invitation:sent": ("Ghi đã gửi giấy mời", "Invitation recorded as sent"),
    "documents:unit_invitations:sent": (
        "Ghi đã gửi giấy mời cả đơn vị",
        "Invitations of a unit recorded as sent",
    ),
    "documents:invitation:taken_back": ("Bỏ ghi gửi giấy mời", "Invitation no longer sent"),
    "backup:instance:restored": ("Khôi phục từ bản sao lưu", "Restored from a backup"),
    "backup:key:made": ("Thay khóa khôi phục", "Recovery key replaced"),
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
    "conference:roster:undone": ("Hoàn tác lần nhập danh sách", "Import taken back"),
    "conference:duty:assigned": ("Giao việc chuẩn bị", "Duty assigned"),
    "conference:duty:done": ("Xong việc chuẩn bị", "Duty done"),
    "conference:duty:opened_again": ("Mở lại việc chuẩn bị", "Duty opened again"),
    "conference:committee:member_added": ("Thêm vào ban điều hành", "Committee member added"),
    "conference:committee:member_moved": ("Đổi thứ tự trong ban", "Committee order changed"),
    "conference:committee:member_ended": ("Thôi tham gia ban", "Committee member removed"),
    "conference:committee:head_set": ("Đặt trưởng ban", "Committee head set"),
    "conference:bar:set": ("Ghi điều kiện ứng cử Ban Thanh tra", "Bar from the board set"),
    "devices:device:added": ("Thêm thiết bị", "Device added"),
    "devices:device:paired": ("Ghép thiết bị", "Device paired"),
    "devices:device:revoked": ("Thu hồi thiết bị", "Device revoked"),
    "devices:gate:turned": ("Đổi hướng cổng", "Gate turned"),
    "devices:address:renewed": ("Cấp địa chỉ ghép mới", "New pairing address"),
    "checkin:stay:entered": ("Vào hội trường", "Entered the hall"),
    "checkin:scan:turned_away": ("Cổng không ghi", "Turned away at the gate"),
    "checkin:stay:entered_by_hand": ("Ghi có mặt bằng tay", "Entered by hand"),
    "checkin:stay:undone": ("Hủy lượt vào", "Entry taken back"),
    "checkin:stay:left": ("Ra khỏi hội trường", "Left the hall"),
    "checkin:leaving:undone": ("Hủy lượt ra", "Leaving taken back"),
    "checkin:paper:merged": ("Nhập từ danh sách giấy", "Taken over from paper"),
    "checkin:person:walked_in": ("Thêm người ở bàn đón tiếp", "Person added at the desk"),
    "checkin:substitute:seated": ("Cử người dự thay", "Substitute seated"),
    "checkin:substitute:ended": ("Thôi dự thay", "Substitution ended"),
    "checkin:absence:recorded": ("Ghi vắng", "Absence recorded"),
    "checkin:absence:withdrawn": ("Bỏ ghi vắng", "Absence taken back"),
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
    "agenda:note:written": ("Ghi chép cho biên bản", "Notes written"),
    "agenda:note:branched": ("Giữ riêng bản ghi chép viết cùng lúc", "Notes kept side by side"),
    "agenda:note:settled": ("Gộp hai bản ghi chép", "Notes brought together"),
    "agenda:file:attached": ("Đính kèm tài liệu", "File attached"),
    "agenda:file:removed": ("Gỡ tài liệu", "File removed"),
    "agenda:script:written": ("Sửa lời dẫn của chủ tọa", "Chair's words written"),
    "agenda:wall:stepped_aside": ("Nhường màn hình", "Wall stepped aside"),
    "agenda:wall:taken_back": ("Lấy lại màn hình", "Wall taken back"),
    "agenda:break:called": ("Cho tạm nghỉ", "Break called"),
    "agenda:break:ended": ("Hết giờ nghỉ", "Break ended"),
    "motions:motion:opened": ("Đưa ra biểu quyết", "Vote by hands opened"),
    "motions:motion:counted": ("Ghi kết quả biểu quyết", "Vote counted"),
    "motions:count:corrected": ("Đính chính biểu quyết", "Vote corrected"),
    "motions:motion:withdrawn": ("Rút câu hỏi", "Vote withdrawn"),
    "motions:motion:put_away": ("Cất kết quả khỏi màn hình", "Result taken off the wall"),
}

#: Facts that a person wants to read, with their words; others stay in the stored line.
FACTS: dict[str, tuple[str, str]] = {
    "way": ("cách", "way"),
    "receiver": ("người nhận", "taken by"),
    "reason": ("lý do", "reason"),
    "outcome": ("kết quả", "outcome"),
    "detail": ("vì", "because"),
    "direction": ("hướng", "direction"),
    "kind": ("loại", "kind"),
    "claimed_at": ("giờ cổng hoặc giấy báo", "time claimed"),
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
    "owner": ("người phụ trách", "owner"),
    "day": ("ngày", "day"),
    "hour": ("giờ", "hour"),
    "copy": ("bản sao lưu", "backup"),
    "book_seq": ("dòng cuối", "last line"),
}


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
        return names.get(int(number), by) if number.isdigit() else by

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
                parts.append(f"{FACTS[fact][1 if self._english else 0]}: {value}")
        return "; ".join(parts)

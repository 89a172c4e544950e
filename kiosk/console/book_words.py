"""The conference book in words: what each event says to a secretary, in both languages.

The book itself keeps codes and numbers (`docs/events.md`); names are looked up when it is read, so
that a corrected spelling is shown and nothing about people is written twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from kiosk.agenda import queries as agendas
from kiosk.conference import queries as people
from kiosk.core.audit import Line
from kiosk.core.clock import dmy, hhmm
from kiosk.devices import queries as devices
from kiosk.staff import queries as staff

WORDS: dict[str, tuple[str, str]] = {
    "documents:invitations:printed": ("In giấy mời", "Invitations printed"),
    "documents:invitation:sent": ("Ghi đã gửi giấy mời", "Invitation recorded as sent"),
    "documents:unit_invitations:sent": (
        "Ghi đã gửi giấy mời cả đơn vị",
        "Invitations of a unit recorded as sent",
    ),
    "documents:invitation:taken_back": ("Bỏ ghi đã gửi giấy mời", "Invitation taken back"),
    "backup:instance:restored": ("Khôi phục từ bản sao lưu", "Restored from a backup"),
    "backup:key:made": ("Thay khóa khôi phục", "Recovery key replaced"),
    "tls:authority:made": ("Tạo chứng chỉ gốc của hội trường", "Certificate authority made"),
    "tls:certificate:made": ("Tạo chứng chỉ cho địa chỉ mạng", "Certificate made"),
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
    "conference:committee:member_added": ("Thêm người vào ban", "Committee member added"),
    "conference:committee:member_moved": ("Đổi thứ tự trong ban", "Committee order changed"),
    "conference:committee:member_ended": ("Thôi tham gia ban", "Committee member removed"),
    "conference:committee:head_set": ("Đặt người đứng đầu ban", "Committee head set"),
    "conference:bar:set": ("Ghi điều kiện ứng cử Ban Thanh tra", "Standing for the board decided"),
    "devices:device:added": ("Thêm thiết bị", "Device added"),
    "devices:device:paired": ("Ghép thiết bị", "Device paired"),
    "devices:device:revoked": ("Thu hồi thiết bị", "Device revoked"),
    "devices:gate:turned": ("Đổi hướng cổng", "Direction of a gate changed"),
    "devices:device:renamed": ("Đổi tên thiết bị", "Device renamed"),
    "devices:device:kind_changed": ("Đổi việc của thiết bị", "Device made another kind"),
    "devices:tablet:told": ("Chọn việc cho máy tính bảng", "Tablet told what to show"),
    "devices:tablets:told": ("Chọn việc cho mọi máy tính bảng", "All tablets told what to show"),
    "devices:code:confirmed": ("Nhận mã ghép", "Pairing code confirmed"),
    "devices:codes:cleared": ("Bỏ mọi mã ghép đang hiện", "Took every pairing code back"),
    "devices:code:refused": ("Nhập sai mã ghép", "Wrong pairing code"),
    "devices:device:doubled": ("Hai máy dùng chung danh tính", "One identity in two machines"),
    "devices:device:one_machine": ("Đã xem, đúng là một máy", "Looked at: one machine"),
    "devices:address:renewed": ("Cấp địa chỉ ghép mới", "New pairing address"),
    "checkin:stay:entered": ("Vào hội trường", "Entered the hall"),
    "checkin:scan:turned_away": ("Cổng không ghi", "Turned away at the gate"),
    "checkin:stay:entered_by_hand": ("Ghi có mặt bằng tay", "Entered by hand"),
    "checkin:stay:undone": ("Hủy lượt vào", "Check-in undone"),
    "checkin:stay:left": ("Ra khỏi hội trường", "Left the hall"),
    "checkin:stay:left_by_hand": ("Ghi tay lượt ra", "Check-out recorded by hand"),
    "checkin:leaving:undone": ("Hủy lượt ra", "Check-out undone"),
    "checkin:paper:merged": ("Nhập từ danh sách giấy", "Paper list typed in"),
    "checkin:person:walked_in": ("Thêm người mới", "Newcomer added"),
    "checkin:substitute:seated": ("Cử người dự thay", "Substitute named"),
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
    "agenda:note:written": ("Ghi chép cho biên bản", "Notes for the minutes written"),
    "agenda:note:branched": ("Giữ riêng bản ghi cùng lúc", "Notes written at once kept apart"),
    "agenda:note:settled": ("Gộp hai bản ghi chép", "Notes joined"),
    "agenda:file:attached": ("Đính kèm tài liệu", "Attachment added"),
    "agenda:file:removed": ("Gỡ tài liệu", "Attachment removed"),
    "agenda:script:written": ("Sửa lời dẫn của chủ tọa", "Chair's script edited"),
    "agenda:wall:stepped_aside": ("Nhường màn hình", "Wall freed for slides"),
    "agenda:wall:taken_back": ("Lấy lại màn hình", "Wall taken back"),
    "agenda:break:called": ("Cho tạm nghỉ", "Break called"),
    "agenda:break:ended": ("Hết giờ nghỉ", "Break ended"),
    "motions:motion:opened": ("Đưa ra biểu quyết", "Vote by hands opened"),
    "motions:motion:counted": ("Ghi kết quả biểu quyết", "Vote counted"),
    "motions:count:corrected": ("Đính chính biểu quyết", "Vote corrected"),
    "motions:motion:withdrawn": ("Rút câu hỏi", "Vote withdrawn"),
    "motions:motion:put_away": ("Cất kết quả khỏi màn hình", "Result taken off the wall"),
    "ballot:settings:changed": ("Thiết lập bầu cử", "Election settings changed"),
    "ballot:candidate:nominated": ("Đề cử", "Candidate nominated"),
    "ballot:candidate:consented": ("Ghi đồng ý ứng cử", "Consent of a candidate recorded"),
    "ballot:candidate:birth_recorded": ("Ghi ngày sinh người ứng cử", "Date of birth recorded"),
    "ballot:candidate:photo": ("Ảnh người ứng cử", "Photo of a candidate"),
    "ballot:candidate:withdrawn": ("Rút tên ứng cử", "Candidate withdrawn"),
    "ballot:candidate:returned": ("Đưa lại vào danh sách bầu cử", "Candidate put back"),
    "ballot:question:put_to_vote": ("Đưa nội dung bầu cử ra biểu quyết", "Put to a vote by hands"),
    "ballot:slips:printed": (
        "In thẻ bầu",
        "Slips printed",
    ),
    "ballot:round:prepared": (
        "Lập lượt bầu",
        "Round prepared",
    ),
    "ballot:slips:counted": (
        "Ban kiểm phiếu ghi số thẻ đếm được",
        "Slips counted",
    ),
    "ballot:teller:came": (
        "Người kiểm phiếu nhận mã",
        "Teller given a code",
    ),
    "ballot:witness:came": (
        "Người chứng kiến quét thẻ",
        "Witness came",
    ),
    "ballot:code:typed_back": (
        "Gõ lại mã khóa hòm",
        "Code typed back",
    ),
    "ballot:envelope:signed": (
        "Phong bì mã đã ký",
        "Envelope signed",
    ),
    "ballot:ceremony:started_again": (
        "Làm lại lễ khóa hòm",
        "Locking begun again",
    ),
    "ballot:box:locked": (
        "Khóa hòm phiếu",
        "Box locked",
    ),
    "ballot:fingerprint:compared": (
        "So dấu của hòm phiếu",
        "Fingerprint compared",
    ),
    "ballot:voting:opened": (
        "Mở bỏ phiếu",
        "Voting opened",
    ),
    "ballot:slip:issued": (
        "Phát thẻ bầu",
        "Slip issued",
    ),
    "ballot:slip:not_drawn": (
        "Hủy lượt phát thẻ",
        "Issue taken back",
    ),
    "ballot:roll:added": (
        "Bổ sung người bầu cử",
        "Elector added",
    ),
    "ballot:slip:reported_used": (
        "Ghi một người báo thẻ đã bị người khác dùng",
        "Slip reported as used by another",
    ),
    "ballot:helper:recorded": (
        "Ghi người giúp bỏ phiếu",
        "Helper recorded",
    ),
    "ballot:voting:closed": (
        "Đóng bỏ phiếu",
        "Voting closed",
    ),
    "ballot:sums:recorded": (
        "Ghi số thẻ kiểm bằng tay",
        "Sums recorded",
    ),
    "ballot:codes:refused": (
        "Mã mở hòm không khớp",
        "Codes refused",
    ),
    "ballot:box:opened": (
        "Mở hòm, kiểm phiếu",
        "Box opened",
    ),
    "ballot:paper:typed": (
        "Nhập số kiểm phiếu giấy",
        "Paper count typed",
    ),
    "ballot:paper:typed_anew": (
        "Xóa số đã nhập để nhập lại",
        "Typed counts dropped",
    ),
    "ballot:paper:counted": (
        "Ghi kết quả kiểm phiếu giấy",
        "Paper count taken",
    ),
    "ballot:figures:read_out": (
        "Đọc số phiếu",
        "Figures read out",
    ),
    "ballot:result:declared": (
        "Công bố kết quả bầu",
        "Result declared",
    ),
    "ballot:result:put_away": (
        "Cất kết quả bầu khỏi màn hình",
        "Result taken off the wall",
    ),
    "ballot:complaint:recorded": (
        "Ghi khiếu nại khi kiểm phiếu",
        "Complaint recorded",
    ),
    "ballot:smaller_board:put_to_vote": (
        "Đưa ra biểu quyết giảm số lượng",
        "Smaller board put to a vote",
    ),
    "ballot:no_further_round:put_to_vote": (
        "Đưa ra biểu quyết không bầu tiếp",
        "No further round put to a vote",
    ),
    "ballot:tablet:drawn_again": (
        "Bốc thăm lại máy để so dấu",
        "Tablet for the comparison drawn again",
    ),
    "ballot:void:asked": (
        "Đề nghị hủy lượt bầu",
        "Void asked for",
    ),
    "ballot:round:voided": (
        "Hủy lượt bầu",
        "Round voided",
    ),
    "pledge:text:saved": ("Lưu văn bản giao ước", "Text of the pledge saved"),
    "pledge:form:chosen": ("Chọn hình thức ký giao ước", "Form of the pledge chosen"),
    "pledge:signatory:added": ("Thêm người ký giao ước", "Signatory added"),
    "pledge:signatory:removed": ("Đưa ra khỏi danh sách ký", "Signatory taken off"),
    "pledge:capacity:set": ("Sửa chức danh trên giao ước", "Capacity on the pledge changed"),
    "pledge:proxy:named": ("Cử người ký thay", "Proxy named"),
    "pledge:proxy:ended": ("Thôi ký thay", "Proxy ended"),
    "pledge:signatory:excused": ("Ghi không ký giao ước", "Recorded as not signing"),
    "pledge:excuse:taken_back": ("Bỏ ghi không ký", "Excuse taken back"),
    "pledge:signing:opened": ("Mở ký giao ước", "Signing opened"),
    "pledge:signing:taken_back": ("Rút lại giao ước để sửa", "Pledge taken back to edit"),
    "pledge:signature:given": ("Ký giao ước", "Pledge signed"),
    "pledge:signature:replaced": ("Ký lại giao ước", "Pledge signed again"),
    "pledge:signing:closed": ("Kết thúc việc ký", "Signing closed"),
    "pledge:signing:reopened": ("Mở ký lại", "Signing reopened"),
    "pledge:sheet:printed": ("In bản giao ước", "Pledge printed"),
    "doctor:self_test:passed": ("Thử máy: đạt", "Self-test passed"),
    "doctor:self_test:failed": ("Thử máy: chưa đạt", "Self-test failed"),
    "doctor:route:found": ("Máy có đường ra mạng ngoài", "A way to the internet was found"),
    "doctor:route:gone": ("Máy hết đường ra mạng ngoài", "The way to the internet is gone"),
    "doctor:sheet:printed": ("In phiếu kiểm tra", "Go / no-go sheet printed"),
    "doctor:test_page:printed": ("In trang thử máy in", "Printer's test page made"),
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
    "ended": ("đã bế mạc", "conference ended"),
    "replaced": ("có người dự thay", "has a substitute"),
    "no_place": ("đã thôi dự thay", "no longer a substitute"),
    "not_inside": ("chưa có lượt vào", "not checked in"),
    "overtaken": ("gửi bù muộn, đã có lượt mới hơn", "sent late, there is a newer scan"),
    "test": ("thẻ thử", "test badge"),
    "in": ("vào", "in"),
    "out": ("ra", "out"),
    "gate": ("cổng", "gate"),
    "tablet": ("máy tính bảng", "tablet"),
    "projector": ("máy chiếu", "projector"),
    "follow": ("theo phiên họp", "follows the meeting"),
    "follow_gate": ("theo phiên họp, rảnh thì quét thẻ", "follows, scans while free"),
    "idle": ("ghim trang chờ", "pinned to the waiting page"),
    "selftest": ("ghim trang tự kiểm tra", "pinned to the self-test"),
    "paper": ("giấy", "paper"),
    "zalo": ("Zalo", "Zalo"),
    "email": ("email", "email"),
    "with_reason": ("vắng có lý do", "absent with reason"),
    "without_reason": ("vắng không lý do", "absent without reason"),
    "presidium": ("Đoàn Chủ tịch", "presidium"),
    "secretaries": ("Thư ký", "secretaries"),
    "tellers": ("Ban kiểm phiếu", "tellers"),
    "witnesses": ("người chứng kiến kiểm phiếu", "witnesses of the count"),
    "head": ("người đứng đầu", "head of the office"),
    "deputy_head": ("cấp phó của người đứng đầu", "deputy head"),
    "chief_accountant": ("kế toán trưởng", "chief accountant"),
    "none": ("được ứng cử", "may stand"),
    "opening": ("khai mạc", "opening"),
    "report": ("báo cáo", "report"),
    "disclosure": ("công khai, lấy ý kiến", "disclosure, opinions"),
    "election": ("bầu cử", "election"),
    "speech": ("phát biểu", "speech"),
    "emulation": ("phát động thi đua", "emulation drive"),
    "pledge": ("ký giao ước", "pledge signing"),
    "resolution": ("nghị quyết", "resolution"),
    "other": ("khác", "other"),
    "joint": ("các đơn vị cùng ký", "all units sign one sheet"),
    "two_sided": ("từng đơn vị ký với thủ trưởng", "each unit with the head of the office"),
    "unit": ("thay mặt đơn vị", "for the unit"),
    "office": ("thay mặt cơ quan", "for the office"),
    "camera": ("máy ảnh", "camera"),
    "touch": ("cảm ứng", "touch"),
    "sound": ("loa", "sound"),
    "scan": ("máy quét", "scanner"),
    "picture": ("hình chiếu", "picture"),
    "print": ("máy in", "printer"),
    "clock": ("đồng hồ", "clock"),
    "sleep": ("chế độ ngủ", "sleep mode"),
    "power": ("nguồn điện", "power"),
    "first": ("lượt đầu", "first round"),
    "tie": ("bầu lại vì bằng phiếu", "second round after a tie"),
    "shortage": ("bầu thêm cho đủ", "round for the open seats"),
    "again": ("bầu lại sau khi hủy", "voted again after a void round"),
    "hands": ("giơ tay", "hands"),
}

#: Facts that a person wants to read, with their words; others stay in the stored line.
FACTS: dict[str, tuple[str, str]] = {
    "round": ("lượt", "round"),
    "seats": ("số cần bầu", "seats"),
    "issued": ("đã phát", "issued"),
    "entitled": ("được bầu", "entitled"),
    "ballots_in_box": ("phiếu trong hòm", "ballots in the box"),
    "collected": ("thu về", "collected"),
    "valid": ("hợp lệ", "valid"),
    "invalid": ("không hợp lệ", "invalid"),
    "way": ("bằng", "by"),
    "receiver": ("người nhận", "taken by"),
    "reason": ("lý do", "reason"),
    "outcome": ("kết quả", "outcome"),
    "detail": ("vì", "because"),
    "direction": ("hướng", "direction"),
    "kind": ("loại", "kind"),
    "claimed_at": ("giờ của cổng hoặc giấy", "time of the gate or paper"),
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
    "owner": ("người phụ trách", "in charge"),
    "day": ("ngày", "day"),
    "hour": ("giờ", "hour"),
    "until": ("nghỉ đến", "until"),
    "committee": ("ban", "committee"),
    "bar": ("điều kiện ứng cử", "standing for the board"),
    "substitute": ("người dự thay", "substitute"),
    "copy": ("bản sao lưu", "backup"),
    "book_seq": ("dòng cuối", "last line"),
    "part": ("phần", "part"),
    "to_mend": ("việc cần sửa", "to mend"),
    "device_kind": ("loại máy", "device kind"),
    "task": ("việc", "task"),
    "addresses": ("địa chỉ", "addresses"),
    "version": ("phiên bản", "version"),
    "form": ("hình thức", "form"),
    "side": ("ký", "signs"),
    "capacity": ("chức danh", "capacity"),
    "principal": ("ký thay", "on behalf of"),
    "signatories": ("người ký", "signatories"),
    "signed": ("đã ký", "signed"),
    "excused": ("không ký", "excused"),
    "text_sha256": ("mã băm văn bản", "hash of the text"),
    "ink_sha256": ("mã băm chữ ký", "hash of the signature"),
    "address": ("địa chỉ", "address"),
}


#: Facts whose values are such codes.
CODED = frozenset(
    {
        "outcome",
        "role",
        "detail",
        "direction",
        "way",
        "kind",
        "committee",
        "bar",
        "device_kind",
        "task",
        "part",
        "form",
        "side",
    }
)

#: Facts that are a person beside the one that the line is about.
PEOPLE = frozenset({"substitute", "principal"})

#: Facts that are an instant; the page shows the hall's hour.
INSTANTS = frozenset({"claimed_at", "until"})


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
            return "program" if self._english else "phần mềm"
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
                which = 1 if self._english else 0
                parts.append(f"{FACTS[fact][which]}: {self._value(fact, value)}")
        return "; ".join(parts)

    def _value(self, fact: str, value: Any) -> Any:
        if fact in CODED:
            return VALUES.get(str(value), (value, value))[1 if self._english else 0]
        if isinstance(value, list):
            return ", ".join(map(str, value)) or "–"
        try:
            if fact in INSTANTS:
                return hhmm(datetime.fromisoformat(value))
            if fact == "day":
                return dmy(date.fromisoformat(value))
        except (TypeError, ValueError):  # a line that somebody changed is shown as it stands
            return value
        return self._people.get(value, value) if fact in PEOPLE else value

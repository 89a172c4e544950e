"""What the book and the screens say about the meeting, its plan, its people and their badges."""

from kiosk.core.audit import Event, catalogue
from kiosk.core.messages import NOT_SO, Sentence, register


@catalogue
class ConferenceEvent(Event):
    CREATED = "conference:conference:created"
    DETAILS_CHANGED = "conference:details:changed"
    PLAN_IMPORTED = "conference:plan:imported"
    OPENED = "conference:conference:opened"
    ENDED = "conference:conference:ended"
    ROSTER_IMPORTED = "conference:roster:imported"
    STANDING_SET = "conference:standing:set"
    UNIT_FLAGS_SET = "conference:unit_flags:set"
    BADGES_PRINTED = "conference:badges:printed"
    BADGE_REPLACED = "conference:badge:replaced"


register(
    {
        "conference_missing": Sentence(
            "Chưa có hội nghị nào ở đây. Hãy chạy «kiosk init» hoặc tải kế hoạch lên.",
            "There is no conference here yet. Run `kiosk init` or upload a plan.",
        ),
        "conference_already_open": Sentence(
            "Hội nghị đã khai mạc nên việc này không đổi được nữa. Hãy ghi vào biên bản.",
            "The conference is already open, so this can no longer change. Write it into the"
            " minutes.",
        ),
        "conference_ended": Sentence(
            "Hội nghị đã bế mạc nên không ghi thêm được. Hãy xem lại ở trang Điều hành.",
            "The conference has ended, so nothing more can be recorded. See the page Run.",
        ),
        "day_wrong": Sentence(
            "Ngày chưa đúng. Hãy ghi ngày theo dạng 12/03/2026.",
            "The day is not right. Write it like 12/03/2026.",
            status=NOT_SO,
        ),
        "hour_wrong": Sentence(
            "Giờ chưa đúng. Hãy ghi giờ theo dạng 08:00.",
            "The hour is not right. Write it like 08:00.",
            status=NOT_SO,
        ),
        "seated_too_many": Sentence(
            "Danh sách giới thiệu dài quá {most} người. Hãy giữ chủ tọa, thư ký và khách chính.",
            "More than {most} people are to be introduced. Keep the presidium, the secretaries and"
            " the main guests.",
            status=NOT_SO,
        ),
        "title_missing": Sentence(
            "Tên hội nghị đang trống. Hãy ghi tên hội nghị.",
            "The conference has no title. Write one.",
            status=NOT_SO,
        ),
        "text_too_long": Sentence(
            "Nội dung ô «{field}» dài quá {most} ký tự. Hãy rút ngắn lại.",
            "The text of “{field}” is longer than {most} characters. Shorten it.",
            status=NOT_SO,
        ),
        "delegate_unknown": Sentence(
            "Không tìm thấy người này trong danh sách. Hãy tìm lại theo tên.",
            "This person is not on the roster. Search again by name.",
            status=NOT_SO,
        ),
        "unit_unknown": Sentence(
            "Không tìm thấy đơn vị này. Hãy tải lại trang Đại biểu.",
            "This unit is not known. Load the page Delegates again.",
            status=NOT_SO,
        ),
        "standing_unknown": Sentence(
            "Tư cách chưa đúng. Hãy chọn đại biểu hoặc khách mời.",
            "The standing is not right. Choose delegate or guest.",
            status=NOT_SO,
        ),
        "guest_never_counts": Sentence(
            "Khách mời không tính vào tỷ lệ, không biểu quyết và không bầu cử. Hãy bỏ chọn các"
            " quyền này hoặc đổi tư cách thành đại biểu.",
            "A guest never counts for quorum, votes or ballots. Clear these rights or change the"
            " standing to delegate.",
            status=NOT_SO,
        ),
        "roster_has_rejected": Sentence(
            "Có {rejected} dòng không nhận được nên chưa ghi ai. Hãy sửa tệp, hoặc bấm «Nhập và bỏ"
            " các dòng này» (dòng lệnh: «kiosk roster import --accept-rejected»).",
            "{rejected} rows cannot be taken, so nobody was stored. Correct the file, or press"
            " “Import without these rows” (command line: `kiosk roster import --accept-rejected`).",
        ),
        "no_badges": Sentence(
            "Danh sách chưa có ai nên chưa in được thẻ. Hãy nhập danh sách đại biểu trước.",
            "The roster is empty, so there are no badges to print. Import the roster first.",
        ),
        "badge_reason_missing": Sentence(
            "Chưa ghi lý do đổi thẻ. Hãy chọn hoặc ghi lý do.",
            "There is no reason for the new badge. Choose or write one.",
            status=NOT_SO,
        ),
    }
)

"""What the book and the screens say about votes by hands."""

from kiosk.core.audit import Event, catalogue
from kiosk.core.messages import NOT_SO, Sentence, register


@catalogue
class MotionEvent(Event):
    OPENED = "motions:motion:opened"
    COUNTED = "motions:motion:counted"
    CORRECTED = "motions:count:corrected"
    WITHDRAWN = "motions:motion:withdrawn"
    PUT_AWAY = "motions:motion:put_away"


register(
    {
        "motion_number_missing": Sentence(
            "Cần đủ ba số: tán thành, không tán thành, ý kiến khác (ghi 0 nếu không có). Hãy nhập"
            " lại.",
            "Three numbers are needed: for, against, other (0 where there is none). Type them"
            " again.",
            status=NOT_SO,
        ),
        "motion_unknown": Sentence(
            "Không tìm thấy nội dung biểu quyết này. Hãy tải lại trang Điều hành.",
            "This motion is not known. Load the page Run again.",
            status=NOT_SO,
        ),
        "motion_text_wrong": Sentence(
            "Nội dung biểu quyết cần 5 đến {most} ký tự. Hãy ghi lại cho rõ.",
            "The text of a motion needs 5 to {most} characters. Write it again.",
            status=NOT_SO,
        ),
        "motion_already_open": Sentence(
            "Đang biểu quyết nội dung số {number}: «{text}». Hãy ghi kết quả hoặc rút nội dung đó"
            " trước.",
            "Motion {number} is being voted on: “{text}”. Record its count or withdraw it first.",
        ),
        "motion_still_open": Sentence(
            "Nội dung số {number} «{text}» chưa có kết quả biểu quyết. Hãy ghi kết quả hoặc rút nội"
            " dung đó trước.",
            "Motion {number} “{text}” has no count yet. Record its count or withdraw it first.",
        ),
        "motion_already_counted": Sentence(
            "Nội dung số {number} đã có kết quả: tán thành {in_favour}, không tán thành {against},"
            " ý kiến khác {other}. Nếu sai, hãy bấm «Đính chính» và ghi lý do.",
            "Motion {number} is counted already: {in_favour} for, {against} against, {other} other."
            " If that is wrong, correct it and say why.",
        ),
        "motion_not_counted": Sentence(
            "Nội dung số {number} chưa có kết quả nên chưa đính chính được. Hãy ghi kết quả trước.",
            "Motion {number} has no count to correct yet. Record its count first.",
        ),
        "motion_withdrawn": Sentence(
            "Nội dung số {number} đã được rút. Hãy mở một nội dung biểu quyết mới.",
            "Motion {number} was withdrawn. Open a new motion.",
        ),
        "motion_count_changed": Sentence(
            "Người khác vừa đính chính: tán thành {in_favour}, không tán thành {against}, ý kiến"
            " khác {other}. Hãy xem lại số liệu rồi đính chính tiếp nếu cần.",
            "Somebody else has just corrected it: {in_favour} for, {against} against, {other}"
            " other. Look at the figures again, and correct them if needed.",
        ),
        "motion_count_negative": Sentence(
            "Số người biểu quyết không thể nhỏ hơn 0. Hãy nhập lại.",
            "A count cannot be below 0. Type it again.",
            status=NOT_SO,
        ),
        "motion_count_over_present": Sentence(
            "Tổng {total} (tán thành, không tán thành, ý kiến khác) nhiều hơn {present} người có"
            " mặt có quyền biểu quyết. Hãy đếm lại, hoặc ghi số có mặt đếm tại hội trường kèm lý"
            " do.",
            "The total of {total} (for, against, other) is more than the {present} present who may"
            " vote. Count again, or type the number counted in the hall with a reason.",
            status=NOT_SO,
        ),
        "motion_minus_moved": Sentence(
            "Chưa ghi: đã điền {in_favour} tán thành, nhưng với {present} người có mặt thì còn lại"
            " {remains}. Hãy bấm «Còn lại tán thành» lần nữa, xem số rồi ghi.",
            "Not recorded: {in_favour} was filled in as for, but with {present} present {remains}"
            " remain. Press “The rest are for” again, look at the number, then record it.",
        ),
        "motion_present_zero": Sentence(
            "Không có người có quyền biểu quyết nào được ghi có mặt. Hãy đếm tại hội trường, rồi"
            " ghi số đó kèm lý do.",
            "Nobody who may vote is recorded as present. Count in the hall and type that number"
            " with a reason.",
            status=NOT_SO,
        ),
        "motion_present_over_roster": Sentence(
            "Số đếm tại hội trường là {present}, nhưng danh sách chỉ có {roster} người có quyền"
            " biểu quyết. Hãy đếm lại; khách mời không tính.",
            "{present} were counted in the hall, but only {roster} on the roster may vote. Count"
            " again; guests do not count.",
            status=NOT_SO,
        ),
    }
)

"""What the book and the screens say about the door and the quorum."""

from kiosk.core.audit import Event, catalogue
from kiosk.core.messages import NOT_SO, Sentence, register


@catalogue
class CheckinEvent(Event):
    ENTERED = "checkin:stay:entered"
    TURNED_AWAY = "checkin:scan:turned_away"
    ADMITTED_BY_HAND = "checkin:stay:entered_by_hand"
    UNDONE = "checkin:stay:undone"
    BASE_FIXED = "checkin:base:fixed"


register(
    {
        "quorum_not_met": Sentence(
            "Chưa đủ điều kiện khai mạc: có mặt {present} trên {convened}, cần {needed}, còn thiếu"
            " {missing} đại biểu. Hãy chờ thêm đại biểu vào.",
            "The quorum is not met: {present} of {convened} are present, {needed} are needed,"
            " {missing} are missing. Wait for more delegates.",
        ),
        "base_out_of_range": Sentence(
            "Số người triệu tập phải từ 1 đến 100 000. Hãy nhập lại.",
            "The number convened must be from 1 to 100,000. Type it again.",
            status=NOT_SO,
        ),
        "base_under_present": Sentence(
            "Số triệu tập {count} ít hơn số đang có mặt {present}. Hãy kiểm tra rồi nhập lại.",
            "The number convened, {count}, is below the {present} present. Check and type it"
            " again.",
            status=NOT_SO,
        ),
        "base_differs_from_roster": Sentence(
            "Số triệu tập đã chốt là {count}, danh sách hiện có {roster}. Hãy chốt lại số triệu tập"
            " (kèm lý do nếu vẫn giữ {count}) rồi khai mạc.",
            "The number convened was fixed at {count}, the roster now counts {roster}. Fix the"
            " number again (with a reason to keep {count}), then open.",
        ),
        "base_kind_unknown": Sentence(
            "Hãy chọn hình thức: hội nghị đại biểu hoặc hội nghị toàn thể.",
            "Choose the form: a conference of delegates, or a plenary one.",
            status=NOT_SO,
        ),
        "reason_missing": Sentence(
            "Chưa ghi lý do. Hãy chọn hoặc ghi lý do ngắn gọn rồi bấm lại.",
            "There is no reason. Choose or write a short one and press again.",
            status=NOT_SO,
        ),
        "reason_too_long": Sentence(
            "Lý do dài quá {most} ký tự. Hãy rút ngắn lại.",
            "The reason is longer than {most} characters. Shorten it.",
            status=NOT_SO,
        ),
        "stay_unknown": Sentence(
            "Không tìm thấy lượt điểm danh này. Hãy tải lại trang.",
            "This check-in is not known. Load the page again.",
            status=NOT_SO,
        ),
        "stay_already_undone": Sentence(
            "Lượt điểm danh này đã được hủy trước đó. Không cần làm gì thêm.",
            "This check-in was already undone. Nothing more is needed.",
        ),
        "undo_too_late": Sentence(
            "Đã quá {minutes} phút nên cổng không hủy được. Hãy nhờ thư ký hủy ở trang Đại biểu.",
            "More than {minutes} minutes have passed, so the gate cannot undo it. Ask a"
            " secretary to do it on the page Delegates.",
        ),
        "undo_not_yours": Sentence(
            "Lượt này do cổng khác ghi. Hãy hủy ở cổng đó hoặc nhờ thư ký.",
            "Another gate recorded this. Undo it there or ask a secretary.",
        ),
        "scan_id_wrong": Sentence(
            "Máy quét gửi sai dạng nên chưa ghi. Hãy tải lại trang cổng rồi quét lại.",
            "The gate's page sent something odd, so nothing was recorded. Load the page again and"
            " scan again.",
            status=NOT_SO,
        ),
        "scan_too_large": Sentence(
            "Nội dung quét quá dài, không phải mã thẻ. Hãy quét lại mã QR trên thẻ.",
            "What was scanned is far too long for a badge. Scan the badge's QR again.",
            status=NOT_SO,
        ),
        "already_inside": Sentence(
            "{name} đã có mặt trong hội trường. Không cần ghi lại.",
            "{name} is already in the hall. There is nothing to record.",
        ),
    }
)

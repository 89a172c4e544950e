"""What the book and the screens say about the door and the quorum."""

from kiosk.core.audit import Event, catalogue
from kiosk.core.messages import NOT_SO, Sentence, register


@catalogue
class CheckinEvent(Event):
    ENTERED = "checkin:stay:entered"
    TURNED_AWAY = "checkin:scan:turned_away"
    ADMITTED_BY_HAND = "checkin:stay:entered_by_hand"
    UNDONE = "checkin:stay:undone"
    LEFT = "checkin:stay:left"
    LEFT_BY_HAND = "checkin:stay:left_by_hand"
    LEAVING_UNDONE = "checkin:leaving:undone"
    MERGED = "checkin:paper:merged"
    WALKED_IN = "checkin:person:walked_in"
    SUBSTITUTED = "checkin:substitute:seated"
    SUBSTITUTION_ENDED = "checkin:substitute:ended"
    ABSENCE_RECORDED = "checkin:absence:recorded"
    ABSENCE_WITHDRAWN = "checkin:absence:withdrawn"
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
        "stay_not_left": Sentence(
            "Đại biểu này chưa được ghi là đã ra nên không có gì để hủy. Hãy tải lại trang.",
            "This person is not recorded as having left, so there is nothing to take back. Load the"
            " page again.",
        ),
        "returned_since": Sentence(
            "Đại biểu đã vào lại sau lần ra này nên không hủy được nữa. Không cần làm gì thêm.",
            "The person has come back since, so this leaving can no longer be taken back. Nothing"
            " more is needed.",
        ),
        "has_a_substitute": Sentence(
            "{name} đã có {substitute} dự thay nên chưa ghi. Hãy hủy việc dự thay trước, nếu"
            " đúng là người này dự.",
            "{substitute} sits in for {name}, so nothing was recorded. End the substitution first"
            " if this person attends after all.",
        ),
        "is_a_substitute": Sentence(
            "{name} đang dự thay người khác nên không cử người dự thay nữa. Hãy chọn người được"
            " triệu tập.",
            "{name} sits in for somebody else and cannot be replaced in turn. Choose the person who"
            " was convened.",
        ),
        "replaced_was_inside": Sentence(
            "{name} đã có lượt vào hội trường nên không cử người dự thay được. Nếu ghi nhầm, hãy"
            " hủy lượt vào trước.",
            "{name} has been in the hall, so nobody can sit in. If that was a mistake, take the"
            " check-in back first.",
        ),
        "guest_needs_no_substitute": Sentence(
            "{name} là khách mời nên không có người dự thay. Hãy thêm khách ở «Thêm người mới».",
            "{name} is a guest and needs no substitute. Add the newcomer as a new guest.",
        ),
        "substitution_unknown": Sentence(
            "Không tìm thấy việc dự thay này hoặc đã hủy. Hãy tải lại trang.",
            "This substitution is not known or has ended. Load the page again.",
        ),
        "substitute_was_inside": Sentence(
            "{name} đã dự họp với tư cách dự thay nên không hủy được. Nếu ghi nhầm, hãy hủy lượt"
            " vào của người dự thay trước.",
            "{name} has been in the hall as the substitute, so this cannot be ended. If that was"
            " a mistake, take that check-in back first.",
        ),
        "substitution_ended_already": Sentence(
            "{name} không còn dự thay ai nên chưa ghi. Hãy thêm lại người dự thay hoặc nhờ thư ký.",
            "{name} sits in for nobody any more, so nothing was recorded. Seat the substitute again"
            " or ask a secretary.",
        ),
        "person_here_already": Sentence(
            "Danh sách đã có {name}, {unit}. Nếu đúng là người khác cùng tên, hãy đánh dấu «Đúng là"
            " người khác» rồi bấm lại.",
            "{name}, {unit}, is on the roster already. If this is another person of the same name,"
            " tick “Another person” and press again.",
        ),
        "name_missing": Sentence(
            "Chưa ghi họ và tên. Hãy ghi đủ họ tên rồi bấm lại.",
            "There is no name. Write the full name and press again.",
            status=NOT_SO,
        ),
        "unit_missing": Sentence(
            "Chưa chọn đơn vị. Hãy chọn đơn vị có sẵn hoặc ghi đơn vị mới.",
            "There is no unit. Choose one or write a new one.",
            status=NOT_SO,
        ),
        "delegate_by_secretary": Sentence(
            "Chỉ thư ký được thêm đại biểu. Hãy thêm với tư cách khách mời hoặc nhờ thư ký.",
            "Only a secretary may add a delegate. Add a guest, or ask a secretary.",
            status=NOT_SO,
        ),
        "absence_kind_unknown": Sentence(
            "Hãy chọn vắng có lý do hoặc vắng không lý do.",
            "Choose absent with reason or without.",
            status=NOT_SO,
        ),
        "absence_reason_missing": Sentence(
            "Vắng có lý do thì cần ghi lý do. Hãy ghi ngắn gọn rồi bấm lại.",
            "An absence with reason needs its reason. Write a short one and press again.",
            status=NOT_SO,
        ),
        "absent_is_present": Sentence(
            "{name} đã có lượt vào hội trường nên không ghi vắng. Nếu ghi nhầm, hãy hủy lượt vào"
            " trước.",
            "{name} has been in the hall and is not absent. If that was a mistake, take the"
            " check-in back first.",
        ),
        "absence_unknown": Sentence(
            "Không có ghi vắng nào để bỏ. Hãy tải lại trang.",
            "There is no absence to take back. Load the page again.",
        ),
        "paper_empty": Sentence(
            "Chưa có số nào. Hãy gõ số thứ tự trên danh sách giấy, ví dụ 3, 7, 12-20.",
            "There are no numbers. Type those of the paper list, such as 3, 7, 12-20.",
            status=NOT_SO,
        ),
        "paper_too_long": Sentence(
            "Danh sách dài quá {most} người. Hãy nhập từng tờ một.",
            "The list has more than {most} people. Type one sheet at a time.",
            status=NOT_SO,
        ),
        "paper_time_wrong": Sentence(
            "Giờ chưa đúng hoặc chưa tới. Hãy ghi giờ trên giấy theo dạng 07:40.",
            "The time is not right, or has not come yet. Write the paper's time like 07:40.",
            status=NOT_SO,
        ),
        "paper_has_unknown": Sentence(
            "Có {unknown} số không đọc được hoặc không có trong danh sách nên chưa ghi ai. Hãy xem"
            " trước và sửa lại.",
            "{unknown} numbers cannot be read or are not on the roster, so nobody was recorded."
            " Preview and correct them.",
        ),
        "not_inside": Sentence(
            "{name} không được ghi là đang trong hội trường nên không có lượt ra để ghi. Hãy tải"
            " lại trang.",
            "{name} is not recorded as being in the hall, so there is no leaving to record. Load"
            " the page again.",
        ),
        "already_inside": Sentence(
            "{name} đã có mặt trong hội trường. Không cần ghi lại.",
            "{name} is already in the hall. There is nothing to record.",
        ),
    }
)

"""What the book and the screens say about duties, committees, bars and the undo of an import."""

from kiosk.core.audit import Event, catalogue
from kiosk.core.messages import NOT_SO, Sentence, register


@catalogue
class PreparationEvent(Event):
    IMPORT_UNDONE = "conference:roster:undone"
    DUTY_ASSIGNED = "conference:duty:assigned"
    DUTY_DONE = "conference:duty:done"
    DUTY_OPENED_AGAIN = "conference:duty:opened_again"
    MEMBER_ADDED = "conference:committee:member_added"
    MEMBER_MOVED = "conference:committee:member_moved"
    MEMBER_ENDED = "conference:committee:member_ended"
    HEAD_SET = "conference:committee:head_set"
    BAR_SET = "conference:bar:set"


register(
    {
        "import_none": Sentence(
            "Chưa có lần nhập danh sách nào để hoàn tác. Hãy nhập danh sách trước.",
            "There is no import to take back. Import a roster first.",
        ),
        "import_not_last": Sentence(
            "Lần nhập này đã được hoàn tác, hoặc sau đó có lần nhập khác. Hãy tải lại trang Nhập"
            " danh sách để xem lần nhập cuối.",
            "This import has been taken back already, or another one came after it. Load the page"
            " Import a roster again to see the last one.",
        ),
        "import_somebody_came": Sentence(
            "{name} trong lần nhập này đã quét thẻ hoặc đã vào hội trường nên không hoàn tác được"
            " nữa. Hãy sửa danh sách rồi nhập lại.",
            "{name} of this import has already been scanned or let in, so it can no longer be"
            " taken back. Correct the list and import it again.",
        ),
        "import_cannot_be_undone": Sentence(
            "Không hoàn tác được lần nhập này: có người trong đó đã được dùng ở chỗ khác (thành"
            " phần điều hành, thay thế, giấy mời), hoặc lần nhập có từ bản cũ của chương trình. Hãy"
            " sửa danh sách rồi nhập lại.",
            "This import cannot be taken back: somebody of it is already used elsewhere"
            " (committees, substitutes, invitations), or it was made by an older version. Correct"
            " the list and import it again.",
        ),
        "duty_unknown": Sentence(
            "Không tìm thấy việc này. Kế hoạch có thể vừa được thay; hãy tải lại trang Kế hoạch.",
            "This duty is not known. The plan may just have been replaced; load the page Plan"
            " again.",
            NOT_SO,
        ),
        "committee_unknown": Sentence(
            "Không rõ ban nào. Hãy tải lại trang Thành phần điều hành.",
            "This committee is not known. Load the page Committees again.",
            NOT_SO,
        ),
        "committee_member_unknown": Sentence(
            "Người này không còn trong ban. Hãy tải lại trang Thành phần điều hành.",
            "This person is no longer on the committee. Load the page Committees again.",
            NOT_SO,
        ),
        "committee_member_twice": Sentence(
            "{name} đã có trong ban này. Hãy chọn người khác.",
            "{name} is on this committee already. Choose somebody else.",
        ),
        "bar_unknown": Sentence(
            "Lý do không được ứng cử chưa đúng. Hãy chọn một lý do trong danh sách.",
            "The reason is not right. Choose one of the list.",
            NOT_SO,
        ),
    }
)

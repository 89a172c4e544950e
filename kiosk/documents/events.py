"""What the book and the screens say about papers."""

from kiosk.core.audit import Event, catalogue
from kiosk.core.messages import NOT_SO, Sentence, register


@catalogue
class DocumentEvent(Event):
    INVITATIONS_PRINTED = "documents:invitations:printed"
    INVITATION_SENT = "documents:invitation:sent"
    UNIT_INVITATIONS_SENT = "documents:unit_invitations:sent"
    INVITATION_TAKEN_BACK = "documents:invitation:taken_back"


register(
    {
        "papers_nobody": Sentence(
            "Danh sách đại biểu còn trống nên chưa có gì để in. Hãy nhập danh sách trước.",
            "The roster is empty, so there is nothing to print. Import a roster first.",
        ),
        "invitation_way_unknown": Sentence(
            "Cách gửi giấy mời chưa đúng. Hãy chọn giấy, Zalo hoặc email.",
            "The way of sending is not right. Choose paper, Zalo or email.",
            NOT_SO,
        ),
        "invitation_sent_already": Sentence(
            "Giấy mời của {name} đã được {by} ghi là đã gửi lúc {at}. Nếu ghi nhầm, hãy bấm «Bỏ"
            " ghi» rồi ghi lại.",
            "{by} recorded the invitation of {name} as sent at {at} already. If that is wrong, take"
            " it back and record it again.",
        ),
    }
)

"""What the book and the screens say about the agenda and the hour of the day."""

from kiosk.core.audit import Event, catalogue
from kiosk.core.messages import NOT_SO, Sentence, register


@catalogue
class AgendaEvent(Event):
    LAID_OUT = "agenda:agenda:laid_out"
    ITEM_ADDED = "agenda:item:added"
    ITEM_EDITED = "agenda:item:edited"
    ITEM_MOVED = "agenda:item:moved"
    ITEM_REMOVED = "agenda:item:removed"
    ITEM_STARTED = "agenda:item:started"
    ITEM_LEFT_WAITING = "agenda:item:left_waiting"
    ITEM_RESUMED = "agenda:item:resumed"
    ITEM_ENDED = "agenda:item:ended"
    ITEM_SKIPPED = "agenda:item:skipped"
    ITEM_REOPENED = "agenda:item:reopened"


register(
    {
        "conference_not_open": Sentence(
            "Hội nghị chưa khai mạc nên chưa làm được việc này. Hãy bấm «Khai mạc» ở trang Điều"
            " hành khi đủ đại biểu.",
            "The conference is not open yet, so this cannot be done. Open it on the page Run once"
            " there is a quorum.",
        ),
        "agenda_empty": Sentence(
            "Chương trình chưa có mục nào nên chưa khai mạc được. Hãy tải kế hoạch lên hoặc thêm"
            " mục ở trang Kế hoạch.",
            "The agenda has no items, so the conference cannot be opened. Upload the plan or add"
            " items on the page Plan.",
        ),
        "agenda_too_long": Sentence(
            "Chương trình không quá {most} mục. Hãy gộp các mục nhỏ lại.",
            "An agenda has at most {most} items. Join the small ones.",
            status=NOT_SO,
        ),
        "agenda_item_unknown": Sentence(
            "Không còn mục này trong chương trình. Hãy tải lại trang rồi chọn lại.",
            "This item is no longer on the agenda. Load the page again and choose again.",
            status=NOT_SO,
        ),
        "agenda_title_wrong": Sentence(
            "Tên mục cần 2 đến {most} ký tự. Hãy ghi lại tên mục.",
            "The title of an item needs 2 to {most} characters. Write it again.",
            status=NOT_SO,
        ),
        "agenda_short_title_wrong": Sentence(
            "Tên ngắn cho màn chiếu dài quá {most} ký tự. Hãy rút gọn, hoặc để trống để máy tự"
            " rút.",
            "The short title for the hall is longer than {most} characters. Shorten it, or leave it"
            " empty and the program does it.",
            status=NOT_SO,
        ),
        "agenda_kind_unknown": Sentence(
            "Không có loại mục «{kind}». Hãy chọn một loại trong danh sách.",
            "There is no kind of item “{kind}”. Choose one from the list.",
            status=NOT_SO,
        ),
        "agenda_minutes_wrong": Sentence(
            "Thời lượng mỗi mục từ {least} đến {most} phút. Hãy nhập lại số phút.",
            "An item takes {least} to {most} minutes. Type the minutes again.",
            status=NOT_SO,
        ),
        "agenda_presenter_too_long": Sentence(
            "Tên người trình bày dài quá {most} ký tự. Hãy rút ngắn lại.",
            "The presenter is longer than {most} characters. Shorten it.",
            status=NOT_SO,
        ),
        "another_item_is_running": Sentence(
            "Mục {number} «{title}» đang diễn ra. Hãy kết thúc hoặc để chờ mục đó trước.",
            "Item {number} “{title}” is on now. End it or leave it waiting first.",
        ),
        "agenda_item_not_started": Sentence(
            "Mục {number} «{title}» chưa bắt đầu. Hãy bấm «Bắt đầu», hoặc «Bỏ qua» nếu không làm.",
            "Item {number} “{title}” has not started. Start it, or skip it if it is not held.",
        ),
        "agenda_item_has_begun": Sentence(
            "Mục {number} «{title}» đã bắt đầu nên không bỏ qua được. Hãy bấm «Kết thúc».",
            "Item {number} “{title}” has begun, so it cannot be skipped. End it.",
        ),
        "agenda_item_ended": Sentence(
            "Mục {number} «{title}» đã kết thúc. Nếu bấm nhầm, hãy bấm «Mở lại» và ghi lý do.",
            "Item {number} “{title}” has ended. If that was a slip, reopen it and say why.",
        ),
        "agenda_item_skipped": Sentence(
            "Mục {number} «{title}» đã bỏ qua. Nếu vẫn làm, hãy bấm «Mở lại» và ghi lý do.",
            "Item {number} “{title}” was skipped. If it is held after all, reopen it and say why.",
        ),
        "agenda_item_not_over": Sentence(
            "Mục {number} «{title}» chưa kết thúc nên không cần mở lại. Hãy bấm «Bắt đầu» hoặc"
            " «Tiếp tục».",
            "Item {number} “{title}” is not over, so there is nothing to reopen. Start or resume"
            " it.",
        ),
        "agenda_moved_on": Sentence(
            "Người khác vừa chuyển chương trình: đang là mục {number} «{title}». Hãy xem lại rồi"
            " bấm tiếp nếu cần.",
            "Somebody else has just moved the agenda: item {number} “{title}” is on now. Look"
            " again, and press again if needed.",
        ),
        "agenda_none_running": Sentence(
            "Không còn mục nào đang diễn ra; mục vừa rồi đã được kết thúc hoặc để chờ. Hãy xem lại"
            " rồi bấm «Bắt đầu» ở mục cần làm.",
            "No item is on any more: the last one was ended or left waiting. Look again, then start"
            " the item that you need.",
        ),
        "agenda_no_next": Sentence(
            "Không còn mục nào chưa làm. Hãy tiếp tục các mục đang chờ, hoặc bấm «Bế mạc».",
            "No item is left to start. Resume the waiting ones, or end the conference.",
        ),
        "agenda_items_open": Sentence(
            "Chưa bế mạc được vì còn mục chưa xong: {numbers}. Hãy kết thúc, hoặc bỏ qua có ghi lý"
            " do.",
            "The conference cannot end while items are open: {numbers}. End them, or skip them with"
            " a reason.",
        ),
    }
)

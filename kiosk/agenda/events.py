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
    NOTE_WRITTEN = "agenda:note:written"
    NOTE_BRANCHED = "agenda:note:branched"
    NOTE_SETTLED = "agenda:note:settled"
    FILE_ATTACHED = "agenda:file:attached"
    FILE_REMOVED = "agenda:file:removed"
    SCRIPT_WRITTEN = "agenda:script:written"
    WALL_ASIDE = "agenda:wall:stepped_aside"
    WALL_BACK = "agenda:wall:taken_back"
    BREAK_CALLED = "agenda:break:called"
    BREAK_ENDED = "agenda:break:ended"


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
        "agenda_item_has_papers": Sentence(
            "Mục {numbers} đã có ghi chép, tài liệu hoặc lời dẫn riêng nên không bỏ được. Hãy sửa"
            " mục đó, hoặc mở mục, xóa trắng ghi chép và gỡ tài liệu trước.",
            "Item {numbers} already has notes, attachments or words of its own and cannot go. Edit"
            " it instead, or open it, empty its notes and remove its attachments first.",
        ),
        "note_too_long": Sentence(
            "Ghi chép dài {length} ký tự, nhiều nhất {most} nên chưa lưu. Chữ vẫn còn trên trang;"
            " hãy rút ngắn hoặc ghi tiếp ở mục khác.",
            "The notes have {length} signs, at most {most} are stored, so they are not saved yet."
            " The text is still on the page: shorten it or go on at another item.",
            status=NOT_SO,
        ),
        "note_version_unknown": Sentence(
            "Máy chủ không có bản ghi chép mà trang này bắt đầu từ đó. Chữ vẫn còn trên trang; hãy"
            " chép ra, tải lại trang rồi dán vào.",
            "The server has no such version of the notes. The text is still on the page: copy it,"
            " load the page again and paste it.",
        ),
        "attachment_not_pdf": Sentence(
            "Tệp này không phải PDF nên không nhận. Hãy lưu tài liệu thành PDF rồi đính kèm lại.",
            "This file is not a PDF and was not taken. Save the document as PDF and attach that.",
            status=NOT_SO,
        ),
        "attachment_cut_off": Sentence(
            "Tệp PDF này thiếu phần cuối nên không nhận. Hãy tải hoặc chép lại tệp gốc.",
            "The end of this PDF is missing, so it was not taken. Download or copy it again.",
            status=NOT_SO,
        ),
        "attachment_locked": Sentence(
            "Tệp PDF này có mật khẩu hoặc bị khóa nên không nhận. Hãy lưu lại không đặt mật khẩu.",
            "This PDF is locked or has a password and was not taken. Save it without one.",
            status=NOT_SO,
        ),
        "attachments_too_many": Sentence(
            "Mỗi mục không quá {most} tài liệu. Hãy gỡ bớt hoặc gộp các tệp lại.",
            "An item takes at most {most} attachments. Remove some or join the files.",
        ),
        "attachment_unknown": Sentence(
            "Không còn tài liệu này ở mục. Hãy tải lại trang rồi xem lại danh sách.",
            "This attachment is no longer at the item. Load the page again and look at the list.",
            status=NOT_SO,
        ),
        "attachment_lost": Sentence(
            "Không thấy tệp «{name}» trên đĩa. Hãy báo kỹ thuật lấy lại từ bản sao lưu, hoặc gỡ ra"
            " rồi đính kèm lại.",
            "The file “{name}” is not on the disk. Ask the technician to bring it back from a"
            " backup, or remove it and attach it again.",
        ),
        "script_too_long": Sentence(
            "Lời dẫn dài {length} ký tự, nhiều nhất {most}. Hãy rút ngắn rồi lưu lại.",
            "The words have {length} signs, at most {most} fit. Shorten them and save again.",
            status=NOT_SO,
        ),
        "script_changed": Sentence(
            "{name} vừa sửa lời dẫn của mục này. Hãy chép phần vừa gõ, tải lại trang rồi ghép vào.",
            "{name} has just changed these words. Copy what you typed, load the page again and put"
            " both together.",
        ),
        "break_time_wrong": Sentence(
            "Giờ nghỉ phải sau lúc này và không quá {hours} giờ. Hãy ghi giờ tiếp tục, ví dụ"
            " 09:45.",
            "A break ends after this moment and within {hours} hours. Type the hour to go on, such"
            " as 09:45.",
            status=NOT_SO,
        ),
    }
)

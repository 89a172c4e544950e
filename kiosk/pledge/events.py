"""What the book and the screens say about the pledge."""

from kiosk.core.audit import Event, catalogue
from kiosk.core.messages import NOT_SO, Sentence, register


@catalogue
class PledgeEvent(Event):
    TEXT_SAVED = "pledge:text:saved"
    FORM_CHOSEN = "pledge:form:chosen"
    SIGNATORY_ADDED = "pledge:signatory:added"
    SIGNATORY_REMOVED = "pledge:signatory:removed"
    CAPACITY_SET = "pledge:capacity:set"
    PROXY_NAMED = "pledge:proxy:named"
    PROXY_ENDED = "pledge:proxy:ended"
    EXCUSED = "pledge:signatory:excused"
    EXCUSE_TAKEN_BACK = "pledge:excuse:taken_back"
    OPENED = "pledge:signing:opened"
    TAKEN_BACK = "pledge:signing:taken_back"
    SIGNED = "pledge:signature:given"
    REPLACED = "pledge:signature:replaced"
    CLOSED = "pledge:signing:closed"
    REOPENED = "pledge:signing:reopened"
    PRINTED = "pledge:sheet:printed"


register(
    {
        # -- the text ------------------------------------------------------------------------
        "pledge_title_missing": Sentence(
            "Giao ước chưa có tên. Hãy ghi tên, ví dụ «Giao ước thi đua», rồi lưu lại.",
            "The pledge has no title. Write one, such as “Emulation pledge”, and save again.",
            status=NOT_SO,
        ),
        "pledge_aims_missing": Sentence(
            "Phần «{heading}» thiếu tên hoặc thiếu nội dung. Hãy ghi đủ, hoặc xóa trắng cả phần.",
            "The part “{heading}” lacks its title or aims. Write both, or empty the whole part.",
            status=NOT_SO,
        ),
        "pledge_line_too_long": Sentence(
            "Dòng «{begins}…» dài quá {most} ký tự. Hãy tách thành nhiều dòng.",
            "The line “{begins}…” is longer than {most} characters. Part it into several lines.",
            status=NOT_SO,
        ),
        "pledge_too_long": Sentence(
            "Giao ước nhiều nhất {headings} phần và {lines} dòng. Hãy rút gọn để người ký đọc hết.",
            "A pledge has at most {headings} parts and {lines} lines. Shorten it, so that everyone"
            " can read it.",
            status=NOT_SO,
        ),
        "pledge_text_fixed": Sentence(
            "Đã mở ký nên văn bản không sửa được nữa. Nếu chưa ai ký, hãy bấm «Rút lại để sửa»"
            " trước.",
            "Signing is open, so the text is fixed. If nobody has signed yet, press “Take it back"
            " to edit” first.",
        ),
        "pledge_text_changed": Sentence(
            "{name} vừa lưu phiên bản {number}. Hãy chép phần vừa gõ, tải lại trang rồi ghép vào.",
            "{name} has just saved version {number}. Copy what you typed, load the page again and"
            " put both together.",
        ),
        "pledge_version_unknown": Sentence(
            "Không có phiên bản này của giao ước. Hãy tải lại trang rồi chọn lại.",
            "There is no such version of the pledge. Load the page again and choose again.",
            status=NOT_SO,
        ),
        "pledge_form_unknown": Sentence(
            "Không có hình thức ký này. Hãy chọn một hình thức trong danh sách.",
            "There is no such form of signing. Choose one from the list.",
            status=NOT_SO,
        ),
        # -- who signs -----------------------------------------------------------------------
        "pledge_side_unknown": Sentence(
            "Không rõ người này ký thay mặt bên nào. Hãy chọn lại.",
            "It is not clear for which side this person signs. Choose again.",
            status=NOT_SO,
        ),
        "pledge_signatory_unknown": Sentence(
            "Người này không còn trong danh sách ký. Hãy tải lại trang rồi chọn lại.",
            "This person is no longer to sign. Load the page again and choose again.",
            status=NOT_SO,
        ),
        "pledge_signatory_twice": Sentence(
            "{name} đã có trong danh sách ký nên không cần thêm nữa.",
            "{name} is to sign already.",
        ),
        "pledge_signatories_too_many": Sentence(
            "Danh sách ký nhiều nhất {most} người. Hãy bỏ bớt người không phải ký.",
            "At most {most} people sign one pledge. Take off those who need not sign.",
        ),
        "pledge_guest_signs": Sentence(
            "{name} là khách mời nên không ký giao ước. Hãy chọn đại biểu của đơn vị.",
            "{name} is a guest and signs no pledge. Choose a delegate of the unit.",
            status=NOT_SO,
        ),
        "pledge_capacity_too_long": Sentence(
            "Chức danh dài quá {most} ký tự. Hãy ghi ngắn lại.",
            "The capacity is longer than {most} characters. Shorten it.",
            status=NOT_SO,
        ),
        "pledge_proxy_for_oneself": Sentence(
            "{name} không thể ký thay chính mình. Hãy chọn người khác.",
            "{name} cannot sign on their own behalf. Choose somebody else.",
            status=NOT_SO,
        ),
        "pledge_has_signed": Sentence(
            "{name} đã ký nên không đổi được. Hãy mời ký lại nếu chữ ký chưa đúng.",
            "{name} has signed, so this cannot change. Ask them to sign again if it is not right.",
        ),
        "pledge_is_excused": Sentence(
            "{name} đang được ghi là không ký. Hãy nhờ thư ký bấm «Bỏ ghi không ký» rồi quét lại"
            " thẻ.",
            "{name} is recorded as not signing. Ask the secretary to press “Take the excuse back”,"
            " then scan the badge again.",
        ),
        # -- opening and closing -------------------------------------------------------------
        "pledge_text_missing": Sentence(
            "Chưa có văn bản giao ước nên chưa mở ký được. Hãy soạn và lưu văn bản trước.",
            "There is no text yet, so signing cannot open. Write and save the text first.",
        ),
        "pledge_text_has_blanks": Sentence(
            "Văn bản còn {blanks} chỗ trống chưa điền nên chưa mở ký được. Hãy điền số liệu hoặc bỏ"
            " dòng đó rồi lưu.",
            "The text still has {blanks} blanks, so signing cannot open. Fill them in or drop those"
            " lines, and save.",
        ),
        "pledge_nobody_signs": Sentence(
            "Chưa có ai trong danh sách ký nên chưa mở ký được. Hãy thêm người ký trước.",
            "Nobody is to sign yet, so signing cannot open. Add the signatories first.",
        ),
        "pledge_not_open": Sentence(
            "Chưa mở ký giao ước. Hãy chờ chủ tọa mời.",
            "Signing is not open yet. Wait until the chair invites you.",
        ),
        "pledge_closed": Sentence(
            "Việc ký giao ước đã kết thúc. Hãy báo thư ký nếu ông/bà chưa ký.",
            "Signing has ended. Tell the secretary if you have not signed.",
        ),
        "pledge_already_signed": Sentence(
            "Đã có {signed} người ký nên không rút lại được. Hãy kết thúc việc ký, hoặc ký tiếp.",
            "{signed} have signed already, so it cannot be taken back. Close it, or go on.",
        ),
        "pledge_unsigned": Sentence(
            "Còn {missing} người chưa ký. Hãy chờ ký, hoặc ghi lý do không ký rồi kết thúc.",
            "{missing} have not signed. Wait for them, or give the reason why they do not sign.",
        ),
        "pledge_still_open": Sentence(
            "Việc ký giao ước đang mở, còn {missing} người chưa ký. Hãy kết thúc việc ký trước.",
            "Signing of the pledge is open and {missing} have not signed. Close the signing first.",
        ),
        "pledge_not_closed": Sentence(
            "Việc ký chưa kết thúc nên không cần mở lại.",
            "The signing has not ended, so there is nothing to reopen.",
        ),
        # -- at the tablet -------------------------------------------------------------------
        "pledge_badge_unreadable": Sentence(
            "Mã vừa quét không phải thẻ đại biểu. Hãy đưa mã QR trên thẻ vào khung, hoặc nhập 14"
            " số.",
            "What was scanned is no badge. Hold the QR code of the badge into the frame, or type"
            " its 14 digits.",
            status=NOT_SO,
        ),
        "pledge_badge_unknown": Sentence(
            "Thẻ này không có trong danh sách của Hội nghị. Hãy hỏi bàn thư ký.",
            "This badge is not of this conference. Ask the secretariat.",
            status=NOT_SO,
        ),
        "pledge_badge_revoked": Sentence(
            "Thẻ này đã được đổi thẻ mới. Hãy quét thẻ mới, hoặc hỏi bàn thư ký.",
            "This badge was replaced. Scan the new one, or ask the secretariat.",
        ),
        "pledge_not_signatory": Sentence(
            "{name} không có trong danh sách ký giao ước. Xin cảm ơn ông/bà; hãy hỏi bàn thư ký"
            " nếu cần ký.",
            "{name} is not among those who sign. Thank you; ask the secretariat if you should.",
        ),
        "pledge_visit_over": Sentence(
            "Lượt ký này đã hết: thẻ vừa được quét lại, hoặc ở máy khác. Hãy quét lại thẻ để ký.",
            "This turn is over: the badge was scanned again, or at another tablet. Scan the badge"
            " again to sign.",
        ),
        "pledge_visit_spent": Sentence(
            "Lượt ký này đã nộp một chữ ký khác. Hãy quét lại thẻ nếu muốn ký lại.",
            "Another signature was given in this turn. Scan the badge again to sign anew.",
        ),
        "pledge_text_not_this": Sentence(
            "Văn bản trên máy này không phải bản đang ký. Hãy quét lại thẻ để đọc bản mới.",
            "The text on this tablet is not the one being signed. Scan the badge again to read the"
            " new one.",
        ),
        "pledge_ink_empty": Sentence(
            "Khung ký còn trống. Mời ông/bà ký bằng ngón tay trên dòng kẻ.",
            "The pad is still empty. Please sign with a finger on the line.",
            status=NOT_SO,
        ),
        "pledge_ink_dots": Sentence(
            "Mới có vết chấm, chưa thành chữ ký. Mời ông/bà kéo ngón tay để ký.",
            "There are only dots, no signature yet. Please draw it with a finger.",
            status=NOT_SO,
        ),
        "pledge_ink_small": Sentence(
            "Chữ ký nhỏ quá, in ra khó đọc. Mời ông/bà ký lại to hơn.",
            "The signature is too small to be printed well. Please sign again, larger.",
            status=NOT_SO,
        ),
        "pledge_ink_swipe": Sentence(
            "Mới có một vạch thẳng, giống như chạm nhầm. Mời ông/bà ký đủ nét.",
            "There is one straight stroke, as if by accident. Please sign in full.",
            status=NOT_SO,
        ),
        "pledge_ink_outside": Sentence(
            "Nét ký nằm ngoài khung nên không nhận. Hãy bấm «Xóa hết, ký lại» rồi ký trong khung.",
            "The strokes lie outside the pad and were not taken. Press “Clear and sign again” and"
            " sign inside it.",
            status=NOT_SO,
        ),
        "pledge_ink_too_much": Sentence(
            "Chữ ký có quá nhiều nét nên không nhận. Hãy bấm «Xóa hết, ký lại» rồi ký gọn hơn.",
            "The signature has too many strokes and was not taken. Press “Clear and sign again” and"
            " sign more briefly.",
            status=NOT_SO,
        ),
        "pledge_ink_broken": Sentence(
            "Máy chủ không đọc được nét ký. Hãy bấm «Xóa hết, ký lại» rồi ký lần nữa.",
            "The server cannot read the strokes. Press “Clear and sign again” and sign once more.",
            status=NOT_SO,
        ),
    }
)

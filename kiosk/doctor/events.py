"""What the book and the screens say about the go / no-go sheet.

Looking is no line of the book, or every press of a button would be one. What a person vouches for
is (a self-test), and so is what can be held against the laptop later: a way to the internet, found
or gone, once for each time that this changes.
"""

from kiosk.core.audit import Event, catalogue
from kiosk.core.messages import NOT_SO, Sentence, register


@catalogue
class DoctorEvent(Event):
    PASSED = "doctor:self_test:passed"
    FAILED = "doctor:self_test:failed"
    ROUTE_FOUND = "doctor:route:found"
    ROUTE_GONE = "doctor:route:gone"
    SHEET_PRINTED = "doctor:sheet:printed"
    TEST_PAGE_PRINTED = "doctor:test_page:printed"


register(
    {
        "self_test_unknown": Sentence(
            "Máy này không có phần thử đó. Hãy tải lại trang rồi thử lại.",
            "This device has no such test. Load the page again and try once more.",
            status=NOT_SO,
        ),
        "self_test_by_whom": Sentence(
            "Chưa biết ai thử. Hãy nhập họ tên người thử ở đầu trang, rồi thử lại phần này.",
            "Nobody knows who tries. Type your name at the top of the page, then try this part"
            " again.",
            status=NOT_SO,
        ),
        "self_test_code_wrong": Sentence(
            "Mã vừa đọc không phải thẻ thử. Hãy dùng thẻ thử trên trang in thử máy in.",
            "What was read is not the test badge. Use the one on the printer's test page.",
            status=NOT_SO,
        ),
    }
)

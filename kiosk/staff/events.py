"""What the book and the screens say about accounts."""

from kiosk.core.audit import Event, catalogue
from kiosk.core.messages import NOT_SO, Sentence, register


@catalogue
class StaffEvent(Event):
    ACCOUNT_ADDED = "staff:account:added"
    ACCOUNT_CLOSED = "staff:account:closed"
    PASSWORD_RESET = "staff:password:reset"  # noqa: S105
    SIGNED_IN = "staff:session:signed_in"
    SIGNED_OUT = "staff:session:signed_out"
    SIGN_IN_REFUSED = "staff:session:refused"


register(
    {
        "sign_in_failed": Sentence(
            "Tên hoặc mật khẩu chưa đúng. Hãy nhập lại.",
            "The name or the password is not right. Type them again.",
            status=NOT_SO,
        ),
        "sign_in_delayed": Sentence(
            "Sai nhiều lần, tạm khóa. Hãy đợi {seconds} giây rồi nhập lại.",
            "Too many wrong tries. Wait {seconds} seconds, then try again.",
            status=429,
        ),
        "account_exists": Sentence(
            "Đã có tài khoản «{name}». Hãy chọn tên khác.",
            "There already is an account “{name}”. Choose another name.",
        ),
        "account_unknown": Sentence(
            "Không có tài khoản «{name}». Hãy xem lại tên.",
            "There is no account “{name}”. Check the name.",
            status=NOT_SO,
        ),
        "account_name_wrong": Sentence(
            "Tên tài khoản cần 1 đến 60 ký tự, có chữ. Hãy nhập lại.",
            "An account name needs 1 to 60 characters with letters. Type it again.",
            status=NOT_SO,
        ),
        "password_too_short": Sentence(
            "Mật khẩu cần ít nhất {least} ký tự. Hãy chọn mật khẩu dài hơn.",
            "The password needs at least {least} characters. Choose a longer one.",
            status=NOT_SO,
        ),
        "password_too_long": Sentence(
            "Mật khẩu dài quá {most} ký tự. Hãy chọn mật khẩu ngắn hơn.",
            "The password is longer than {most} characters. Choose a shorter one.",
            status=NOT_SO,
        ),
        "role_unknown": Sentence(
            "Không có vai trò «{role}». Hãy chọn: technician, secretary, chair hoặc desk.",
            "There is no role “{role}”. Choose technician, secretary, chair or desk.",
            status=NOT_SO,
        ),
        "last_account": Sentence(
            "Đây là tài khoản thư ký hoặc kỹ thuật cuối cùng nên không đóng được. Hãy thêm tài"
            " khoản khác trước.",
            "This is the last secretary or technician account. Add another one first.",
        ),
    }
)

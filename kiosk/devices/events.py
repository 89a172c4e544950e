"""What the book and the screens say about devices."""

from kiosk.core.audit import Event, catalogue
from kiosk.core.messages import NOT_SO, Sentence, register


@catalogue
class DeviceEvent(Event):
    ADDED = "devices:device:added"
    PAIRED = "devices:device:paired"
    REVOKED = "devices:device:revoked"
    ADDRESS_RENEWED = "devices:address:renewed"
    TURNED = "devices:gate:turned"
    RENAMED = "devices:device:renamed"
    KIND_CHANGED = "devices:device:kind_changed"
    TOLD = "devices:tablet:told"
    ALL_TOLD = "devices:tablets:told"
    CODE_CONFIRMED = "devices:code:confirmed"
    CODE_REFUSED = "devices:code:refused"
    CODES_CLEARED = "devices:codes:cleared"
    DOUBLED = "devices:device:doubled"
    ONE_MACHINE = "devices:device:one_machine"


register(
    {
        "device_name_wrong": Sentence(
            "Tên thiết bị cần 1 đến 40 ký tự. Hãy nhập lại.",
            "A device name needs 1 to 40 characters. Type it again.",
            status=NOT_SO,
        ),
        "device_name_letters": Sentence(
            "Tên thiết bị chỉ dùng chữ tiếng Việt, chữ số và dấu thường gặp, mỗi chữ nhiều nhất hai"
            " dấu. Hãy nhập lại.",
            "A device name has Vietnamese letters, digits and common signs only, at most two marks"
            " on a letter. Type it again.",
            status=NOT_SO,
        ),
        "device_kind_unknown": Sentence(
            "Không có loại thiết bị «{kind}». Hãy chọn: gate, tablet hoặc projector.",
            "There is no kind of device “{kind}”. Choose gate, tablet or projector.",
            status=NOT_SO,
        ),
        "device_exists": Sentence(
            "Đã có thiết bị đang dùng tên «{name}». Hãy chọn tên khác.",
            "A device in use is already called “{name}”. Choose another name.",
        ),
        "device_unknown": Sentence(
            "Không tìm thấy thiết bị này. Hãy xem lại danh sách thiết bị.",
            "This device is not known. Look at the list of devices again.",
            status=NOT_SO,
        ),
        "device_ambiguous": Sentence(
            "«{device}» vừa là tên của một thiết bị vừa là số của thiết bị khác. Hãy thu hồi ở"
            " trang Thiết bị.",
            "“{device}” is the name of one device and the number of another. Revoke it on the page"
            " Devices.",
        ),
        "device_revoked": Sentence(
            "Thiết bị này đã bị thu hồi. Hãy nhờ thư ký thêm lại.",
            "This device was revoked. Ask a secretary to add it again.",
        ),
        "device_not_doubled": Sentence(
            "«{name}» không còn báo trùng máy. Hãy xem lại danh sách thiết bị.",
            "“{name}” is no longer said to be in two machines. Look at the list of devices again.",
        ),
        "direction_unknown": Sentence(
            "Hãy chọn hướng của cổng: vào hoặc ra.",
            "Choose the direction of the gate: in or out.",
            status=NOT_SO,
        ),
        "device_no_gate": Sentence(
            "«{name}» không phải cổng nên không có hướng vào, ra. Hãy chọn một cổng.",
            "“{name}” is not a gate and has no direction. Choose a gate.",
            status=NOT_SO,
        ),
        "pairing_address_spent": Sentence(
            "Địa chỉ ghép thiết bị này đã dùng rồi hoặc đã hết hạn. Hãy nhờ thư ký cấp địa chỉ"
            " mới ở trang Thiết bị.",
            "This pairing address was already used or has expired. Ask a secretary for a new one on"
            " the page Devices.",
        ),
        "pairing_code_wrong": Sentence(
            "Mã ghép có đúng 6 chữ số. Hãy xem lại màn hình của máy mới rồi nhập lại.",
            "A pairing code has exactly 6 digits. Look at the new device's screen and type it"
            " again.",
            status=NOT_SO,
        ),
        "pairing_code_unknown": Sentence(
            "Không có máy nào đang hiện mã này. Mã đổi sau 10 phút: hãy xem lại màn hình của máy"
            " mới rồi nhập lại.",
            "No device shows this code now. Codes change after 10 minutes: look at the new"
            " device's screen and type it again.",
        ),
        "pairing_delayed": Sentence(
            "Đã nhập sai mã ghép nhiều lần. Hãy đợi {seconds} giây rồi nhập lại.",
            "Too many wrong pairing codes. Wait {seconds} seconds, then type it again.",
        ),
        "pairing_full": Sentence(
            "Đã có quá nhiều máy đang chờ ghép. Hãy nhờ thư ký ghép các máy đó hoặc bỏ mọi mã đang"
            " hiện, rồi tải lại trang này.",
            "Too many devices already wait to be paired. Let a secretary pair them or take every"
            " code back, then load this page again.",
        ),
        "device_no_tablet": Sentence(
            "«{name}» không phải máy tính bảng nên không ghim được. Hãy chọn một máy tính bảng.",
            "“{name}” is not a tablet and cannot be pinned. Choose a tablet.",
            status=NOT_SO,
        ),
        "task_unknown": Sentence(
            "Không có việc này cho máy tính bảng. Hãy tải lại trang rồi chọn lại.",
            "There is no such task for a tablet. Load the page again and choose.",
            status=NOT_SO,
        ),
    }
)

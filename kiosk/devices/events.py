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


register(
    {
        "device_name_wrong": Sentence(
            "Tên thiết bị cần 1 đến 40 ký tự. Hãy nhập lại.",
            "A device name needs 1 to 40 characters. Type it again.",
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
    }
)

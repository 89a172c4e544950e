"""What the book and the screens say about the hall's certificates."""

from kiosk.core.audit import Event, catalogue
from kiosk.core.messages import NOT_SO, Sentence, register


@catalogue
class TlsEvent(Event):
    AUTHORITY_MADE = "tls:authority:made"
    CERTIFICATE_MADE = "tls:certificate:made"


register(
    {
        "authority_damaged": Sentence(
            "Tệp chứng chỉ gốc {file} bị hỏng. Hãy chép lại từ bản sao lưu; tạo tệp mới thì mọi máy"
            " phải làm lại bước tin cậy.",
            "The certificate authority in {file} is damaged. Copy it back from a backup: with a new"
            " one every device would have to learn to trust the hall again.",
            status=503,
        ),
        "clock_impossible": Sentence(
            "Đồng hồ của máy chỉ ngày {day}, khi chưa có chương trình này. Hãy chỉnh ngày giờ"
            " của máy rồi chạy lại: chứng chỉ gốc lập bây giờ thì không máy nào nhận.",
            "This laptop's clock shows {day}, when this program did not exist yet. Put date and"
            " time right and start again: no device would accept an authority made now.",
            status=503,
        ),
        "no_tls_needs_loopback": Sentence(
            "Không mở hội nghị trên mạng ({host}) mà không mã hóa. Hãy bỏ --no-tls, hoặc chỉ dùng"
            " trên máy này với --host 127.0.0.1.",
            "The hall is not opened on a network ({host}) without encryption. Leave --no-tls out,"
            " or stay on this laptop with --host 127.0.0.1.",
            status=NOT_SO,
        ),
        "host_not_ours": Sentence(
            "{host} không phải địa chỉ mạng nội bộ của máy này. Hãy bỏ --host để dùng mọi địa chỉ"
            " nội bộ, hoặc chọn một trong: {known}.",
            "{host} is no local address of this laptop. Leave --host out to use all local"
            " addresses, or choose one of: {known}.",
            status=NOT_SO,
        ),
        "https_port_taken": Sentence(
            "Cổng mạng {port} dành cho địa chỉ mã hóa đang có chương trình khác dùng. Hãy đóng"
            " chương trình đó hoặc chọn cổng khác bằng --https-port.",
            "Another program uses port {port}, which the encrypted addresses need. Close it or"
            " choose another port with --https-port.",
        ),
    }
)

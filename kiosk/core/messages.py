"""From a refusal's code to the one sentence a person reads: what happened, and what to do next.

Each room registers its own codes in its `events.py`; a contract test compares the codes raised in
the source with the codes registered, in both languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.core.errors import Refused

#: Not now: the same act may be right a moment later.
NOT_NOW = 409
#: Not so: what was sent is wrong.
NOT_SO = 422


@dataclass(frozen=True)
class Sentence:
    """One refusal in both languages; `{fact}` is filled from the refusal's facts."""

    vi: str
    en: str
    status: int = NOT_NOW


_REGISTRY: dict[str, Sentence] = {}


def register(sentences: Mapping[str, Sentence]) -> None:
    """Called once by each room's `events.py`."""
    for code, sentence in sentences.items():
        if _REGISTRY.setdefault(code, sentence) is not sentence:
            raise ValueError(f"refusal {code} is registered twice")


def registered() -> Mapping[str, Sentence]:
    """Every code that the program can refuse with."""
    return _REGISTRY


def status_of(refused: Refused) -> int:
    return _REGISTRY[refused.code].status if refused.code in _REGISTRY else NOT_NOW


def sentence(refused: Refused, language: str) -> str:
    """The sentence for people. An unknown code or a missing fact still gives a readable one."""
    known = _REGISTRY.get(refused.code)
    if known is None:
        return refused.code
    template = known.en if language == "en" else known.vi
    return template.format_map(_Facts(refused.facts))


class _Facts(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"


register(
    {
        "not_saved": Sentence(
            "Chưa ghi được vào đĩa, việc vừa làm chưa có hiệu lực. Hãy làm lại; nếu vẫn không được,"
            " báo kỹ thuật kiểm tra dung lượng đĩa.",
            "The disk did not take it, so nothing was stored. Do it again; if it fails again, ask"
            " the technician to check the disk.",
            status=503,
        ),
        "busy": Sentence(
            "Dữ liệu đang bị một chương trình khác giữ. Đợi vài giây rồi làm lại.",
            "Another program is holding the data. Wait a few seconds and do it again.",
            status=503,
        ),
        "job_failed": Sentence(
            "Việc này chưa làm xong vì lỗi trong máy. Hãy làm lại; nếu vẫn không được, báo kỹ thuật"
            " xem nhật ký.",
            "This could not be finished because of a fault in the program. Do it again; if it fails"
            " again, ask the technician to read the log.",
            status=503,
        ),
        "job_timed_out": Sentence(
            "Việc này quá {seconds} giây nên đã dừng lại. Hãy thử lại với tệp nhỏ hơn hoặc ít thẻ"
            " hơn.",
            "This was stopped after {seconds} seconds. Try a smaller file or fewer badges.",
            status=503,
        ),
        "jobs_busy": Sentence(
            "Máy đang làm một việc khác. Hãy đợi một phút rồi thử lại.",
            "Another piece of work is still running. Wait a minute and try again.",
            status=503,
        ),
        "keys_exist": Sentence(
            "Thư mục này đã có khóa ({file}). Hãy chọn thư mục khác; tạo khóa mới sẽ làm hỏng các"
            " thẻ đã in.",
            "This folder already holds keys ({file}). Choose another folder: new keys would spoil"
            " every printed badge.",
        ),
        "keys_missing": Sentence(
            "Không thấy tệp khóa {file} cạnh dữ liệu. Hãy chạy «kiosk init» cho hội nghị mới, hoặc"
            " chép lại tệp khóa từ bản sao lưu.",
            "The key file {file} is not beside the data. Run `kiosk init` for a new conference, or"
            " copy the key file back from a backup.",
        ),
        "keys_damaged": Sentence(
            "Tệp khóa {file} bị hỏng. Hãy chép lại từ bản sao lưu.",
            "The key file {file} is damaged. Copy it back from a backup.",
        ),
        "keys_of_another_conference": Sentence(
            "Tệp khóa trong thư mục này là của hội nghị khác nên mọi thẻ sẽ không dùng được. Hãy"
            " chép lại đúng tệp keys.json từ bản sao lưu.",
            "The key file in this folder belongs to another conference, so no badge would work."
            " Copy the right keys.json back from a backup.",
        ),
        "rehearsal_differs": Sentence(
            "Cấu hình diễn tập không khớp: hội nghị thật không chạy ở chế độ diễn tập, và ngược"
            " lại. Hãy sửa mục rehearsal trong config.toml hoặc biến KIOSK_REHEARSAL.",
            "The rehearsal setting does not fit: a real conference does not run as a rehearsal, nor"
            " the other way. Correct `rehearsal` in config.toml or KIOSK_REHEARSAL.",
        ),
        "instance_unreadable": Sentence(
            "Không đọc hoặc không ghi được dữ liệu hội nghị trong thư mục này. Hãy kiểm tra đĩa,"
            " quyền ghi và tệp dữ liệu rồi chạy lại.",
            "The data of this folder cannot be read or written. Check the disk, the rights and the"
            " files, then start again.",
            status=503,
        ),
        "server_failed": Sentence(
            "Máy chủ đang chạy trả lời lỗi {status} nên chưa làm được. Hãy xem nhật ký của máy chủ"
            " rồi thử lại.",
            "The running server answered {status}, so this was not done. Read its log and try"
            " again.",
            status=503,
        ),
        "settings_wrong": Sentence(
            "Cấu hình sai hoặc không có mục này: {keys}. Hãy sửa config.toml hoặc biến KIOSK_… rồi"
            " chạy lại.",
            "These settings are unknown or out of range: {keys}. Correct config.toml or the KIOSK_…"
            " variables and start again.",
            status=NOT_SO,
        ),
        "instance_in_use": Sentence(
            "Một chương trình khác đang chạy hội nghị này ({folder}). Chỉ một máy chủ được ghi; hãy"
            " dùng cửa sổ đang mở.",
            "Another program already runs this conference ({folder}). Only one may write; use the"
            " one that is open.",
        ),
        "instance_empty": Sentence(
            "Thư mục {folder} chưa có hội nghị nào. Hãy chạy «kiosk init» trước.",
            "There is no conference in {folder} yet. Run `kiosk init` first.",
        ),
        "instance_not_empty": Sentence(
            "Thư mục {folder} đã có một hội nghị. Hãy chọn thư mục khác bằng --instance.",
            "{folder} already holds a conference. Choose another folder with --instance.",
        ),
        "port_taken": Sentence(
            "Cổng mạng {port} đang có chương trình khác dùng. Hãy đóng chương trình đó hoặc chọn"
            " cổng khác bằng --port.",
            "Another program uses port {port}. Close it or choose another port with --port.",
        ),
        "upload_too_large": Sentence(
            "Tệp lớn hơn {megabytes} MB nên không nhận. Hãy gửi tệp nhỏ hơn.",
            "The file is larger than {megabytes} MB and was not taken. Send a smaller one.",
            status=413,
        ),
        "file_not_chosen": Sentence(
            "Chưa chọn tệp nào. Hãy chọn tệp rồi bấm lại.",
            "No file was chosen. Choose a file and press again.",
            status=NOT_SO,
        ),
        "field_wrong": Sentence(
            "Ô «{field}» chưa đúng. Hãy sửa ô này rồi gửi lại.",
            "The field “{field}” is not right. Correct it and send again.",
            status=NOT_SO,
        ),
        "preview_gone": Sentence(
            "Bản xem trước này đã cũ. Hãy chọn lại tệp để xem trước lần nữa.",
            "This preview is out of date. Choose the file again to preview it.",
        ),
    }
)

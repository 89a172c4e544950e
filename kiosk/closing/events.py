"""What the end of the day refuses, so far: a file that cannot be counted again."""

from kiosk.core.messages import NOT_SO, Sentence, register

register(
    {
        "recount_file_wrong": Sentence(
            "Tệp này không phải là bản xuất kết quả kiểm phiếu, hoặc đã bị hỏng. Hãy lấy lại tệp từ"
            " máy của hội nghị.",
            "This file is no export of a count, or it is damaged. Fetch it again from the laptop of"
            " the conference.",
            status=NOT_SO,
        ),
    }
)

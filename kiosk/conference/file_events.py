"""What the screens say about plan and roster files: refusals, and reasons for single rows."""

from kiosk.core.messages import NOT_SO, Sentence, register

register(
    {
        "plan_too_large": Sentence(
            "Tệp {filename} lớn hơn {limit_mb} MB. Hãy bỏ bớt hình ảnh rồi lưu và tải lên lại.",
            "{filename} is larger than {limit_mb} MB. Remove pictures, save it and upload it"
            " again.",
            NOT_SO,
        ),
        "plan_too_long": Sentence(
            "Tệp {filename} dài hơn {limit} ký tự nên không thể là kế hoạch hội nghị. Hãy chọn"
            " đúng tệp kế hoạch.",
            "{filename} has more than {limit} letters, too long for a plan. Choose the plan's"
            " file.",
            NOT_SO,
        ),
        "plan_empty": Sentence(
            "Tệp {filename} không có chữ nào. Hãy mở tệp để kiểm tra rồi chọn lại.",
            "{filename} holds no text. Open it to check, then choose again.",
            NOT_SO,
        ),
        "plan_old_word": Sentence(
            "Tệp {filename} là định dạng Word cũ (.doc). Hãy mở bằng Word, chọn «Lưu thành», kiểu"
            " .docx, rồi tải lên lại.",
            "{filename} is an old Word file (.doc). Open it in Word, save it as .docx and upload"
            " that.",
            NOT_SO,
        ),
        "plan_encrypted": Sentence(
            "Tệp {filename} có mật khẩu. Hãy bỏ mật khẩu trong Word, lưu rồi tải lên lại.",
            "{filename} has a password. Remove it in Word, save and upload again.",
            NOT_SO,
        ),
        "plan_wrong_kind": Sentence(
            "Tệp {filename} là tệp {found}, không phải kế hoạch dạng .docx hoặc .txt. Hãy lưu kế"
            " hoạch thành .docx rồi tải lên.",
            "{filename} is a {found} file, not a .docx or .txt plan. Save the plan as .docx and"
            " upload that.",
            NOT_SO,
        ),
        "plan_wrong_encoding": Sentence(
            "Chữ trong tệp {filename} không phải Unicode. Hãy chuyển mã sang Unicode, lưu thành"
            " .docx hoặc .txt (UTF-8) rồi tải lên lại.",
            "The text of {filename} is not Unicode. Convert it, save as .docx or UTF-8 .txt and"
            " upload again.",
            NOT_SO,
        ),
        "plan_unreadable": Sentence(
            "Tệp {filename} bị hỏng hoặc không an toàn nên không đọc được. Hãy mở bằng Word, lưu"
            " thành tệp .docx mới rồi tải lên lại.",
            "{filename} is damaged or unsafe and cannot be read. Open it in Word, save it as a new"
            " .docx and upload that.",
            NOT_SO,
        ),
        "plan_not_a_plan": Sentence(
            "Không tìm thấy chương trình hội nghị trong tệp {filename}. Hãy chọn đúng tệp kế"
            " hoạch, hoặc đặt tiêu đề cho mục «Chương trình».",
            "No conference agenda was found in {filename}. Choose the plan's file, or give its"
            " agenda section a heading.",
            NOT_SO,
        ),
        "roster_too_large": Sentence(
            "Tệp lớn hơn {limit_mb} MB. Hãy bỏ hình ảnh trong tệp rồi tải lại.",
            "The file is over {limit_mb} MB. Remove its pictures and try again.",
            NOT_SO,
        ),
        "roster_unreadable": Sentence(
            "Không đọc được tệp: tệp hỏng hoặc nén bất thường. Hãy mở bằng Excel, lưu lại thành"
            " .xlsx rồi tải lên.",
            "The file is damaged or oddly packed. Open it in Excel, save as .xlsx and upload"
            " again.",
            NOT_SO,
        ),
        "roster_stray_cell": Sentence(
            "Có ô dữ liệu nằm quá xa danh sách (ô {cell}). Hãy xóa ô đó rồi tải lại.",
            "A filled cell lies far from the list ({cell}). Clear it and try again.",
            NOT_SO,
        ),
        "roster_wrong_encoding": Sentence(
            "Tệp văn bản không phải UTF-8. Trong Excel, hãy chọn Lưu thành «CSV UTF-8» hoặc .xlsx.",
            "The text is not UTF-8. In Excel save as “CSV UTF-8” or .xlsx.",
            NOT_SO,
        ),
        "roster_broken_quotes": Sentence(
            "Dòng {row} có dấu ngoặc kép không khép hoặc ô quá dài. Hãy sửa dòng đó hoặc lưu thành"
            " .xlsx.",
            "Row {row} has an unclosed quote or an endless cell. Fix it, or save as .xlsx.",
            NOT_SO,
        ),
        "roster_old_excel": Sentence(
            "Tệp đời cũ này không có bảng tính nào đọc được (tệp .doc, hoặc .xls bị hỏng). Hãy mở"
            " tệp bằng Excel và lưu thành .xlsx.",
            "This old file holds no sheet that can be read (a .doc, or a damaged .xls). Open it in"
            " Excel and save as .xlsx.",
            NOT_SO,
        ),
        "roster_password": Sentence(
            "Tệp có mật khẩu. Hãy bỏ mật khẩu rồi tải lại.",
            "The file has a password. Remove it and try again.",
            NOT_SO,
        ),
        "roster_not_a_sheet": Sentence(
            "Tệp này không phải danh sách .xlsx, .xls hay .csv, dù tên tệp là gì. Nếu Excel mở được"
            " thì hãy lưu thành .xlsx rồi tải lên.",
            "This is no .xlsx, .xls or .csv list, whatever its name. If Excel opens it, save it as"
            " .xlsx and upload that.",
            NOT_SO,
        ),
        "roster_old_font": Sentence(
            "Danh sách dùng phông chữ cũ (.VnTime hoặc VNI). Hãy xem thử cách chuyển mã rồi xác"
            " nhận ở trang Nhập danh sách.",
            "The list uses an old font (.VnTime or VNI). Look at the converted text and confirm it"
            " on the page Import a roster.",
            NOT_SO,
        ),
        "roster_font_not_confirmed": Sentence(
            "Chưa xác nhận cách chuyển mã chữ. Hãy so các dòng trước và sau, đánh dấu «Chữ đã đúng»"
            " rồi ghi lại.",
            "The conversion of the old font is not confirmed. Compare the lines before and after,"
            " tick “The letters are right” and store again.",
            NOT_SO,
        ),
        "roster_mapping_wrong": Sentence(
            "Chưa đọc được theo các cột đã chọn. Hãy chọn đúng một cột Họ và tên, mỗi loại chỉ một"
            " cột, và dòng tiêu đề nằm trong bảng.",
            "The columns cannot be read as chosen. Choose exactly one column for the name, each"
            " kind once, and a header row inside the table.",
            NOT_SO,
        ),
        "roster_no_header": Sentence(
            "Không thấy dòng tiêu đề trong {within} dòng đầu. Hãy thêm dòng có cột «Họ và tên» và"
            " ít nhất một cột khác như STT, Chức vụ, Đơn vị.",
            "No header in the first {within} rows. Add one with a “Họ và tên” column and at least"
            " one more (STT, Chức vụ, Đơn vị).",
            NOT_SO,
        ),
        "roster_no_people": Sentence(
            "Dưới dòng tiêu đề không có người nào. Hãy kiểm tra lại danh sách.",
            "There is nobody below the header. Check the list.",
            NOT_SO,
        ),
        "roster_too_many_rows": Sentence(
            "Danh sách có hơn {limit} dòng. Hãy kiểm tra hoặc chia nhỏ tệp.",
            "The list has over {limit} rows. Check it or split it.",
            NOT_SO,
        ),
    }
)

#: Why a row of a roster was skipped, rejected or deserves a look; in both languages.
ROW_REASONS: dict[str, tuple[str, str]] = {
    "title": ("dòng tiêu đề của tệp", "title line"),
    "section": ("dòng ghi tên đơn vị", "names a unit"),
    "total": ("dòng cộng", "total"),
    "signature": ("dòng ký tên, ngày tháng", "signature or date"),
    "repeated_header": ("dòng tiêu đề lặp lại", "header again"),
    "column_numbers": ("dòng đánh số cột", "column numbers"),
    "hidden_row": ("dòng ẩn: {text}", "hidden row: {text}"),
    "number_only": ("chỉ có số thứ tự", "a number and nothing else"),
    "unread": ("không có người", "nobody in it"),
    "name_missing": ("thiếu họ tên", "the name is missing"),
    "name_without_letters": ("họ tên không có chữ", "the name has no letters"),
    "unit_missing": ("thiếu đơn vị", "the unit is missing"),
    "name_too_long": ("họ tên dài quá {limit} ký tự", "the name is over {limit} letters"),
    "cell_too_long": ("ô «{column}» dài quá {limit} ký tự", "“{column}” is over {limit} letters"),
    "formula": ("ô «{column}» chứa công thức", "“{column}” holds a formula"),
    "standing_not_understood": (
        "tư cách «{text}» không rõ; ghi đại biểu hoặc khách mời",
        "standing “{text}” is unclear; write đại biểu or khách mời",
    ),
    "same_person_twice": (
        "trùng người ở dòng {first_row} cùng đơn vị: {text}",
        "the same person as in row {first_row}, same unit: {text}",
    ),
    "same_name_told_apart": (
        "cùng họ tên và đơn vị với dòng {first_row}, ghi là hai người khác nhau: {text}",
        "same name and unit as row {first_row}, taken as two different people: {text}",
    ),
    "one_word_name": ("họ tên chỉ có một từ: {text}", "a name of one word: {text}"),
    "digits_in_name": ("họ tên có chữ số: {text}", "digits in the name: {text}"),
    "signs_in_name": ("họ tên có ký hiệu lạ: {text}", "odd signs in the name: {text}"),
    "address_in_name": (
        "họ tên có kèm Ông/Bà: {text}",
        "a form of address inside the name: {text}",
    ),
    "address_not_understood": ("xưng hô không rõ: {text}", "form of address unclear: {text}"),
    "old_font": ("giống chữ phông cũ (.VnTime): {text}", "looks like an old font: {text}"),
    "row_not_understood": ("dòng không rõ: {text}", "row not understood: {text}"),
    "looks_like_a_person_below": (
        "sau dòng cộng còn dòng giống tên người: {text}",
        "below the total, something like a person: {text}",
    ),
    "all_capitals": ("họ tên viết hoa cả: {text}", "a name in capitals: {text}"),
    "same_name_in_two_units": (
        "trùng tên với dòng {first_row} ở đơn vị khác: {text}",
        "the same name as in row {first_row}, another unit: {text}",
    ),
    "long_unit": ("tên đơn vị rất dài ({length} ký tự)", "a very long unit ({length} letters)"),
    "total_differs": (
        "dòng cộng ghi {written}, đọc được {read} người",
        "the total says {written}, {read} people were read",
    ),
    "other_sheet_not_read": (
        "còn trang tính «{sheet}» không đọc",
        "the sheet “{sheet}” was not read",
    ),
}


#: A column by the word that stands above it, since its code means nothing to a secretary.
COLUMN_WORDS: dict[str, tuple[str, str]] = {
    "number": ("STT", "No."),
    "name": ("Họ và tên", "Name"),
    "title": ("Chức vụ", "Title"),
    "unit": ("Đơn vị", "Unit"),
    "address_form": ("Ông/Bà", "Form of address"),
    "gender": ("Giới tính", "Gender"),
    "seat": ("Số ghế", "Seat"),
    "standing": ("Tư cách", "Standing"),
    "note": ("Ghi chú", "Note"),
    "middle": ("Chữ đệm", "Middle name"),
    "given": ("Tên", "Given name"),
    "birth": ("Ngày sinh", "Date of birth"),
    "male": ("Nam", "Men"),
    "female": ("Nữ", "Women"),
    "ignored": ("Bỏ qua", "Left unread"),
}


def row_reason(reason: str, facts: dict[str, str | int], language: str) -> str:
    """Why a row was treated so, as words for people."""
    vi, en = ROW_REASONS.get(reason, (reason, reason))
    text = en if language == "en" else vi
    for name, value in facts.items():
        words = COLUMN_WORDS.get(str(value)) if name == "column" else None
        said = words[language == "en"] if words else str(value)
        text = text.replace("{" + name + "}", said)
    return text

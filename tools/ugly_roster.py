"""Writes `docs/danh-sach-xau.xlsx`: every trouble of a real roster in one small file.

    python tools/ugly_roster.py [OUT.xlsx]

All people are invented. The file is for whoever wants to see what the import does with: merged
titles, a header over two lines and two columns, birth dates in the column of the sex and of every
kind, merged unit cells, section rows, restarting numbers, capitals, no-break spaces, NFD, rows
pasted from a .VnTime list, two people of one name, hidden rows and sheets, totals and signatures.
The same bytes at every run.
"""

from __future__ import annotations

import datetime
import sys
import unicodedata
from pathlib import Path
from typing import Any

import xlsxwriter

OUT = Path(__file__).resolve().parent.parent / "docs" / "danh-sach-xau.xlsx"
MADE = datetime.datetime(2026, 2, 20, tzinfo=datetime.UTC)
NFD = unicodedata.normalize("NFD", "Đỗ Thị Thuý Hằng")

#: number, họ đệm, tên, born (man), born (woman), title, unit, seat, note
PEOPLE: list[list[Any]] = [
    ["I. VĂN PHÒNG HĐND VÀ UBND PHƯỜNG (6 người)"],
    [1, "Phạm Thị Thanh", "Mai", None, datetime.date(1975, 4, 30), "Chủ tịch UBND phường"],
    [2, "Nguyễn\u00a0Quốc ", " Huy", "12/9/1978", None, "Phó Chủ tịch UBND phường"],
    [3, "TRẦN THỊ", "NGỌC ÁNH", None, 1985, "Kế toán trưởng"],
    [4, NFD, "", None, "1990-11-05", "Chuyên viên"],
    [5, "Lê Văn", "An", "1/1/1981", None, "Chuyên viên"],
    [6, "Lê Văn", "An", datetime.date(1992, 7, 8), None, "Lái xe"],
    ["II", "Phòng Văn hoá – Xã hội"],
    [1, "Vũ Thị", "Yến", None, "02.03.1988", "Trưởng phòng"],
    [2, "Hoàng Minh", "Đức", "1979", None, "Phó Trưởng phòng"],
    [3, "Ngô Thị", "Sen", None, 1991, "Chuyên viên"],
    [4, "Ngô Thị", "Sen", None, 1991, "Chuyên viên"],
    [],
    # Pasted from an old list: these letters are TCVN3.
    ["III. Trung tâm Dịch vụ sự nghiệp công"],
    [1, "Qu¸ch §ång", "Th¾ng", "5/6/1980", None, "Gi¸m ®èc"],
    [2, "NguyÔn ThÞ", "H\u00adêng", None, 1987, "Viªn chøc"],
    [3, "TrÇn M¹nh", "Dòng", 1983, None, "Viªn chøc"],
    ["IV. Khách mời"],
    [1, "Trịnh Công", "Thành", None, None, "Phó Chủ tịch UBMTTQ Việt Nam phường"],
    ["Tổng cộng: 14 người"],
]
#: Places in PEOPLE of rows that are hidden: a person who has moved away.
HIDDEN = {9}
UNIT_MERGED = "Tổ bảo vệ"


def write(out: Path) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(out), options) as book:
        book.set_properties({"title": "Danh sách xấu", "created": MADE})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        _cover(book.add_worksheet("Bìa"))
        sheet = book.add_worksheet("Danh sách ĐB")
        sheet.merge_range("A1:I1", "UBND PHƯỜNG HẢI DƯƠNG")
        sheet.merge_range("A2:I2", "DANH SÁCH ĐẠI BIỂU DỰ HỘI NGHỊ NĂM 2026")
        for area, text in (
            ("A4:A5", "TT"),
            ("B4:C4", "Họ và tên"),
            ("D4:E4", "Ngày, tháng, năm sinh"),
            ("F4:F5", "Chức vụ"),
            ("G4:G5", "Đơn vị"),
            ("H4:H5", "Số ghế"),
            ("I4:I5", "Ghi chú"),
        ):
            sheet.merge_range(area, text)
        for cell, text in (("B5", "Họ đệm"), ("C5", "Tên"), ("D5", "Nam"), ("E5", "Nữ")):
            sheet.write(cell, text)
        at = 5
        for place, row in enumerate(PEOPLE):
            for column, value in enumerate(row):
                if isinstance(value, datetime.date):
                    sheet.write_datetime(at, column, value, day)
                elif value not in (None, ""):
                    sheet.write(at, column, value)
            if place in HIDDEN:
                sheet.set_row(at, None, None, {"hidden": True})
            at += 1
        sheet.write(at + 1, 5, "Hải Dương, ngày 20 tháng 02 năm 2026")
        sheet.write(at + 2, 1, "Người lập biểu")
        sheet.write(at + 2, 5, "CHỦ TỊCH")
        _merged(book.add_worksheet("Bổ sung"))
        old = book.add_worksheet("Cũ 2025")
        old.write_row(0, 0, ["STT", "Họ và tên", "Đơn vị"])
        old.write_row(1, 0, [1, "Người Năm Ngoái", "Văn phòng"])
        old.hide()
        sheet.activate()


def _cover(sheet: Any) -> None:
    sheet.write(0, 0, "Tài liệu Hội nghị cán bộ, công chức, viên chức, người lao động năm 2026")


def _merged(sheet: Any) -> None:
    """A second list whose unit stands once for all its people."""
    sheet.write_row(0, 0, ["STT", "Họ và tên", "Giới tính", "Đơn vị"])
    for number, (name, sex) in enumerate((("Bùi Văn Cường", "Nam"), ("Đặng Thị Thu", "Nữ")), 1):
        sheet.write_row(number, 0, [number, name, sex])
    sheet.merge_range(1, 3, 2, 3, UNIT_MERGED)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)

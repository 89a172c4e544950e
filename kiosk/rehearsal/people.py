"""Invented people for `make run` and for rehearsals: the same seed gives the same people.

The units are those of the plan and of a usual ward (domain.md 7), in the sizes that the screens
of the look show for 186. Only the chair's name is real, because the plan prints it.
"""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.core.names import name_key

CHAIR = "Phạm Thị Thanh Vân"
GUEST_UNIT = "Khách mời"
MOST_PEOPLE = 10_000


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented person. `number` runs through the whole roster, guests last."""

    number: int
    name: str
    address_form: str
    title: str
    unit: str
    seat: str
    standing: str  # "delegate" or "guest", the words of a roster file's standing


@dataclass(frozen=True, slots=True)
class _Unit:
    name: str
    size: int  # of 186
    head: str
    deputy: str
    staff: tuple[str, ...]


_CIVIL = ("Chuyên viên", "Chuyên viên", "Công chức", "Chuyên viên chính", "Nhân viên")
_PUBLIC = ("Viên chức", "Viên chức", "Chuyên viên", "Người lao động", "Nhân viên kỹ thuật")
_UNITS = (
    _Unit(
        "Văn phòng HĐND và UBND",
        27,
        "Chánh Văn phòng",
        "Phó Chánh Văn phòng",
        (*_CIVIL, "Kế toán", "Văn thư", "Lái xe"),
    ),
    _Unit("Phòng Kinh tế, Hạ tầng và Đô thị", 34, "Trưởng phòng", "Phó Trưởng phòng", _CIVIL),
    _Unit("Phòng Văn hoá - Xã hội", 26, "Trưởng phòng", "Phó Trưởng phòng", _CIVIL),
    _Unit("Trung tâm Phục vụ hành chính công", 19, "Giám đốc", "Phó Giám đốc", _CIVIL),
    _Unit("Trung tâm Dịch vụ sự nghiệp công", 31, "Giám đốc", "Phó Giám đốc", _PUBLIC),
    _Unit(
        "Các ban Đảng ủy",
        24,
        "Trưởng ban Xây dựng Đảng",
        "Phó Trưởng ban",
        ("Chuyên viên", "Cán bộ", "Chuyên viên Ủy ban Kiểm tra"),
    ),
    _Unit(
        "Các Ban HĐND",
        9,
        "Trưởng Ban Kinh tế - Ngân sách",
        "Phó Trưởng Ban",
        ("Uỷ viên", "Chuyên viên"),
    ),
    _Unit(
        "Ủy ban MTTQ Việt Nam phường",
        16,
        "Chủ tịch Ủy ban MTTQ",
        "Phó Chủ tịch Ủy ban MTTQ",
        ("Ủy viên Thường trực", "Cán bộ", "Chuyên viên"),
    ),
)
_GUEST_TITLES = (
    "Phó Giám đốc Sở Nội vụ thành phố",
    "Phó Bí thư Thường trực Đảng ủy",
    "Trưởng phòng Cải cách hành chính, Sở Nội vụ",
    "Chuyên viên chính Văn phòng UBND thành phố",
    "Phó Chủ tịch Ủy ban MTTQ Việt Nam thành phố",
)

# Families by how often they are met. Both places of the tone mark (Hoà, Thúy, Thuỷ) and
# stacked accents (Nguyễn, Diễm, Quỳnh) occur on purpose: screens and paper must bear them.
_FAMILIES = (
    *("Nguyễn",) * 30,
    *("Trần", "Phạm", "Lê") * 9,
    *("Vũ", "Hoàng", "Bùi", "Đỗ", "Đặng", "Ngô", "Dương", "Đào", "Đoàn") * 3,
    *("Lương", "Mạc", "Tăng", "Phùng", "Tống", "Lưu", "Đinh", "Hà", "Cao", "Trịnh", "Tô"),
    *("Quách", "Khổng", "Nhữ", "Vương", "Tạ", "Chử", "Bạch", "Thẩm", "Lục"),
)
_WOMEN_MIDDLE = (
    *("Thị", "Thị", "Thị Thu", "Thị Hồng", "Thị Bích", "Thị Ánh", "Thị Minh", "Thị Ngọc"),
    *("Thị Kim", "Thị Thuý", "Thị Mỹ", "Thị Quỳnh", "Thị Diễm", "Ngọc", "Thanh", "Thu", "Minh"),
    *("Khánh", "Phương", "Thuỳ", "Hoàng", "Thị Hoàng", "Bảo", "Hải", "Thị Lệ", "Thị Tố"),
)
_WOMEN_GIVEN = (
    *("Hằng", "Hạnh", "Hân", "Hoa", "Hòa", "Huyền", "Hương", "Hường", "Hiền", "Hà", "Hảo"),
    *("Lan", "Loan", "Linh", "Liên", "Lương", "Ly", "Mai", "My", "Nga", "Ngân", "Ngọc", "Nguyệt"),
    *("Nhung", "Nhàn", "Oanh", "Phương", "Phượng", "Quyên", "Quỳnh", "Tâm", "Thảo", "Thắm"),
    *("Thơm", "Thu", "Thúy", "Thuỷ", "Thủy", "Thương", "Trang", "Trà", "Tuyết", "Tươi", "Uyên"),
    *("Vân", "Xuân", "Yến", "Ánh", "Ẩn", "Chi", "Cúc", "Diễm", "Dung", "Duyên", "Đào"),
    *("Giang", "Hậu", "Hợi", "Huệ", "Kiều", "Lựu", "Mận", "Nụ", "Sáu", "Thoa", "Vững", "Vỹ"),
)
_MEN_MIDDLE = (
    *("Văn", "Văn", "Văn", "Đức", "Minh", "Quang", "Hữu", "Xuân", "Mạnh", "Thế", "Công", "Đình"),
    *("Ngọc", "Thành", "Tuấn", "Trọng", "Quốc", "Anh", "Việt", "Bá", "Huy", "Tiến", "Hải"),
    *("Khắc", "Duy", "Thượng", "Sỹ", "Gia", "Hoàng"),
)
_MEN_GIVEN = (
    *("Anh", "Bách", "Bảo", "Bình", "Cảnh", "Chiến", "Cường", "Dũng", "Duy", "Dương", "Đạt"),
    *("Điệp", "Định", "Đông", "Đức", "Giáp", "Hải", "Hiếu", "Hiệp", "Hoà", "Hoàn", "Hoạt"),
    *("Hùng", "Huy", "Khải", "Khánh", "Khoa", "Kiên", "Lâm", "Long", "Lộc", "Luận"),
    *("Lực", "Mạnh", "Minh", "Nam", "Nghĩa", "Ngữ", "Nhật", "Phong", "Phú", "Quân"),
    *("Quang", "Quý", "Sơn", "Sỹ", "Tài", "Tân", "Thái", "Thắng", "Thành", "Thịnh", "Thuận"),
    *("Tiến", "Toàn", "Trung", "Trường", "Tú", "Tuấn", "Tùng", "Tưởng", "Việt", "Vinh", "Vũ"),
    *("Vỵ", "Ý", "Ước", "Hoằng", "Khoẻ", "Nguyễn", "Quyết", "Rạng"),
)
_NEVER = frozenset({name_key(CHAIR)})
_SEATS_IN_ROW = 20


def invent(count: int = 186, *, seed: int = 2026, guests: int = 2) -> list[Invented]:
    """`count` delegates in the plan's units, then `guests` more who are only invited.

    The chair is number 1; each unit opens with its head and its deputies. A full name occurs
    once, and in large halls at most once in each unit. Raises ValueError for a count outside
    1 to 10,000 or a negative number of guests.
    """
    if not 1 <= count <= MOST_PEOPLE or not 0 <= guests <= count + MOST_PEOPLE:
        raise ValueError(f"cannot invent {count} people and {guests} guests")
    # The office's people need no secret; they need to be the same people at every start.
    inventor = _Inventor(random.Random(seed))  # noqa: S311
    people: list[Invented] = []

    def join(person: tuple[str, str], title: str, unit: str, standing: str) -> None:
        number = len(people) + 1
        name, address = person
        people.append(Invented(number, name, address, title, unit, _seat(number), standing))

    for unit, size in zip(_UNITS, _sizes(count), strict=True):
        inventor.enter_unit()
        titles = _titles(unit, size, inventor.dice)
        for title in titles:
            chair = not people
            person = (CHAIR, "Bà") if chair else inventor.person()
            join(person, "Chủ tịch UBND phường" if chair else title, unit.name, "delegate")
    inventor.enter_unit()
    for place in range(guests):
        title = _GUEST_TITLES[place % len(_GUEST_TITLES)]
        join(inventor.person(), title, GUEST_UNIT, "guest")
    return people


def _sizes(count: int) -> list[int]:
    """The sizes of the units for this many people, by largest remainder; the sum is `count`."""
    whole = sum(unit.size for unit in _UNITS)
    sizes = [count * unit.size // whole for unit in _UNITS]
    rests = sorted(range(len(_UNITS)), key=lambda at: -(count * _UNITS[at].size % whole))
    for at in rests[: count - sum(sizes)]:
        sizes[at] += 1
    if sizes[0] == 0:  # the chair always has a place in the first unit
        sizes[sizes.index(max(sizes))] -= 1
        sizes[0] = 1
    return sizes


def _titles(unit: _Unit, size: int, dice: random.Random) -> list[str]:
    """The titles of a unit in order: one head, one deputy for every ten or so, then staff.

    In the chair's unit the first place is the chair's, so the head comes second.
    """
    chair = [""] if unit is _UNITS[0] else []
    leaders = [*chair, unit.head, *[unit.deputy] * min(3, size // 9)]
    staff = [dice.choice(unit.staff) for _ in range(max(0, size - len(leaders)))]
    return [*leaders, *staff][:size]


def _seat(number: int) -> str:
    """A seat for a number: rows A, B … of twenty; after Z comes AA."""
    row, place = divmod(number - 1, _SEATS_IN_ROW)
    letters = ""
    row += 1
    while row:
        row, rest = divmod(row - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{place + 1:02d}"


class _Inventor:
    """Draws names, none twice while there are enough of them, none ever twice in one unit."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self._used: set[str] = set(_NEVER)
        self._in_unit: set[str] = set()

    def enter_unit(self) -> None:
        self._in_unit = set()

    def person(self) -> tuple[str, str]:
        """A new name with its form of address."""
        for attempt in range(10_000):
            woman = self.dice.random() < 0.52
            middle = self.dice.choice(_WOMEN_MIDDLE if woman else _MEN_MIDDLE)
            given = self.dice.choice(_WOMEN_GIVEN if woman else _MEN_GIVEN)
            name = f"{self.dice.choice(_FAMILIES)} {middle} {given}"
            key = name_key(name)
            # After many draws the hall is so large that another unit may have the name too.
            taken = self._in_unit | _NEVER if attempt > 60 else self._used
            if key in taken or key in self._in_unit or given in middle.split():
                continue
            self._used.add(key)
            self._in_unit.add(key)
            return name, "Bà" if woman else "Ông"
        raise ValueError("no name is left for this unit")


_COLUMNS = ("STT", "Họ và tên", "Ông/Bà", "Chức vụ", "Số ghế", "Ghi chú", "Ký tên")
_WIDTHS = (6, 32, 10, 42, 10, 16, 14)
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def write_roster_xlsx(people: list[Invented], path: Path) -> None:
    """Write the roster as an office would: titles, sections, restarting numbers, signatures.

    Some names are in NFD and some have no-break spaces, as real files do; reading it back gives
    the same people. Texts stay texts (`strings_to_formulas` off).
    """
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet("Danh sách")
        looks = {
            "plain": book.add_format({"font_name": "Times New Roman", "border": 1}),
            "bold": book.add_format({"bold": True, "border": 1, "font_name": "Times New Roman"}),
            "title": book.add_format(
                {"bold": True, "align": "center", "font_name": "Times New Roman", "font_size": 13}
            ),
        }
        for place, width in enumerate(_WIDTHS):
            sheet.set_column(place, place, width)
        row = _write_top(sheet, looks)
        row = _write_people(sheet, looks, people, row)
        _write_foot(sheet, looks, people, row)


def _write_top(sheet: Any, looks: dict[str, Any]) -> int:
    last = len(_COLUMNS) - 1
    sheet.merge_range(0, 0, 0, 2, "UBND PHƯỜNG HẢI DƯƠNG", looks["title"])
    sheet.merge_range(0, 3, 0, last, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", looks["title"])
    sheet.merge_range(1, 0, 1, last, "DANH SÁCH ĐẠI BIỂU DỰ HỘI NGHỊ", looks["title"])
    words = "Cán bộ, công chức, viên chức, người lao động năm 2026"
    sheet.merge_range(2, 0, 2, last, words, looks["title"])
    for place, word in enumerate(_COLUMNS):
        sheet.write_string(4, place, word, looks["bold"])
    return 5


def _write_people(sheet: Any, looks: dict[str, Any], people: list[Invented], row: int) -> int:
    last = len(_COLUMNS) - 1
    unit, section, number = "", 0, 0
    for person in people:
        if person.unit != unit:
            unit, number = person.unit, 0
            heading = f"{_ROMAN[section]}. {unit}"
            sheet.merge_range(row, 0, row, last, heading, looks["bold"])
            section += 1
            row += 1
        number += 1
        sheet.write_number(row, 0, number, looks["plain"])
        cells = (_as_typed(person), person.address_form, person.title, person.seat)
        note = "Khách mời" if person.standing == "guest" else ""
        for place, text in enumerate((*cells, note, ""), start=1):
            sheet.write_string(row, place, text, looks["plain"])
        row += 1
    return row


def _as_typed(person: Invented) -> str:
    """The name as careless fingers and another computer leave it."""
    if person.number % 17 == 3:
        return unicodedata.normalize("NFD", person.name)
    if person.number % 23 == 5:
        return person.name.replace(" ", "\u00a0") + " "
    return person.name.replace(" ", "  ", 1) if person.number % 29 == 7 else person.name


def _write_foot(sheet: Any, looks: dict[str, Any], people: list[Invented], row: int) -> None:
    delegates = sum(1 for person in people if person.standing == "delegate")
    last = len(_COLUMNS) - 1
    sheet.merge_range(row, 0, row, last, f"Tổng cộng: {delegates} đại biểu", looks["bold"])
    sheet.merge_range(
        row + 2, 3, row + 2, last, "Hải Dương, ngày     tháng 3 năm 2026", looks["title"]
    )
    sheet.write_string(row + 3, 1, "Người lập biểu", looks["title"])
    sheet.merge_range(row + 3, 3, row + 3, last, "CHỦ TỊCH", looks["title"])
    sheet.merge_range(row + 8, 3, row + 8, last, CHAIR, looks["title"])

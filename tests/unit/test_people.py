"""The invented people and the roster file that carries them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kiosk.conference.roster.compare import compare
from kiosk.conference.roster.reader import read_roster
from kiosk.core.names import name_key, tidy
from kiosk.rehearsal.people import CHAIR, GUEST_UNIT, Invented, invent, write_roster_xlsx

HEADS = {
    "Chánh Văn phòng",
    "Trưởng phòng",
    "Giám đốc",
    "Trưởng ban Xây dựng Đảng",
    "Trưởng Ban Kinh tế - Ngân sách",
    "Chủ tịch Ủy ban MTTQ",
}


def test_the_same_seed_gives_the_same_people_and_another_gives_others() -> None:
    assert invent(50, seed=1) == invent(50, seed=1)
    assert invent(50, seed=1) != invent(50, seed=2)


def test_the_units_have_the_sizes_of_the_plan() -> None:
    people = invent()
    sizes = Counter(person.unit for person in people if person.standing == "delegate")
    assert list(sizes.values()) == [27, 34, 26, 19, 31, 24, 9, 16]
    assert [person.unit for person in people if person.standing == "guest"] == [GUEST_UNIT] * 2
    assert [person.number for person in people] == list(range(1, 189))
    assert (people[0].name, people[0].title) == (CHAIR, "Chủ tịch UBND phường")


def test_each_unit_has_one_head_and_each_person_a_name_of_their_own() -> None:
    people = invent()
    heads = Counter(person.unit for person in people if person.title in HEADS)
    assert set(heads.values()) == {1}
    assert len(heads) == 8
    assert len({name_key(person.name) for person in people}) == len(people)
    assert len({person.seat for person in people}) == len(people)
    assert all(tidy(person.name) == person.name for person in people)


@pytest.mark.parametrize("count", [1, 2, 7, 8, 300, 10_000])
def test_any_size_of_hall_can_be_invented(count: int) -> None:
    people = invent(count, guests=3)
    assert len(people) == count + 3
    assert sum(person.name == CHAIR for person in people) == 1
    assert len({(name_key(person.name), person.unit) for person in people}) == len(people)


@pytest.mark.parametrize(("count", "guests"), [(0, 0), (10_001, 0), (5, -1)])
def test_a_hall_of_no_size_is_refused(count: int, guests: int) -> None:
    with pytest.raises(ValueError, match="cannot invent"):
        invent(count, guests=guests)


@pytest.mark.parametrize(("count", "seed"), [(186, 2026), (1, 1), (400, 7)])
def test_the_ugly_roster_reads_back_exactly(count: int, seed: int, tmp_path: Path) -> None:
    people = invent(count, seed=seed)
    path = tmp_path / "danh-sach.xlsx"
    write_roster_xlsx(people, path)
    sheet = read_roster(path.read_bytes(), filename=path.name)
    back = [
        Invented(
            number=entry.number,
            name=entry.row.name,
            address_form=entry.row.address_form or "",
            title=entry.row.title,
            unit=entry.row.unit,
            seat=entry.row.seat,
            standing=entry.row.standing.value,
        )
        for entry in compare([], sheet).entries
    ]
    assert back == people
    assert not sheet.rejected
    assert not sheet.suspicious

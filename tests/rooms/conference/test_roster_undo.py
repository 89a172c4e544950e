"""Taking an import back: whole, only before anybody came, and never over somebody's own hand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from support import ROOT, ROSTER, Browser, Clock, Meeting

from kiosk.checkin import roster_undo
from kiosk.checkin import services as door
from kiosk.conference import badge_issue, committees, queries, services
from kiosk.conference.roster.reader import read_roster
from kiosk.conference.roster.sheet import Choices
from kiosk.conference.roster.standing import Flags
from kiosk.core import audit
from kiosk.core.access import THE_PROGRAM, Actor, Role
from kiosk.core.db import db
from kiosk.core.errors import Refused

LAN = Actor(kind="staff", id=1, name="Lan")
HEAD = "Họ và tên,Ông/Bà,Chức vụ,Đơn vị,Số ghế"
SECOND = f"""{HEAD}
Phạm Thị Lan,Bà,Phó Chủ tịch HĐND,Thường trực HĐND,A01
Đỗ Văn Ánh,Ông,Chuyên viên,Văn phòng HĐND và UBND phường,Z99
Bùi Mới,Ông,Văn thư,Đội mới,E01
Bùi Mới Nữa,Bà,Văn thư,Đội mới,E02
"""


def bring(app: Flask, roster: str, **more: Any) -> services.Imported:
    with app.app_context():
        return services.import_roster(
            read_roster(roster.encode(), filename="x.csv"),
            data=roster.encode(),
            accept_rejected=False,
            key=app.extensions["kiosk_keys"].badge,
            by=LAN,
            **more,
        )


def everyone(app: Flask) -> list[queries.DelegateRow]:
    with app.app_context():
        db.session.rollback()
        return sorted(queries.delegates(db.session()), key=lambda row: row.number)


def undo(app: Flask) -> int:
    with app.app_context():
        return roster_undo.undo_last_import(by=LAN)


def test_an_undone_import_leaves_everybody_as_they_were(meeting: Meeting) -> None:
    app = meeting.app
    before = everyone(app)
    done = bring(app, SECOND)
    assert (done.new, done.changed) == (2, 2)
    assert undo(app) == 4
    assert everyone(app) == before
    with app.app_context():
        db.session.rollback()
        session = db.session()
        assert "Đội mới" not in [unit.name for unit in queries.units(session)]
        assert "Thường trực HĐND" not in [unit.name for unit in queries.units(session)]
        assert queries.imports(session)[0].undone_at is not None
        assert list(audit.read(session))[-1].event == "conference:roster:undone"
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []


def test_an_undone_person_is_gone_for_good_and_the_number_is_not_given_again(
    meeting: Meeting,
) -> None:
    app = meeting.app
    bring(app, SECOND)
    first = {row.name: row for row in everyone(app)}
    with app.app_context():
        codes = {
            str(face["name"]): face["code"]
            for face in badge_issue.badge_faces(
                db.session(), key=app.extensions["kiosk_keys"].badge
            )
        }
    undo(app)
    bring(app, SECOND)
    again = {row.name: row for row in everyone(app)}
    for name in ("Bùi Mới", "Bùi Mới Nữa"):
        # A badge of the undone import must not open a gate for whoever comes next.
        assert again[name].id not in {row.id for row in first.values()}
        assert again[name].number not in {row.number for row in first.values()}
    with app.app_context():
        db.session.rollback()
        new = {
            str(face["name"]): face["code"]
            for face in badge_issue.badge_faces(
                db.session(), key=app.extensions["kiosk_keys"].badge
            )
        }
    assert new["Bùi Mới"] not in codes.values()
    assert new["Phạm Thị Lan"] == codes["Phạm Thị Lan"]


def test_imports_are_taken_back_one_after_another_from_the_last(meeting: Meeting) -> None:
    app = meeting.app
    bring(app, SECOND)
    undo(app)
    assert undo(app) == 13
    assert everyone(app) == []
    with pytest.raises(Refused, match="import_none"):
        undo(app)
    assert bring(app, ROSTER).new == 13


def test_what_a_person_corrected_after_the_import_stays(meeting: Meeting) -> None:
    app = meeting.app
    guest = f"{HEAD},Tư cách\nĐỗ Văn Ánh,Ông,Lái xe,Văn phòng HĐND và UBND phường,A02,Khách mời"
    bring(app, guest)
    person = meeting.person("Đỗ Văn Ánh")
    flags = Flags(counts_for_quorum=True, votes=True, elects=False)
    with app.app_context():
        services.set_standing(delegate_id=person.id, standing="delegate", flags=flags, by=LAN)
    undo(app)
    now = next(row for row in everyone(app) if row.id == person.id)
    assert (now.title, now.standing, now.elects) == ("Chuyên viên", "delegate", False)


def test_nobody_is_taken_back_once_somebody_of_the_import_came(
    meeting: Meeting, clock: Clock
) -> None:
    app = meeting.app
    bring(app, SECOND)
    before = everyone(app)
    person = meeting.person("Đỗ Văn Ánh")
    with app.app_context():
        door.admit_by_hand(delegate_id=person.id, reason="quên thẻ", by=LAN)
    with pytest.raises(Refused) as refusal:
        undo(app)
    assert refusal.value.code == "import_somebody_came"
    assert refusal.value.facts == {"name": "Đỗ Văn Ánh"}
    assert everyone(app) == before


def test_somebody_outside_the_import_may_already_be_in_the_hall(meeting: Meeting) -> None:
    app = meeting.app
    bring(app, SECOND)
    with app.app_context():
        door.admit_by_hand(delegate_id=meeting.person("Ngô Thị Sen").id, reason="quên thẻ", by=LAN)
    assert undo(app) == 4


def test_somebody_who_is_needed_elsewhere_keeps_the_import(meeting: Meeting) -> None:
    app = meeting.app
    bring(app, SECOND)
    before = everyone(app)
    new = next(row for row in before if row.name == "Bùi Mới")
    with app.app_context():
        committees.add_member(committee=committees.Committee.TELLERS, delegate_id=new.id, by=LAN)
    with pytest.raises(Refused, match="import_cannot_be_undone"):
        undo(app)
    assert everyone(app) == before


def test_an_import_of_an_older_version_cannot_be_undone(meeting: Meeting) -> None:
    app = meeting.app
    with app.app_context():
        from kiosk.core.db import unit_of_work

        with unit_of_work() as session:
            session.execute(text("DELETE FROM roster_change"))
    with pytest.raises(Refused, match="import_cannot_be_undone"):
        undo(app)


def test_nothing_is_undone_after_the_opening(meeting: Meeting) -> None:
    app = meeting.app
    with app.app_context():
        from kiosk.core.db import unit_of_work

        with unit_of_work() as session:
            session.execute(text("UPDATE conference SET opened_at = '2026-03-12 01:00:00'"))
    with pytest.raises(Refused, match="conference_already_open"):
        undo(app)


def test_two_imports_at_once_store_nobody_twice(meeting: Meeting) -> None:
    app = meeting.app
    done: list[services.Imported] = []
    ready = threading.Barrier(2)

    def one() -> None:
        ready.wait()
        done.append(bring(app, SECOND))

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((each.new, each.changed, each.unchanged) for each in done) == [
        (0, 0, 4),
        (2, 2, 0),
    ]
    names = [row.name for row in everyone(app)]
    assert names.count("Bùi Mới") == 1
    # The later one did nothing; taking it back leaves the earlier one alone.
    assert undo(app) == 0
    assert [row.name for row in everyone(app)] == names


def test_a_name_written_as_proposed_is_found_by_its_new_spelling_and_undone(
    meeting: Meeting,
) -> None:
    app = meeting.app
    capitals = f"{HEAD}\nVŨ MẠNH TƯỜNG,Ông,Bảo vệ,Đội mới,E03"
    bring(app, capitals)
    with app.app_context():
        sheet = read_roster(capitals.encode(), filename="x", choices=Choices(proper=frozenset({2})))
        done = services.import_roster(
            sheet,
            data=b"x",
            accept_rejected=False,
            key=app.extensions["kiosk_keys"].badge,
            by=LAN,
        )
    assert done.changed == 1
    assert everyone(app)[-1].name == "Vũ Mạnh Tường"
    undo(app)
    assert everyone(app)[-1].name == "VŨ MẠNH TƯỜNG"


# -- the pages -------------------------------------------------------------------------------


def digest_of(html: str) -> str:
    import re

    found = re.search(r'name="digest" value="([0-9a-f]{64})"', html)
    assert found is not None, html
    return found.group(1)


def upload(browser: Browser, data: bytes, name: str = "ds.csv", *, status: int = 200) -> str:
    import io

    answer = browser.post("/console/delegates/import/preview", {"roster": (io.BytesIO(data), name)})
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def test_an_old_font_is_stored_only_after_somebody_confirmed_the_letters(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    secretary = signed_in(Role.SECRETARY)
    html = upload(
        secretary, "STT,Hä vµ tªn,§¬n vÞ\n1,Qu¸ch §ång Th¾ng,V¨n phßng".encode(), status=422
    )
    assert "Quách Đồng" in html
    assert html.count('data-refusal="roster_old_font"') == 1
    form = {"digest": digest_of(html), "legacy": "tcvn3", "legacy_was": ""}
    again = secretary.post("/console/delegates/import/preview/again", form)
    assert "Quách Đồng Thắng" in again.get_data(as_text=True)
    form["legacy_was"] = "tcvn3"
    refused = secretary.post("/console/delegates/import", form)
    assert refused.status_code == 422
    assert "roster_font_not_confirmed" in refused.get_data(as_text=True)
    assert len(everyone(meeting.app)) == 13
    stored = secretary.post("/console/delegates/import", {**form, "legacy_confirmed": "1"})
    assert stored.status_code == 204
    assert everyone(meeting.app)[-1].name == "Quách Đồng Thắng"


def test_columns_are_mapped_on_the_page_and_the_import_reads_the_same(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    secretary = signed_in(Role.SECRETARY)
    html = upload(secretary, "a;b;c\nNgười Mới;Văn thư;Phòng Mới".encode(), status=422)
    assert html.count('data-refusal="roster_no_header"') == 1
    assert "Cột nào ghi gì" in html
    form = {
        "digest": digest_of(html),
        "column-0": "name",
        "column-1": "title",
        "column-2": "unit",
        "columns_was": "",
        "header_row": "1",
        "header_row_was": "0",
    }
    again = secretary.post("/console/delegates/import/preview/again", form).get_data(as_text=True)
    assert "Phòng Mới" in again
    assert 'name="by_hand" value="1"' in again
    stored = secretary.post("/console/delegates/import", {**form, "by_hand": "1"})
    assert stored.status_code == 204
    person = everyone(meeting.app)[-1]
    assert (person.name, person.title, person.unit) == ("Người Mới", "Văn thư", "Phòng Mới")


@pytest.mark.parametrize(
    "form",
    [
        {"column-0": "name", "column-1": "name"},
        {"column-0": "<script>"},
        {"column-0": "name", "header_row": "-5"},
        {"column-0": "name", "header_row": "x"},
        {"legacy": "latin"},
        {"proper": "x"},
        {"others": "1;2"},
        {"column-999999999999999999999": "name"},
        {"column-²": "name", "legacy": "x"},
    ],
)
def test_a_forged_choice_gets_one_sentence_and_stores_nothing(
    meeting: Meeting, signed_in: Callable[..., Browser], form: dict[str, str]
) -> None:
    secretary = signed_in(Role.SECRETARY)
    digest = digest_of(upload(secretary, b"Ho ten,Don vi\nLe Thi Moi,Phong A"))
    for path in ("/console/delegates/import/preview/again", "/console/delegates/import"):
        answer = secretary.post(path, {"digest": digest, **form})
        assert answer.status_code == 422, path
        assert "roster_mapping_wrong" in answer.get_data(as_text=True)
    assert len(everyone(meeting.app)) == 13


def test_the_page_of_ten_thousand_stays_light(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    lines = [f"{n},NGUYỄN THỊ {chr(65 + n % 26)}{n},Phòng A" for n in range(10_000)]
    data = "\n".join(["STT,Họ và tên,Đơn vị", *lines]).encode()
    html = upload(signed_in(Role.SECRETARY), data)
    assert len(html) < 300_000
    assert html.count("<tr") < 250
    assert "10.000 người" in html


def test_undo_stands_on_the_page_for_preparers_only(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    assert signed_in(Role.DESK).post("/console/delegates/import/undo").status_code == 403
    secretary = signed_in(Role.SECRETARY)
    page = secretary.get("/console/delegates/import").get_data(as_text=True)
    assert "Hoàn tác lần nhập cuối" in page
    assert secretary.post("/console/delegates/import/undo").status_code == 204
    assert everyone(meeting.app) == []
    page = secretary.get("/console/delegates/import").get_data(as_text=True)
    assert "Hoàn tác lần nhập cuối" not in page
    assert "đã hoàn tác lúc" in page
    assert THE_PROGRAM.kind  # the fixture's own import was the one taken back


def test_an_undo_takes_back_the_import_that_somebody_looked_at_and_no_other(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    secretary = signed_in(Role.SECRETARY)
    bring(meeting.app, SECOND)
    page = secretary.get("/console/delegates/import").get_data(as_text=True)
    asked = {"import": page.split('name="import" value="')[1].split('"')[0]}
    # Two secretaries press at once: the second one must not lose the import before.
    assert secretary.post("/console/delegates/import/undo", asked).status_code == 204
    again = secretary.post("/console/delegates/import/undo", asked)
    assert again.status_code == 409
    assert "import_not_last" in again.get_data(as_text=True)
    assert len(everyone(meeting.app)) == 13


def test_a_corrected_spelling_is_ticked_on_the_page_stored_as_one_person_and_undone(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    secretary = signed_in(Role.SECRETARY)
    person = meeting.person("Lê Minh Đức")
    file = f"{HEAD}\nLê Minh Đực,Ông,Trưởng phòng,Phòng Văn hóa - Xã hội,B01".encode()
    html = upload(secretary, file)
    assert f"Lê Minh Đực là Lê Minh Đức, số {person.number}" in html
    assert 'id="absent"' in html
    assert "Ngô Thị Sen" in html  # whom the file does not name is named by the page
    form = {"digest": digest_of(html), "same": "2"}
    again = secretary.post("/console/delegates/import/preview/again", form).get_data(as_text=True)
    assert 'id="same-2" name="same" value="2" checked' in again
    assert "Họ và tên: Lê Minh Đức → Lê Minh Đực" in again
    assert secretary.post("/console/delegates/import", form).status_code == 204
    now = {row.id: row for row in everyone(meeting.app)}
    assert (len(now), now[person.id].name) == (13, "Lê Minh Đực")
    undo(meeting.app)
    assert {row.id: row for row in everyone(meeting.app)}[person.id] == person


def test_a_tick_beside_a_row_is_not_taken_to_another_sheet(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    secretary = signed_in(Role.SECRETARY)
    html = upload(secretary, (ROOT / "docs" / "danh-sach-xau.xlsx").read_bytes(), "x.xlsx")
    form = {"digest": digest_of(html), "others": "17", "sheet": "Danh sách ĐB"}
    path = "/console/delegates/import/preview/again"
    stays = secretary.post(path, {**form, "sheet_was": "Danh sách ĐB"}).get_data(as_text=True)
    assert 'value="17" checked' in stays
    moved = secretary.post(path, {**form, "sheet_was": "Bổ sung"}).get_data(as_text=True)
    assert 'value="17" >' in moved


def test_the_unit_of_a_whole_file_is_asked_for_on_the_page_and_stored(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    secretary = signed_in(Role.SECRETARY)
    html = upload(secretary, "Họ và tên,Chức vụ\nNgười Mới,Văn thư".encode())
    assert "thiếu đơn vị" in html
    assert html.count('<details class="card" id="mapping" open') == 1
    form = {"digest": digest_of(html), "unit_of_all": "Phòng Mới"}
    again = secretary.post("/console/delegates/import/preview/again", form).get_data(as_text=True)
    assert 'name="unit_of_all" maxlength="200" autocomplete="off" value="Phòng Mới"' in again
    assert secretary.post("/console/delegates/import", form).status_code == 204
    person = everyone(meeting.app)[-1]
    assert (person.name, person.unit) == ("Người Mới", "Phòng Mới")

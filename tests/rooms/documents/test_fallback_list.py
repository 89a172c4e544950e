"""The list for the doors without network, and the thread that keeps it new."""

from __future__ import annotations

import io
import os
import threading
import time
from pathlib import Path

import openpyxl
import paper_reading as reading
import pytest
from conference_day import Day
from flask import Flask

from kiosk.checkin import queries as checkin
from kiosk.core import jobs, uploads
from kiosk.core.clock import hhmm
from kiosk.core.errors import Refused
from kiosk.documents import fallback_list, renewer
from kiosk.documents.fallback_list import FallbackList
from kiosk.documents.renewer import Renewer


def found(day: Day) -> FallbackList:
    return fallback_list.facts(day.session, rehearsal=False)


def made(day: Day) -> tuple[bytes, bytes]:
    order = fallback_list.payload(found(day), at=day.clock())
    return fallback_list.parts(fallback_list.job(order, lambda done, total: None))


def test_it_says_of_everybody_what_the_check_in_room_says(busy: Day) -> None:
    lines = [line for section in found(busy).sections for line in section.lines]
    rows = checkin.attendance(busy.session).rows
    assert [line.number for line in lines] == [row.person.number for row in rows]
    for line, row in zip(lines, rows, strict=True):
        assert line.inside == (row.state == "inside")
        if row.arrival is not None:
            assert line.state == f"vào {hhmm(row.arrival.at)}"
    assert [line.name for line in lines if not (line.inside or line.awaited)] == ["Trần Quốc Bảo"]
    said = {line.name: line.state for line in lines}
    assert said["Trần Quốc Bảo"] == "đã có người thay"
    assert said["Đặng Thùy Dương"] == "vắng có lý do"
    assert said["Hoàng Thị Ngọc Ánh"] == ""


def test_every_page_carries_the_mark_and_the_time_of_printing(busy: Day) -> None:
    whole = found(busy)
    order = fallback_list.payload(whole, at=busy.clock())
    order["list"]["sections"] = [
        {**section, "lines": section["lines"] * 20} for section in order["list"]["sections"]
    ]
    pdf, _ = fallback_list.parts(fallback_list.job(order, lambda done, total: None))
    pages = reading.texts(pdf)
    assert len(pages) > 5
    for text in pages:
        assert "Từ đây ghi trên giấy:" in text
        assert fallback_list.printed_words(busy.clock()) in text
        assert "Họ và tên" in text
    assert all(reading.fonts(pdf).values())
    assert pages[1].startswith("2 ")


def test_the_workbook_has_the_same_people_and_a_box_for_whoever_is_awaited(busy: Day) -> None:
    _, xlsx = made(busy)
    rows = [
        [cell.value for cell in row]
        for row in openpyxl.load_workbook(io.BytesIO(xlsx)).active.iter_rows()
    ]
    for section in found(busy).sections:
        for line in section.lines:
            row = next(row for row in rows if row[0] == line.number)
            assert row[1] == line.name
            assert (row[4] == "□") == line.awaited


def test_without_people_there_is_nothing_to_print(app: Flask) -> None:
    keeper: Renewer = app.extensions["kiosk_fallback_list"]
    assert keeper.turn() is False
    with pytest.raises(Refused, match="conference_missing"):
        keeper.newest()
    assert not keeper.folder.exists()


def keeper_of(day: Day) -> Renewer:
    keeper: Renewer = day.app.extensions["kiosk_fallback_list"]
    return keeper


def test_a_turn_writes_both_files_whole_and_a_quiet_minute_writes_nothing(day: Day) -> None:
    keeper = keeper_of(day)
    assert keeper.turn() is True
    first = keeper.printed
    assert first is not None
    pdf, xlsx = keeper.folder / "danh-sach-giay.pdf", keeper.folder / "danh-sach-giay.xlsx"
    assert pdf.read_bytes() == first.pdf
    assert xlsx.read_bytes() == first.xlsx
    assert sorted(path.name for path in keeper.folder.iterdir()) == [pdf.name, xlsx.name]
    assert keeper.turn() is True
    assert keeper.printed is first


def test_a_roster_that_was_only_looked_at_is_forgotten_after_a_day(day: Day) -> None:
    keeper = keeper_of(day)
    waiting = keeper.folder.parent / "uploads"
    waiting.mkdir()
    for name, age in (("old.bin", uploads.PREVIEW_LIVES + 60), ("new.bin", 60)):
        (waiting / name).write_bytes(b"01/05/1980")
        then = time.time() - age
        os.utime(waiting / name, (then, then))
    keeper.turn()
    assert [file.name for file in waiting.iterdir()] == ["new.bin"]


def test_somebody_who_came_is_on_the_next_list(day: Day) -> None:
    keeper = keeper_of(day)
    keeper.turn()
    before = keeper.printed
    day.scan("Vũ Thị Yến")
    keeper.turn()
    after = keeper.printed
    assert after is not before
    assert after is not None
    assert "vào 07:31" in " ".join(reading.texts(after.pdf))


def test_a_line_of_the_book_about_other_things_prints_no_new_list(day: Day) -> None:
    keeper = keeper_of(day)
    keeper.turn()
    before = keeper.printed
    day.set_day()
    keeper.turn()
    assert keeper.printed is before


def test_when_the_worker_fails_the_day_goes_on_with_the_last_list(
    day: Day, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = keeper_of(day)
    keeper.turn()
    before = keeper.printed
    day.scan("Vũ Thị Yến")

    def broken(*_: object, **__: object) -> bytes:
        raise Refused("job_failed", job="fallback_list")

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "run_job", broken)
        assert keeper.turn() is False
        assert keeper.turn() is False
        assert keeper.newest() is before
    assert sum("job_failed" in line for line in caplog.text.splitlines()) >= 1
    assert [r.message for r in caplog.records].count(
        "fall-back list: job_failed (job=fallback_list)"
    ) == 1
    assert keeper.turn() is True
    assert keeper.printed is not before


def test_an_unexpected_fault_is_logged_once_and_stops_nothing(
    day: Day, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = keeper_of(day)
    monkeypatch.setattr(fallback_list, "facts", lambda *_, **__: 1 / 0)
    assert keeper.turn() is False
    assert keeper.turn() is False
    assert len([record for record in caplog.records if record.exc_info]) == 1


def test_a_list_that_somebody_has_open_gets_a_new_one_beside_it(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = keeper_of(day)
    real = renewer.put

    def held(path: Path, data: bytes) -> None:
        if path.name == "danh-sach-giay.pdf":
            raise PermissionError("open in another program")
        real(path, data)

    monkeypatch.setattr(renewer, "put", held)
    assert keeper.turn() is True
    assert (keeper.folder / "danh-sach-giay-moi.pdf").is_file()
    assert (keeper.folder / "danh-sach-giay.xlsx").is_file()


def test_nobody_ever_sees_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "print" / "list.pdf"
    renewer.put(path, b"old" * 1000)
    stop, torn = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            data = path.read_bytes()
            if data not in {b"old" * 1000, b"new" * 2000}:
                torn.append(len(data))

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(30):
        renewer.put(path, b"new" * 2000)
        renewer.put(path, b"old" * 1000)
    stop.set()
    reader.join()
    assert torn == []
    assert [each.name for each in path.parent.iterdir()] == ["list.pdf"]


def test_the_thread_ends_when_it_is_told(day: Day) -> None:
    keeper = Renewer(day.app)
    keeper.start()
    keeper.stop()
    assert keeper._thread is not None
    keeper._thread.join(timeout=5)
    assert not keeper._thread.is_alive()

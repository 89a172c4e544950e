"""`kiosk doctor` as a technician types it: with a server, without one, beside one that hangs."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import paper_reading as reading
import pytest
from filelock import FileLock
from support import RunningServer, run_kiosk

from kiosk import config, founding, instance
from kiosk.core import keys

pytestmark = pytest.mark.slow

Folder = tuple[Path, founding.Made]


def lines(folder: Path, prefix: str = "doctor:") -> list[str]:
    with closing(sqlite3.connect(folder / config.DATABASE)) as raw:
        rows = raw.execute("SELECT event FROM book_line ORDER BY seq").fetchall()
    return [event for (event,) in rows if event.startswith(prefix)]


def doctor(folder: Path, *options: str, **more: str) -> tuple[int, Any]:
    done = run_kiosk("doctor", "--json", *options, folder=folder, **more)
    assert b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")
    return done.returncode, json.loads(done.stdout)


def keys_of(said: dict[str, Any], where: str = "to_mend") -> list[str]:
    return [todo["key"] for todo in said[where]]


@pytest.fixture
def hall(hall_folder: Folder, tmp_path: Path) -> Path:
    """A copy of a founded conference for each test; nobody serves it."""
    folder = tmp_path / "instance"
    shutil.copytree(hall_folder[0], folder)
    return folder


def test_without_a_server_it_says_what_to_mend_in_order(hall: Path) -> None:
    code, said = doctor(hall, PYTHONIOENCODING="utf-8")
    assert code == 1
    assert said["ready"] is False
    assert said["word"] == f"CẦN SỬA {len(said['to_mend'])} VIỆC"
    assert keys_of(said)[:2] == ["network.server", "copies.last"]
    assert all(todo["do"] for todo in said["to_mend"])
    states = [todo["state"] for todo in said["to_mend"]]
    assert states == sorted(states)  # bad, then unknown
    measured = {line["key"]: line["code"] for line in said["lines"]}
    assert measured["machine.data"] == "data_whole"
    assert measured["paper.fonts"] == "fonts_whole"
    assert measured["machine.measured"] == "measured"
    assert said["measured_by"] is None


def test_a_second_look_books_no_second_route(hall: Path) -> None:
    for _ in range(2):
        _, said = doctor(hall)
    found = {line["key"]: line["code"] for line in said["lines"]}
    expected = ["doctor:route:found"] if found["network.route"] == "route_found" else []
    assert lines(hall) == expected


@pytest.mark.parametrize("encoding", ["cp1258", "ascii", "utf-8", "utf-16"])
def test_no_code_page_stops_it(hall: Path, encoding: str) -> None:
    done = run_kiosk("doctor", folder=hall, PYTHONIOENCODING=encoding)
    assert done.returncode == 1
    text = done.stdout.decode(encoding)
    assert "VIỆC" in text or "VIEC" in text
    assert "kiosk serve" in text
    assert b"Traceback" not in done.stderr
    code, said = doctor(hall, PYTHONIOENCODING=encoding) if encoding != "utf-16" else (1, None)
    assert code == 1
    assert said is None or said["word"].startswith("CẦN SỬA")


def test_the_paper_from_the_command_line_is_the_sheet(hall: Path, tmp_path: Path) -> None:
    out = tmp_path / "phiếu.pdf"
    code, said = doctor(hall, "--pdf", str(out))
    assert code == 1
    text = " ".join(reading.texts(out.read_bytes()))
    assert said["word"] in text
    assert "đo từ dòng lệnh" in text
    for todo in said["to_mend"]:
        assert todo["name"] in text
    assert lines(hall)[-1] == "doctor:sheet:printed"
    # A folder that is not there is wrong usage, and nothing was booked for it... but the look.
    missing = run_kiosk("doctor", "--pdf", str(tmp_path / "no" / "x.pdf"), folder=hall)
    assert missing.returncode == 2


def test_an_empty_folder_is_a_sentence(tmp_path: Path) -> None:
    done = run_kiosk("doctor", "--json", folder=tmp_path / "nothing", PYTHONIOENCODING="utf-8")
    assert done.returncode == 1
    assert done.stdout == b""
    assert "chưa có hội nghị nào" in done.stderr.decode()


@pytest.mark.parametrize(
    ("harm", "code", "says"),
    [
        ("keys", "start_refused", "keys.json"),
        ("rehearsal", "start_refused", "rehearsal"),
        ("tables", "start_tables", "kiosk serve"),
        ("database", "start_failed", ""),
    ],
)
def test_a_conference_that_cannot_be_opened_is_the_first_thing_to_mend(
    hall: Path, harm: str, code: str, says: str
) -> None:
    if harm == "keys":
        (hall / keys.FILE).unlink()
    elif harm == "rehearsal":
        (hall / config.FILE).write_text("rehearsal = true\n", encoding="utf-8")
    elif harm == "tables":
        with closing(sqlite3.connect(hall / config.DATABASE)) as raw, raw:
            raw.execute("UPDATE alembic_version SET version_num = '0001'")
    else:
        with closing(sqlite3.connect(hall / config.DATABASE)) as raw, raw:
            raw.execute("DROP TABLE instance_mark")
    exit_code, said = doctor(hall, PYTHONIOENCODING="utf-8")
    assert exit_code == 1
    assert said["lines"][0]["code"] == code
    assert says in said["lines"][0]["do"]
    # The machine is looked at all the same.
    assert "machine.space" in {line["key"] for line in said["lines"]}
    assert {line["key"] for line in said["lines"]}.isdisjoint({"people.roster", "devices.fleet"})
    assert lines(hall) == []


def test_with_a_server_it_asks_the_server(
    hall: Path, serve: Callable[[Path], RunningServer], tmp_path: Path
) -> None:
    serve(hall)
    out = tmp_path / "s.pdf"
    code, said = doctor(hall, "--pdf", str(out), PYTHONIOENCODING="cp1258")
    assert code == 1
    found = {line["key"]: line["code"] for line in said["lines"]}
    assert found["network.server"] == "server_on"
    assert found["machine.data"] == "data_whole"
    assert "network.server" not in keys_of(said)
    assert out.read_bytes().startswith(b"%PDF-")
    assert "doctor:sheet:printed" in lines(hall)


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be stopped and left there")
def test_beside_a_server_that_hangs_it_reads_without_the_lock(
    hall: Path, serve: Callable[[Path], RunningServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(hall)
    assert server.process is not None
    # The door leads to a socket that nobody answers any more: as after a crash of its loop.
    (hall / instance.DOOR).write_text('{"address": "http://127.0.0.1:9"}', encoding="utf-8")
    before = lines(hall)
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        code, said = doctor(hall)
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
    assert code == 1
    found = {line["key"]: line["code"] for line in said["lines"]}
    assert found["network.server"] == "server_silent"
    assert found["people.roster"] == "roster_counted" or "people.roster" in found
    assert lines(hall) == before, "whoever has no lock writes nothing"


def test_a_held_lock_stops_the_booking_and_not_the_look(hall: Path) -> None:
    with FileLock(hall / instance.LOCK):
        code, said = doctor(hall)
    assert code == 1
    assert "people.plan" in keys_of(said)
    assert lines(hall) == []


def test_english_by_the_setting(hall: Path) -> None:
    _, said = doctor(hall, KIOSK_LANGUAGE="en")
    assert said["word"].endswith("THINGS TO MEND")
    assert {"Server", "Plan"} <= {todo["name"] for todo in said["to_mend"]}

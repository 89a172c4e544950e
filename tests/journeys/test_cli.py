"""`kiosk` as technicians and scripts type it: real processes, exit codes, poor code pages."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from typing import Any

import httpx
import pytest
from filelock import FileLock
from support import ROOT, ROSTER, ROSTER_NAME, RunningServer, run_kiosk

PLAN = ROOT / "kiosk" / "data" / "plan" / "ke-hoach-hoi-nghi-2026.txt"
PASSWORD = re.compile(r"^thuky: ([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})\r?$", re.M)

#: Some fifty processes: a minute on two busy cores.
pytestmark = pytest.mark.slow

Done = subprocess.CompletedProcess[bytes]


def out(done: Done, encoding: str = "utf-8") -> str:
    return done.stdout.decode(encoding)


def errors(done: Done, encoding: str = "utf-8") -> str:
    return done.stderr.decode(encoding, errors="backslashreplace")


def document(done: Done, encoding: str = "utf-8") -> Any:
    """Standard output is one JSON document and nothing else."""
    return json.loads(out(done, encoding))


def utf8(*arguments: str, folder: Path, **more: str) -> Done:
    return run_kiosk(*arguments, folder=folder, PYTHONIOENCODING="utf-8", **more)


@pytest.fixture(scope="module")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("files") / ROSTER_NAME
    file.write_text(ROSTER, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, roster: Path) -> tuple[Path, Done]:
    """An instance made by `kiosk init` on an old Windows code page."""
    folder = tmp_path_factory.mktemp("cli") / "hội nghị"
    done = run_kiosk(
        "init", "--plan", str(PLAN), "--roster", str(roster), "--json",
        folder=folder, PYTHONIOENCODING="cp1258",
    )  # fmt: skip
    return folder, done


@pytest.fixture
def hall(made: tuple[Path, Done], tmp_path: Path) -> Path:
    """A copy of it for each test."""
    return Path(shutil.copytree(made[0], tmp_path / "instance"))


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(connect(folder / "kiosk.sqlite3")) as connection:
        return connection.execute(query).fetchall()


# -- init ----------------------------------------------------------------------------------------


def test_init_tells_the_password_once_and_on_standard_error_alone(
    made: tuple[Path, Done],
) -> None:
    folder, done = made
    assert done.returncode == 0, errors(done)
    said = document(done, "cp1258")
    assert (said["account"], said["agenda"], said["delegates"]) == ("thuky", 9, 13)
    (password,) = PASSWORD.findall(errors(done))
    assert password.encode() not in done.stdout
    for file in folder.rglob("*"):
        if file.is_file():
            assert password.encode() not in file.read_bytes(), file.name
    assert rows(folder, "SELECT count(*) FROM delegate") == [(13,)]


def test_a_second_init_is_refused_and_changes_nothing(hall: Path) -> None:
    keys = (hall / "keys.json").read_bytes()
    done = utf8("init", folder=hall)
    assert done.returncode == 1
    assert "đã có một hội nghị" in errors(done)
    assert done.stdout == b""
    assert (hall / "keys.json").read_bytes() == keys


@pytest.mark.parametrize("bad", ["plan", "roster", "rejected", "roster alone"])
def test_half_an_instance_is_none(tmp_path: Path, roster: Path, bad: str) -> None:
    nonsense = tmp_path / "nonsense.txt"
    nonsense.write_text("Công thức nấu phở\n", encoding="utf-8")
    rejected = tmp_path / "rejected.csv"
    rejected.write_text("STT,Họ và tên,Đơn vị\n1,123,Tổ 1\n2,Lê An,Tổ 1\n", encoding="utf-8")
    arguments = {
        "plan": ["--plan", str(nonsense)],
        "roster": ["--plan", str(PLAN), "--roster", str(nonsense)],
        "rejected": ["--plan", str(PLAN), "--roster", str(rejected)],
        "roster alone": ["--roster", str(roster)],
    }[bad]
    folder = tmp_path / "instance"
    done = utf8("init", *arguments, folder=folder)
    assert done.returncode == 1, errors(done)
    assert "Hãy" in errors(done)
    assert "Traceback" not in errors(done)
    assert not (folder / "keys.json").exists()
    assert not (folder / "kiosk.sqlite3").exists()


# -- plan ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["cp1258", "ascii", "utf-8"])
def test_the_real_plan_is_read_exactly(tmp_path: Path, encoding: str) -> None:
    done = run_kiosk(
        "plan", str(PLAN), "--json", folder=tmp_path / "none", PYTHONIOENCODING=encoding
    )
    assert done.returncode == 0, errors(done)
    said = document(done, encoding)
    assert list(said) == [
        "title", "title_block", "host", "venue", "address", "month", "date", "time",
        "legal_bases", "purposes", "agenda", "seats", "recognition_days", "invitees", "duties",
        "recipients", "signer", "budget", "unread", "doubts",
    ]  # fmt: skip
    assert [item["number"] for item in said["agenda"]] == list(range(1, 10))
    assert [item["kind"] for item in said["agenda"]] == [
        "opening", "report", "report", "disclosure", "election", "speech", "emulation", "pledge",
        "resolution",
    ]  # fmt: skip
    assert said["agenda"][4]["title"] == "Bầu Ban Thanh tra nhân dân"
    assert said["agenda"][1]["title"].startswith("Báo cáo kiểm điểm việc đường lối chủ trương")
    assert said["agenda"][1]["title"].endswith("năm 2025, nhiệm vụ năm 2026")
    assert not any(item["title"].endswith((".", ";", ",")) for item in said["agenda"])
    assert not any("\n" in item["title"] for item in said["agenda"])
    assert said["seats"] == {"min": 3, "max": 9}
    assert said["recognition_days"] == 5
    assert [len(duty["items"]) for duty in said["duties"]] == [6, 5, 2, 1]
    assert (said["month"], said["date"], said["time"]) == ("2026-03", None, None)
    assert set(said["signer"]) == {"capacity", "name"}
    assert not (tmp_path / "none").exists(), "nothing is written"


def test_a_text_that_is_no_plan_exits_1_and_a_missing_file_2(tmp_path: Path) -> None:
    nonsense = tmp_path / "phở.txt"
    nonsense.write_text("Công thức nấu phở\n", encoding="utf-8")
    for encoding in ("utf-8", "ascii", "cp1258"):
        done = run_kiosk(
            "plan", str(nonsense), "--json", folder=tmp_path, PYTHONIOENCODING=encoding
        )
        assert done.returncode == 1, errors(done)
        assert done.stdout == b""
        assert len(errors(done).strip().splitlines()) == 1
    missing = run_kiosk("plan", "không có.txt", folder=tmp_path, PYTHONIOENCODING="ascii")
    assert missing.returncode == 2
    assert b"Traceback" not in missing.stderr


# -- roster and badges ---------------------------------------------------------------------------


def test_a_roster_is_tried_refused_accepted_and_then_unchanged(hall: Path, tmp_path: Path) -> None:
    file = tmp_path / "thêm.csv"
    file.write_text(
        "STT,Họ và tên,Chức vụ,Đơn vị\n1,Cao Văn Ba,,Tổ mới\n2,12345,,Tổ mới\n", encoding="utf-8"
    )

    def people() -> int:
        (found,) = rows(hall, "SELECT count(*) FROM delegate")
        return int(found[0])

    dry = utf8("roster", "import", str(file), "--dry-run", "--json", folder=hall)
    assert dry.returncode == 0, errors(dry)
    assert people() == 13
    refused = run_kiosk(
        "roster", "import", str(file), "--json", folder=hall, PYTHONIOENCODING="ascii"
    )
    assert refused.returncode == 1
    assert document(refused, "ascii") == document(dry)
    assert "1 d" in errors(refused, "ascii")
    assert people() == 13
    told = utf8("roster", "import", str(file), folder=hall)
    assert told.returncode == 1
    assert "rejected row 3: họ tên" in told.stdout.decode("utf-8"), told.stdout
    assert "--accept-rejected" in errors(told)
    done = utf8("roster", "import", str(file), "--accept-rejected", "--json", folder=hall)
    assert done.returncode == 0, errors(done)
    said = document(done)
    assert list(said) == [
        "new", "changed", "unchanged", "skipped", "rejected", "suspicious", "delegates",
    ]  # fmt: skip
    assert (said["new"], [row["row"] for row in said["rejected"]]) == (1, [3])
    assert set(said["delegates"][0]) == {
        "number", "name", "address_form", "title", "unit", "seat", "standing",
        "counts_for_quorum", "votes", "elects",
    }  # fmt: skip
    assert people() == 14
    again = utf8("roster", "import", str(file), "--accept-rejected", "--json", folder=hall)
    assert (document(again)["new"], document(again)["unchanged"]) == (0, 1)


def test_badges_are_printed_into_a_file(hall: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "thẻ.pdf"
    done = run_kiosk("badges", str(sheet), folder=hall, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, errors(done)
    assert sheet.read_bytes()[:5] == b"%PDF-"
    nowhere = utf8("badges", str(tmp_path / "no" / "folder.pdf"), folder=hall)
    assert nowhere.returncode == 2
    assert b"Traceback" not in nowhere.stderr


# -- accounts and devices ------------------------------------------------------------------------


def test_accounts_are_added_and_reset(hall: Path) -> None:
    for password, code in (("mật khẩu dài", 0), ("ngắn", 1)):
        done = run_kiosk(
            "staff", "add", f"Chủ tọa {code}", "--role", "chair", "--password-stdin",
            folder=hall, stdin=f"{password}\r\n", PYTHONIOENCODING="cp1258",
        )  # fmt: skip
        assert done.returncode == code, errors(done)
        assert "Traceback" not in errors(done)
    reset = utf8("staff", "reset", "THUKY", folder=hall)
    assert reset.returncode == 0, errors(reset)
    assert reset.stdout == b""
    assert re.search(r"^THUKY: \S{14}$", errors(reset).strip(), re.M)
    assert utf8("staff", "reset", "không ai", folder=hall).returncode == 1
    wrong_role = utf8("staff", "add", "An", "--role", "king", "--password-stdin", folder=hall)
    assert wrong_role.returncode == 1
    assert rows(hall, "SELECT name FROM account ORDER BY id") == [("thuky",), ("Chủ tọa 0",)]


def test_devices_are_added_listed_and_revoked(hall: Path) -> None:
    added = utf8("device", "add", "--kind", "gate", "--name", "Cổng 1", "--json", folder=hall)
    assert added.returncode == 0, errors(added)
    device = document(added)
    assert (device["kind"], device["name"]) == ("gate", "Cổng 1")
    assert re.fullmatch(r"http://127\.0\.0\.1:8080/pair/[A-Za-z0-9_-]{32}", device["address"])
    assert utf8("device", "add", "--kind", "gate", "--name", "cổng 1", folder=hall).returncode == 1
    listed = run_kiosk("device", "list", "--json", folder=hall, PYTHONIOENCODING="ascii")
    (row,) = document(listed, "ascii")
    assert (row["name"], row["state"], row["last_seen_at"]) == ("Cổng 1", "waiting", None)
    poor = run_kiosk("device", "list", folder=hall, PYTHONIOENCODING="ascii")
    assert poor.returncode == 0
    assert utf8("device", "revoke", "Cổng 9", folder=hall).returncode == 1
    assert utf8("device", "revoke", str(row["id"]), folder=hall).returncode == 0
    (row,) = document(utf8("device", "list", "--json", folder=hall))
    assert row["state"] == "revoked"


# -- wrong settings, wrong usage, half an instance -----------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "environment", "code"),
    [
        (["device", "list"], {"KIOSK_PROT": "8080"}, 1),
        (["serve"], {"KIOSK_PORT": "eighty"}, 1),
        (["serve"], {"KIOSK_HOST": "everywhere"}, 1),
        # Not this laptop's, or not without encryption.
        (["serve", "--host", "8.8.8.8"], {}, 1),
        (["serve", "--no-tls", "--host", "0.0.0.0"], {}, 1),  # noqa: S104
        (["serve", "--no-tls", "--host", "192.168.1.5"], {}, 1),
        (["serve", "--host", "192.168.1.5"], {"KIOSK_TLS": "false"}, 1),
        (["serve", "--port", "70000"], {}, 2),
        (["serve", "--https-port", "70000"], {}, 2),
        (["no-such-verb"], {}, 2),
        (["plan"], {}, 2),
        (["device", "add", "--kind", "gate"], {}, 2),
        (["device", "revoke"], {}, 2),
        (["staff", "add", "An", "--role", "desk"], {}, 2),
    ],
    ids=str,
)
def test_wrong_settings_exit_1_and_wrong_usage_2(
    hall: Path, arguments: list[str], environment: dict[str, str], code: int
) -> None:
    done = utf8(*arguments, folder=hall, **environment)
    assert done.returncode == code, errors(done)
    assert done.stdout == b""
    assert "Traceback" not in errors(done)
    for name in environment if "--host" not in arguments else ():
        assert name in errors(done) or name.removeprefix("KIOSK_").lower() in errors(done)


@pytest.mark.parametrize(
    ("lost", "sentence"),
    [("keys.json", "Không thấy tệp khóa"), ("kiosk.sqlite3", "chưa có hội nghị nào")],
)
def test_half_an_instance_does_not_start(hall: Path, lost: str, sentence: str) -> None:
    for file in hall.glob(f"{lost}*"):
        file.unlink()
    before = sorted(file.name for file in hall.iterdir())
    for verb in (["serve", "--port", "0"], ["device", "list"], ["badges", "x.pdf"]):
        done = utf8(*verb, folder=hall)
        assert done.returncode == 1, errors(done)
        assert sentence in errors(done)
    assert sorted(file.name for file in hall.iterdir()) == before, "and nothing new is made"


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    done = run_kiosk("device", "list", folder=tmp_path / "trống", PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert b"kiosk init" in done.stderr
    assert not (tmp_path / "trống").exists()


# -- while a server runs -------------------------------------------------------------------------


def test_verbs_hand_their_act_to_the_running_server(
    made: tuple[Path, Done],
    tmp_path_factory: pytest.TempPathFactory,
    serve: Callable[[Path], RunningServer],
    tmp_path: Path,
) -> None:
    folder = Path(shutil.copytree(made[0], tmp_path_factory.mktemp("served") / "instance"))
    server = serve(folder)

    second = utf8("serve", "--port", "0", folder=folder)
    assert second.returncode == 1
    assert "đang chạy hội nghị này" in errors(second)

    device = document(
        utf8("device", "add", "--kind", "gate", "--name", "Cổng 1", "--json", folder=folder)
    )
    assert device["address"].startswith(f"{server.address}/pair/")
    with httpx.Client(base_url=server.address, trust_env=False, timeout=20) as gate:
        assert gate.get(device["address"]).headers["Location"] == "/gate"
        assert gate.get("/gate").status_code == 200
        (row,) = document(utf8("device", "list", "--json", folder=folder))
        assert row["state"] == "fine"
        assert utf8("device", "revoke", "Cổng 1", folder=folder).returncode == 0
        assert gate.get("/gate").status_code == 303, "it holds at once"

    # A refusal of the server is the same sentence and the same exit code.
    twice = utf8("device", "revoke", "Cổng 1", folder=folder)
    assert twice.returncode == 1
    assert "Không tìm thấy thiết bị này." in errors(twice)

    password = "mật khẩu qua máy chủ"
    added = run_kiosk(
        "staff", "add", "Bàn đón", "--role", "desk", "--password-stdin",
        folder=folder, stdin=password + "\n", PYTHONIOENCODING="ascii",
    )  # fmt: skip
    assert added.returncode == 0, errors(added)
    with httpx.Client(base_url=server.address, trust_env=False, timeout=20) as desk:
        page = desk.get("/sign-in").text
        token = re.search(r'data-csrf="([0-9a-f]{32})"', page)
        assert token is not None
        form = {"name": "BÀN ĐÓN", "password": password, "_csrf": token[1]}
        assert desk.post("/sign-in", data=form).headers["Location"] == "/console"
        assert desk.get("/console").status_code == 200
        assert utf8("staff", "reset", "Bàn đón", folder=folder).returncode == 0
        assert desk.get("/console").status_code == 303, "a reset ends the session"

    file = tmp_path / "thêm.csv"
    file.write_text("STT,Họ và tên,Đơn vị\n1,Cao Văn Ba,Tổ mới\n", encoding="utf-8")
    imported = document(utf8("roster", "import", str(file), "--json", folder=folder))
    assert imported["new"] == 1
    nonsense = tmp_path / "ảnh.csv"
    nonsense.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 400)
    bad = utf8("roster", "import", str(nonsense), folder=folder)
    assert bad.returncode == 1
    assert "Traceback" not in errors(bad)
    sheet = tmp_path / "the.pdf"
    assert utf8("badges", str(sheet), folder=folder).returncode == 0
    assert sheet.read_bytes()[:5] == b"%PDF-"

    assert utf8("init", folder=folder).returncode == 1
    assert server.stop() == 0
    assert not (folder / "server.json").exists()
    assert utf8("device", "list", folder=folder).returncode == 0


def test_an_address_left_by_a_killed_server_does_not_stop_the_verbs(hall: Path) -> None:
    (hall / "server.json").write_text('{"address": "http://127.0.0.1:9"}', encoding="utf-8")
    done = utf8("device", "list", "--json", folder=hall)
    assert done.returncode == 0, errors(done)
    assert document(done) == []


def test_a_lock_held_by_a_program_that_does_not_answer_is_a_sentence(hall: Path) -> None:
    with FileLock(hall / "writer.lock"):
        for door in (None, "{", '{"address": "http://127.0.0.1:9"}', "[]"):
            if door is not None:
                (hall / "server.json").write_text(door, encoding="utf-8")
            done = utf8("device", "list", folder=hall)
            assert done.returncode == 1, errors(done)
            assert "Một chương trình khác đang chạy" in errors(done)
            assert "Traceback" not in errors(done)

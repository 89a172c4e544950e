"""`kiosk backup` and `kiosk restore` as a technician types them, beside a server that runs."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support import ROSTER, ROSTER_NAME, RunningServer, run_kiosk

from kiosk import config, founding
from kiosk.backup import recovery
from kiosk.conference import badge_code
from kiosk.founding import real_plan
from kiosk.rehearsal.hall import Browser, Statuses, pair, sign_in

#: A key that no instance has: its codes are well formed, and each scan of one is stored.
NOBODY = b"nobody has this key"

KEY = re.compile(r"^AGE-SECRET-KEY-1[0-9A-Z]{58}$", re.MULTILINE)


def test_init_tells_the_key_once_on_standard_error_and_stores_it_nowhere(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    done = run_kiosk("init", "--json", folder=folder, PYTHONIOENCODING="utf-8")
    assert done.returncode == 0, done.stderr
    said = done.stderr.decode()
    (key,) = KEY.findall(said)
    assert "KHÓA KHÔI PHỤC" in said
    assert "AGE-SECRET-KEY" not in done.stdout.decode()
    assert set(json.loads(done.stdout)) == {"instance", "account", "delegates", "agenda"}
    for path in folder.rglob("*"):
        assert key.encode() not in path.read_bytes()
    stored = recovery.recipient_text(folder)
    assert str(recovery.parse_key(key).to_public()) == stored


def test_a_drill_from_the_command_line(tmp_path: Path) -> None:
    folder, new = tmp_path / "instance", tmp_path / "other" / "instance"
    made = founding.make_conference(
        config.load(folder), plan=real_plan(), roster=(ROSTER_NAME, ROSTER.encode())
    )
    paper = tmp_path / "key.txt"
    paper.write_text(f"# khóa\n{made.recovery_key}\n", encoding="utf-8")
    done = run_kiosk("backup", "--json", folder=folder)
    assert done.returncode == 0, done.stderr
    copy = json.loads(done.stdout)
    assert copy["delegates"] == 13
    listed = run_kiosk("backup", "list", "--json", folder=folder)
    found = json.loads(listed.stdout)
    assert [row["name"] for row in found["copies"]] == [copy["name"]]
    file = str(Path(copy["folder"]) / copy["name"])

    check = run_kiosk("restore", file, "--key-file", str(paper), "--check", folder=new)
    assert check.returncode == 0, check.stderr
    assert not new.exists()
    wrong = run_kiosk("restore", file, "--key-stdin", folder=new, stdin="AGE-SECRET-KEY-1XX")
    assert (wrong.returncode, wrong.stdout) == (1, b"")
    assert not new.exists()
    assert run_kiosk("restore", file, folder=new).returncode == 2

    begun = time.monotonic()
    back = run_kiosk(
        "restore", file, "--key-stdin", "--json", folder=new, stdin=f"{made.recovery_key}\n"
    )
    assert back.returncode == 0, back.stderr
    assert json.loads(back.stdout)["rows"]["delegate"] == 13
    assert time.monotonic() - begun < 60
    again = run_kiosk("restore", file, "--key-file", str(paper), folder=new)
    assert again.returncode == 1
    assert made.recovery_key.encode() not in back.stdout + back.stderr + again.stderr


def test_an_old_instance_is_told_to_make_a_key_and_then_goes_on(made_instance: Path) -> None:
    refused = run_kiosk("backup", folder=made_instance, PYTHONIOENCODING="utf-8")
    assert refused.returncode == 1
    assert "kiosk backup key" in refused.stderr.decode()
    made = run_kiosk("backup", "key", folder=made_instance, PYTHONIOENCODING="utf-8")
    assert made.returncode == 0, made.stderr
    first = KEY.findall(made.stderr.decode())
    assert len(first) == 1
    assert run_kiosk("backup", folder=made_instance).returncode == 0
    again = run_kiosk("backup", "key", folder=made_instance, PYTHONIOENCODING="utf-8")
    assert "khóa cũ" in again.stderr.decode()
    assert KEY.findall(again.stderr.decode()) != first
    raw = sqlite3.connect(made_instance / config.DATABASE)
    events = [event for (event,) in raw.execute("SELECT event FROM book_line ORDER BY seq")]
    raw.close()
    assert events == ["backup:key:made"] * 2


@pytest.fixture(scope="module")
def hall(
    tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], RunningServer]
) -> tuple[RunningServer, founding.Made]:
    folder = tmp_path_factory.mktemp("served") / "instance"
    made = founding.make_conference(
        config.load(folder), plan=real_plan(), roster=(ROSTER_NAME, ROSTER.encode())
    )
    return serve(folder), made


def test_scans_of_24_clients_acknowledged_before_the_copy_are_in_it(
    hall: tuple[RunningServer, founding.Made],
) -> None:
    server, made = hall
    secretary = Browser(server.address, Statuses())
    sign_in(secretary, name=made.account, password=made.password)
    gates = [pair(secretary, kind="gate", name=f"Cổng {number}") for number in range(4)]
    told: list[str] = []
    stop = threading.Event()

    def scan(number: int) -> None:
        gate, count = gates[number % 4], 0
        while not stop.is_set():
            scan_id = f"scan-{number:02d}-{count:05d}"
            code = badge_code.derive(NOBODY, delegate_id=number + 1, issue=count + 1)
            answer = gate.act("/gate/scan", code=code, scan_id=scan_id)
            if answer.status_code == 200:
                told.append(scan_id)
            count += 1

    with ThreadPoolExecutor(24) as crowd:
        workers = [crowd.submit(scan, number) for number in range(24)]
        time.sleep(0.5)
        before = set(told)
        done = run_kiosk("backup", "--json", folder=server.folder)
        stop.set()
        for worker in workers:
            worker.result()
    for browser in (secretary, *gates):
        browser.close()
    assert done.returncode == 0, done.stderr
    copy = json.loads(done.stdout)
    assert len(before) > 24
    assert len(told) > len(before), "nobody scanned while the copy was made"
    new = server.folder.with_name("restored")
    file = str(Path(copy["folder"]) / copy["name"])
    back = run_kiosk("restore", file, "--key-stdin", folder=new, stdin=made.recovery_key)
    assert back.returncode == 0, back.stderr
    raw = sqlite3.connect(new / config.DATABASE)
    stored = {scan_id for (scan_id,) in raw.execute("SELECT scan_id FROM scan")}
    raw.close()
    assert before <= stored


def test_a_served_hall_copies_by_itself_and_shows_it(
    hall: tuple[RunningServer, founding.Made],
) -> None:
    server, made = hall
    secretary = Browser(server.address, Statuses())
    sign_in(secretary, name=made.account, password=made.password)
    until = time.monotonic() + 20
    page = ""
    while "Bản tốt gần nhất" not in page and time.monotonic() < until:
        time.sleep(0.2)
        page = secretary.page("/console")
    secretary.close()
    assert "Bản tốt gần nhất" in page, server.log
    assert "Cùng ổ đĩa" in page
    assert list(server.folder.with_name("instance-backup").glob("*.kiosk-backup"))

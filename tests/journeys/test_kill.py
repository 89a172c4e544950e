"""The plug is pulled while gates scan (design 10): what a gate was told is on the disk, always."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from random import Random

import httpx
import pytest
from support import RunningServer

from kiosk import config, create_app, founding
from kiosk.conference import badge_issue
from kiosk.conference import queries as people
from kiosk.core.access import THE_PROGRAM
from kiosk.core.audit import first_break
from kiosk.core.db import db, writer
from kiosk.devices import services as devices
from kiosk.founding import real_plan

CLIENTS = 24
KILLS = 3
PEOPLE = 1_500

_OUTCOME = re.compile(r'data-outcome="([a-z-]+)"')
_TOKEN = re.compile(r'data-csrf="([0-9a-f]{32})"')


class Gate:
    """One gate's browser: keeps its cookies over every restart of the server."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.cookies = httpx.Cookies()
        self.token = ""
        self.told: dict[str, str] = {}  # scan id → outcome, exactly as the gate showed it
        self.sent: dict[str, str] = {}  # scan id → code

    def client(self, address: str) -> httpx.Client:
        return httpx.Client(
            base_url=address, cookies=self.cookies, trust_env=False, timeout=10,
            headers={"X-CSRF-Token": self.token, "HX-Request": "true"},
        )  # fmt: skip

    def pair(self, address: str, path: str) -> None:
        with httpx.Client(base_url=address, trust_env=False, timeout=10) as client:
            assert client.get(path).status_code == 303
            found = _TOKEN.search(client.get("/gate").text)
            assert found is not None
            self.token, self.cookies = found[1], client.cookies

    def scan(self, client: httpx.Client, scan_id: str, code: str) -> str:
        self.sent[scan_id] = code
        answer = client.post("/gate/scan", data={"code": code, "scan_id": scan_id})
        found = _OUTCOME.search(answer.text)
        assert answer.status_code == 200, answer.text
        assert found is not None
        self.told[scan_id] = found[1]
        return found[1]

    def work(self, address: str, codes: list[str], round_: int, stop: threading.Event) -> None:
        try:
            with self.client(address) as client:
                for place, code in enumerate(codes):
                    if stop.is_set():
                        return
                    self.scan(client, f"r{round_}-g{self.number:02d}-{place:04d}", code)
        except httpx.HTTPError:
            return  # the plug was pulled; what was not answered was not promised


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str], list[str]]:
    """An instance of many people, the digits on their badges, and a pairing address per gate."""
    folder = tmp_path_factory.mktemp("kill") / "instance"
    rows = "".join(f"{n},Nguyễn Văn {_word(n)},,Tổ {n % 9 + 1}\n" for n in range(1, PEOPLE + 1))
    roster = "STT,Họ và tên,Chức vụ,Đơn vị\n" + rows
    settings = config.load(folder)
    founding.make_conference(settings, plan=real_plan(), roster=("ds.csv", roster.encode()))
    app = create_app(settings)
    with app.app_context():
        faces = badge_issue.badge_faces(db.session(), key=app.extensions["kiosk_keys"].badge)
        codes = [str(face["code"]) for face in faces]
        key = app.extensions["kiosk_keys"].tokens
        added = [
            devices.add_device(kind="gate", name=f"Cổng {number}", by=THE_PROGRAM, key=key)
            for number in range(CLIENTS)
        ]
        db.session.remove()
        writer().close()
        db.engine.dispose()
    assert len(codes) == PEOPLE
    return folder, codes, [f"/pair/{each.ticket}" for each in added]


def _word(number: int) -> str:
    """A given name of its own for everyone, without digits."""
    return "Bình" + "".join("abcdeghiklm"[int(digit)] for digit in f"{number:04d}")


def inspect(folder: Path) -> tuple[dict[str, str], set[int]]:
    """What lies on the disk, read by a program that is not ours; the file must be sound."""
    with closing(sqlite3.connect(folder / "kiosk.sqlite3")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        scans = dict(connection.execute("SELECT scan_id, outcome FROM scan").fetchall())
        inside = [row[0] for row in connection.execute("SELECT delegate_id FROM stay").fetchall()]
        entered = connection.execute(
            "SELECT count(*) FROM book_line WHERE event = 'checkin:stay:entered'"
        ).fetchone()
    assert len(inside) == len(set(inside)), "nobody is in twice"
    assert entered == (len(inside),), "one line in the book for each who came in"
    assert sum(outcome == "admitted" for outcome in scans.values()) == len(inside)
    return scans, set(inside)


def book_is_whole(folder: Path) -> bool:
    app = create_app(config.load(folder))
    with app.app_context():
        whole = first_break(db.session()) is None and people.find_conference(db.session())
        db.session.remove()
        writer().close()
        db.engine.dispose()
    return bool(whole)


@pytest.mark.slow
def test_nothing_that_a_gate_was_told_is_lost_when_the_plug_is_pulled(
    hall: tuple[Path, list[str], list[str]], serve: Callable[[Path], RunningServer]
) -> None:
    folder, codes, addresses = hall
    random = Random(2026)  # noqa: S311 (moments of a test, no secret)
    server = serve(folder)
    gates = [Gate(number) for number in range(CLIENTS)]
    for gate, address in zip(gates, addresses, strict=True):
        gate.pair(server.address, address)

    share = PEOPLE // KILLS // CLIENTS
    for round_ in range(KILLS):
        fresh = codes[round_ * PEOPLE // KILLS : (round_ + 1) * PEOPLE // KILLS]
        stop = threading.Event()
        before = sum(len(gate.told) for gate in gates)
        with ThreadPoolExecutor(CLIENTS) as pool:
            working = [
                pool.submit(
                    gate.work,
                    server.address,
                    fresh[gate.number * share : (gate.number + 1) * share],
                    round_,
                    stop,
                )
                for gate in gates
            ]
            # Somewhere in the middle: after so many answers, whenever that is.
            goal = before + random.randint(CLIENTS, CLIENTS * share // 2)
            while sum(len(gate.told) for gate in gates) < goal:
                assert not all(each.done() for each in working), "the crowd was too small"
            server.kill()
            stop.set()
            for each in working:
                each.result()
        told = {scan_id: said for gate in gates for scan_id, said in gate.told.items()}
        assert sum(len(gate.sent) for gate in gates) > len(told), "some scans were cut"
        scans, _ = inspect(folder)
        lost = {scan_id for scan_id, said in told.items() if scans.get(scan_id) != said}
        assert lost == set()

        server.start()
        # Devices are still who they were, and a scan that was cut is simply sent again.
        for gate in gates:
            with gate.client(server.address) as client:
                for scan_id, code in gate.sent.items():
                    if scan_id not in gate.told:
                        stored = scans.get(scan_id)
                        said = gate.scan(client, scan_id, code)
                        assert said == (stored or "admitted")

    assert server.stop() == 0
    scans, inside = inspect(folder)
    told = {scan_id: said for gate in gates for scan_id, said in gate.told.items()}
    assert scans == told, "the disk knows every scan, and no other"
    assert set(told.values()) == {"admitted"}
    assert len(inside) == len(told)
    assert book_is_whole(folder)


@pytest.mark.slow
def test_a_session_of_staff_outlives_the_plug(
    hall_folder: tuple[Path, founding.Made], serve: Callable[[Path], RunningServer]
) -> None:
    folder, made = hall_folder
    server = serve(folder)
    with httpx.Client(base_url=server.address, trust_env=False, timeout=20) as client:
        token = _TOKEN.search(client.get("/sign-in").text)
        assert token is not None
        form = {"name": made.account, "password": made.password, "_csrf": token[1]}
        assert client.post("/sign-in", data=form).status_code == 303
        cookies = client.cookies
    server.kill()
    server.start()
    with httpx.Client(
        base_url=server.address, cookies=cookies, trust_env=False, timeout=20
    ) as client:
        assert client.get("/console").status_code == 200
        out = client.post("/sign-out", headers={"X-CSRF-Token": token[1]})
        assert out.status_code == 303
        assert client.get("/console").status_code == 303

"""The tests' own tools: a browser without a screen, a server of its own process, one small meeting.

Imported as `support` (pyproject: `pythonpath`). Fixtures that use them stand in `conftest.py`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from json import JSONDecodeError, loads
from pathlib import Path
from typing import IO, Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.conference import badge_issue
from kiosk.conference import queries as people
from kiosk.core.access import THE_PROGRAM
from kiosk.core.cookies import HOST
from kiosk.core.db import db
from kiosk.core.keys import Keys
from kiosk.devices import services as devices
from kiosk.staff import services as staff
from kiosk.tls import known

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "mật khẩu của bài thử 1"

# Twelve convened people in three units, and a guest. Two share a name, one is written in NFD, and
# the section rows, restarting numbers, total and signature are those of a real office.
ROSTER_NAME = "danh-sach.csv"
ROSTER = """\
UBND PHƯỜNG HẢI DƯƠNG,,,,,
DANH SÁCH ĐẠI BIỂU,,,,,
STT,Họ và tên,Ông/Bà,Chức vụ,Số ghế,Ghi chú
I. Văn phòng HĐND và UBND phường,,,,,
1,Phạm Thị Lan,Bà,Chánh Văn phòng,A01,
2,Đỗ Văn Ánh,Ông,Chuyên viên,A02,
3,Nguyễn Thị Hồng Nhung,Bà,Văn thư,A03,
4,Trần Quốc Bảo,Ông,Chuyên viên,A04,
II. Phòng Văn hóa - Xã hội,,,,,
1,Lê Minh Đức,Ông,Trưởng phòng,B01,
2,Nguyễn Văn An,Ông,Chuyên viên,B02,
3,Vũ Thị Yến,Bà,Chuyên viên,B03,
4,Hoàng Thị Ngọc Ánh,Bà,Chuyên viên,B04,
III. Trường Tiểu học Bình Minh,,,,,
1,Bùi Thị Thu Hà,Bà,Hiệu trưởng,C01,
2,Nguyễn Văn An,Ông,Giáo viên,C02,
3,Đặng Thùy Dương,Bà,Giáo viên,C03,
4,Ngô Thị Sen,Bà,Nhân viên,C04,
IV. Khách mời,,,,,
1,Trịnh Công Thành,Ông,Phó Chủ tịch UBMTTQ phường,D01,Khách mời
Tổng cộng: 13 người,,,,,
,,,Người lập biểu,,
"""
CONVENED = 12
GUESTS = 1


@dataclass
class Clock:
    """A clock that stands until a test moves it. Services take it as `clock=`.

    Pages take the real time themselves: a test of pages that needs another hour travels with
    `time_machine`.
    """

    now: datetime = datetime(2026, 3, 12, 0, 30, tzinfo=UTC)  # 07:30 in the hall

    def __call__(self) -> datetime:
        return self.now

    def later(self, **span: float) -> datetime:
        """Move on: `clock.later(minutes=5)`."""
        self.now += timedelta(**span)
        return self.now


class Browser:
    """A browser without a screen: keeps cookies, and sends the token of our pages as they do."""

    _TOKEN = re.compile(r'data-csrf="([0-9a-f]{32})"')

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self._token = ""

    @property
    def token(self) -> str:
        """The token against forged requests, taken once from a page that everyone may see."""
        if not self._token:
            found = self._TOKEN.search(self.client.get("/sign-in").get_data(as_text=True))
            assert found is not None, "the sign-in page carries no data-csrf"
            self._token = found.group(1)
        return self._token

    def get(
        self,
        path: str,
        *,
        fragment: bool = False,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> TestResponse:
        """GET a page; with `fragment` as htmx asks for a region."""
        return self.client.get(path, headers={**_htmx(fragment), **(headers or {})}, **more)

    def post(
        self,
        path: str,
        data: Mapping[str, Any] | None = None,
        *,
        fragment: bool = True,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> TestResponse:
        """POST a form with the token in its header, as htmx does on our pages."""
        sent = {"X-CSRF-Token": self.token, **_htmx(fragment), **(headers or {})}
        return self.client.post(path, data=data, headers=sent, **more)

    # -- who this browser is ---------------------------------------------------------------------

    def sign_in(self, role: str, *, name: str | None = None) -> Browser:
        """Add an account with this role and sign in with it, through the real page."""
        name = name or f"thử {role}"
        with self.app.app_context():
            staff.add_account(name=name, role=role, password=PASSWORD, by=THE_PROGRAM)
        answer = self.post("/sign-in", {"name": name, "password": PASSWORD}, fragment=False)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return self

    def over_tls(self) -> Browser:
        """Be at the encrypted door too who this browser is at the laptop's own: there every cookie
        has a name that only TLS can give (`core/cookies.py`)."""
        for cookie in list((self.client._cookies or {}).values()):
            self.client.set_cookie(f"{HOST}{cookie.key}", cookie.value, secure=True)
        return self

    def pair(self, kind: str, name: str) -> Browser:
        """Add a device and become it by its one-time address."""
        keys: Keys = self.app.extensions["kiosk_keys"]
        with self.app.app_context():
            added = devices.add_device(kind=kind, name=name, by=THE_PROGRAM, key=keys.tokens)
        answer = self.client.get(f"/pair/{added.ticket}")
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return self


def _htmx(fragment: bool) -> dict[str, str]:
    """The headers by which the program tells a page from a region, and a person from a script."""
    return {"Accept": "*/*", "HX-Request": "true"} if fragment else {"Accept": "text/html,*/*"}


@dataclass(frozen=True)
class Meeting:
    """The imported conference: nine items of the real plan, twelve convened people and a guest."""

    app: Flask
    #: Names by the conference's own numbers; the guest has the last.
    delegates: tuple[people.DelegateRow, ...]
    #: Printed digits by delegate id.
    codes: Mapping[int, str]

    def person(self, name: str, *, unit: str = "") -> people.DelegateRow:
        """One person by name, and by a part of the unit's name where two share it."""
        found = [row for row in self.delegates if row.name == name and unit in row.unit]
        assert len(found) == 1, f"{len(found)} people are called {name}"
        return found[0]

    def badge_code_of(self, name: str, *, unit: str = "") -> str:
        """The 14 digits printed on a person's badge."""
        return self.codes[self.person(name, unit=unit).id]


def meeting_of(app: Flask) -> Meeting:
    """What lies in the instance of an app, with the digits of its first badges."""
    keys: Keys = app.extensions["kiosk_keys"]
    with app.app_context():
        session = db.session()
        rows = tuple(people.delegates(session))
        codes = {
            badge.delegate.id: str(face["code"])
            for badge, face in zip(
                people.badges_in_force(session),
                badge_issue.badge_faces(session, key=keys.badge),
                strict=True,
            )
        }
    return Meeting(app=app, delegates=rows, codes=codes)


def authority_in(folder: Path) -> bytes | None:
    """The certificate that tablets of this instance trust."""
    found = known.authority(folder)
    return found.der if found else None


# -- a real server ---------------------------------------------------------------------------------

#: A cold start on two busy cores; a healthy one takes about a second.
PATIENCE = 60.0


def clean_environment(**more: str) -> dict[str, str]:
    """The environment of a child: no `KIOSK_…` of the person who runs the tests."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("KIOSK_")}
    return {**kept, **more}


@dataclass
class RunningServer:
    """`kiosk serve` in a process of its own; the test process is never monkey-patched."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    #: 0 lets the system choose; a test that starts the server again names the port it had.
    port: int = 0
    #: Most tests need this laptop alone; those of the encrypted door say so.
    options: tuple[str, ...] = ("--no-tls",)
    program: tuple[str, ...] = (sys.executable, "-m", "kiosk.cli")
    address: str = ""
    process: subprocess.Popen[bytes] | None = None
    _log: IO[bytes] | None = None

    @property
    def log(self) -> str:
        """What the server has written to both its outputs."""
        return self._log_file.read_text(encoding="utf-8", errors="replace")

    @property
    def _log_file(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.server.log")

    def start(self) -> RunningServer:
        """Start and wait until `/healthz` answers. Starting again after `kill` is allowed."""
        door = self.folder / "server.json"
        door.unlink(missing_ok=True)  # a killed server leaves its address behind
        self._log = self._log_file.open("ab")
        command = [*self.program, "--instance", str(self.folder), "serve"]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), *self.options],
            cwd=ROOT,
            env=clean_environment(PYTHONIOENCODING="utf-8", **self.environment),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        until = time.monotonic() + PATIENCE
        while not self._answers(door):
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise AssertionError(f"the server did not start:\n{self.log}")
            time.sleep(0.02)
        return self

    def _answers(self, door: Path) -> bool:
        try:
            self.address = str(loads(door.read_text(encoding="utf-8"))["address"])
            with fetch(f"{self.address}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (FileNotFoundError, JSONDecodeError, urllib.error.URLError, ConnectionError):
            return False

    def kill(self) -> None:
        """Pull the plug: no signal handler runs (SIGKILL; TerminateProcess on Windows)."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self._close_log()

    def stop(self) -> int:
        """End it as a technician does; returns its exit code."""
        if self.process is None:
            return 0
        self.process.terminate()
        try:
            code = self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self._close_log()
        return code

    def _close_log(self) -> None:
        if self._log is not None:
            self._log.close()
            self._log = None


def fetch(address: str, *, timeout: float = 10.0) -> Any:
    """GET over real HTTP, past any proxy of the environment."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return opener.open(address, timeout=timeout)


def run_kiosk(
    *arguments: str, folder: Path, stdin: str = "", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """`kiosk` as a technician types it, against one instance folder."""
    return subprocess.run(
        [sys.executable, "-m", "kiosk.cli", "--instance", str(folder), *arguments],
        cwd=ROOT,
        env=clean_environment(**environment),
        input=stdin.encode("utf-8"),
        capture_output=True,
        timeout=120,
        check=False,
    )


# -- growth, not speed -----------------------------------------------------------------------------


def ensure_linear(work: Callable[[int], object], *, small: int, times: int = 4) -> None:
    """Fail when `times` as much costs clearly more than `times` the processor: a square, a trap.

    Processor time of this process and its ratio, never seconds on a wall: machines are noisy. A
    linear reader stays near `times`; a quadratic one comes to `times` squared. The least of three
    is taken of each: what other programs add (caches, a slower core) is only ever added, and a
    square stays a square in every one of them.
    """
    work(small)  # what is loaded and compiled once is not growth
    little = max(min(_processor(work, small) for _ in range(3)), 0.02)
    much = _processor(work, small * times)
    for _ in range(2):
        if much < little * times * 2.5:
            return
        much = min(much, _processor(work, small * times))
    assert much < little * times * 2.5, f"{times} times as much cost {much / little:.1f} times"


def _processor(work: Callable[[int], object], size: int) -> float:
    begun = time.process_time()
    work(size)
    return time.process_time() - begun

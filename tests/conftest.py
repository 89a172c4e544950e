"""Shared ground: a temporary instance, the real application on it, browsers, a small meeting.

Everything is real except the cost of a password: real commits on a SQLite file of its own for each
test, the real factory, the real token against forged requests.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from support import ROSTER, ROSTER_NAME, Browser, Clock, Meeting, RunningServer, meeting_of

from kiosk import config, create_app, founding, instance
from kiosk.agenda import plan_import
from kiosk.conference import services as conferences
from kiosk.conference.plan.model import Plan
from kiosk.conference.plan.reader import read_plan
from kiosk.conference.roster.reader import read_roster
from kiosk.conference.roster.sheet import Sheet
from kiosk.config import Settings
from kiosk.core.access import THE_PROGRAM
from kiosk.core.db import db, writer
from kiosk.founding import real_plan
from kiosk.staff import services as staff


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hash passwords a thousand times cheaper than the hall does.

    WARNING: this weakens every sign-in of the test process. A test about the strength of stored
    passwords must look at `PasswordHasher(...)` in `kiosk.staff.services` itself or at a server of
    its own process (`serve`), which is never weakened.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staff, "_hasher", PasswordHasher(1, 8, 1))
        yield


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_the_person() -> Iterator[None]:
    """`KIOSK_…` variables of whoever runs the tests must not decide what they say."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(config.ENV)]:
            patch.delenv(name)
        yield


# -- one instance and the application on it --------------------------------------------------------


@pytest.fixture(scope="session")
def _empty_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once by the real `instance.create`; each test gets a copy and saves the migrations."""
    folder = tmp_path_factory.mktemp("made") / "instance"
    instance.create(config.load(folder))
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an instance folder that does not exist yet."""
    return config.load(tmp_path / "instance")


@pytest.fixture
def made_instance(settings: Settings, _empty_instance: Path) -> Path:
    """The folder of a new instance: keys and an empty database, nobody in it."""
    shutil.copytree(_empty_instance, settings.instance)
    return settings.instance


@pytest.fixture
def app(settings: Settings, made_instance: Path) -> Iterator[Flask]:
    """The real application on a new instance.

    No application context is open: a context around several requests would make them share `g`.
    Use `with app.app_context():` around services and queries alone.
    """
    made = create_app(settings)
    yield made
    close(made)


def close(app: Flask) -> None:
    """Give every connection back: on Windows an open file cannot be deleted."""
    with app.app_context():
        db.session.remove()
        writer().close()
        db.engine.dispose()


@pytest.fixture
def clock() -> Clock:
    """07:30 on 12 March 2026 in the hall, until the test moves it."""
    return Clock()


# -- browsers ------------------------------------------------------------------------------------


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """A browser that nobody knows."""
    return Browser(app)


@pytest.fixture
def signed_in(app: Flask) -> Callable[..., Browser]:
    """`signed_in(Role.SECRETARY)`: a new browser with an account of that role."""

    def make(role: str, *, name: str | None = None) -> Browser:
        return Browser(app).sign_in(role, name=name)

    return make


@pytest.fixture
def as_device(app: Flask) -> Callable[[str, str], Browser]:
    """`as_device(Kind.GATE, "Cổng 1")`: a new browser that is this device."""

    def make(kind: str, name: str) -> Browser:
        return Browser(app).pair(kind, name)

    return make


# -- a small meeting -------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _plan() -> Plan:
    name, data = real_plan()
    return read_plan(data, filename=name)


@pytest.fixture(scope="session")
def _sheet() -> Sheet:
    return read_roster(ROSTER.encode("utf-8"), filename=ROSTER_NAME)


@pytest.fixture
def meeting(app: Flask, clock: Clock, _plan: Plan, _sheet: Sheet) -> Meeting:
    """The real plan and a roster of thirteen, imported by the services; nothing opened yet."""
    with app.app_context():
        plan_name, plan_data = real_plan()
        plan_import.import_plan(
            _plan,
            file_name=plan_name,
            sha256=sha256(plan_data).hexdigest(),
            by=THE_PROGRAM,
            clock=clock,
        )
        conferences.import_roster(
            _sheet,
            data=ROSTER.encode("utf-8"),
            accept_rejected=False,
            key=app.extensions["kiosk_keys"].badge,
            by=THE_PROGRAM,
            clock=clock,
        )
    return meeting_of(app)


# -- a server of its own process -------------------------------------------------------------------


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[[Path], RunningServer]]:
    """`serve(folder)`: a real `kiosk serve` on that instance, stopped when the module is done."""
    started: list[RunningServer] = []

    def start(folder: Path, **environment: str) -> RunningServer:
        server = RunningServer(folder, environment=environment)
        started.append(server)
        return server.start()

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="module")
def hall_folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, founding.Made]:
    """An instance as `kiosk init --plan --roster` makes it, with its first account's password."""
    folder = tmp_path_factory.mktemp("hall") / "instance"
    made = founding.make_conference(
        config.load(folder), plan=real_plan(), roster=(ROSTER_NAME, ROSTER.encode("utf-8"))
    )
    return folder, made


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The Chromium, Chrome or Edge that `bootstrap.py` found; a missing one is a failure."""
    named = os.environ.get("BROWSER_FOR_TESTS", "")
    found = shutil.which(named) if named else None
    found = found or next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    assert found, "no browser: install Chromium, or name one in BROWSER_FOR_TESTS"
    return found

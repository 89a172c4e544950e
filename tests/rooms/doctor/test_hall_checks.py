"""What the rooms and the laptop tell of themselves, and how the sheet sums it up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from filelock import FileLock
from flask import Flask
from go_no_go import Sheet
from sqlalchemy import text
from support import PASSWORD, Browser, Clock, Meeting

from kiosk import config, create_app, instance
from kiosk.checkin import services as door
from kiosk.conference import badge_issue, committees, duties
from kiosk.conference.committees import Committee
from kiosk.core.access import THE_PROGRAM, Actor, Kind, Role
from kiosk.core.checks import State
from kiosk.core.db import db, unit_of_work
from kiosk.devices.pulse import Beat, pulses
from kiosk.doctor import laptop, services
from kiosk.staff import services as staff

LAN = Actor(kind="staff", id=1, name="Lan")

#: 06:45 in the hall, on the day of the conference and a day before.
MORNING = datetime(2026, 3, 11, 23, 45, tzinfo=UTC)
DAY = date(2026, 3, 12)


def write(app: Flask, statement: str, **values: object) -> None:
    with app.app_context(), unit_of_work() as session:
        session.execute(text(statement), values)


# -- the sheet itself ------------------------------------------------------------------------------


def test_an_empty_instance_is_no_go_and_every_subject_says_why(sheet: Sheet, app: Flask) -> None:
    found = sheet.now()
    assert not found.is_ready
    assert found.word("vi").startswith("CẦN SỬA ")
    codes = {line.finding.code for line in found.lines}
    assert "check_failed" not in codes
    assert {"plan_none", "roster_empty", "agenda_empty", "not_measured", "server_off"} <= codes
    # Not one line of what was not measured is good, and one line says what to do about all of it.
    unmeasured = [line for line in found.lines if line.check.measured]
    assert {line.finding.code for line in unmeasured} == {"not_measured_yet"}
    assert {line.state for line in unmeasured} == {"unknown"}
    assert sum("not_measured" in todo.lines[0].finding.code for todo in found.to_mend) == 1


@pytest.mark.usefixtures("served")
def test_a_hall_in_which_everything_is_told_is_ready(
    *,
    sheet: Sheet,
    app: Flask,
    meeting: Meeting,
    as_device: Callable[[str, str], Browser],
    power_tells: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The whole way to SẴN SÀNG; then each single thing takes it away again."""
    with time_machine.travel(MORNING, tick=False):
        prepare(app, meeting)
        gate = as_device(Kind.GATE, "Cổng 1")
        as_device(Kind.TABLET, "Bảng 1").get("/tablet")
        as_device(Kind.PROJECTOR, "Máy chiếu").get("/projector")
        gate.get("/gate")
        page = app.extensions["kiosk_live"].version
        for device in (1, 2, 3):
            app.extensions["kiosk_pulses"].heard(device, Beat(battery=90, page=page))
        tried = ((1, "sound"), (1, "scan"), (2, "touch"), (2, "camera"), (3, "picture"))
        with app.app_context():
            for device, part in tried:
                services.record_self_test(device, part, True, LAN)
            for part in ("clock", "print", "sleep"):
                services.record_self_test(None, part, True, LAN)
        power_tells(plugged=True, has_battery=True, level=90)
        sheet.measured()
        copies_are_fine(app, monkeypatch)

        found = sheet.now()
        assert [todo.texts("vi") for todo in found.to_mend] == []
        assert found.is_ready
        assert (found.word("vi"), found.word("en")) == ("SẴN SÀNG", "READY")

        power_tells()
        found = sheet.now()
        assert (found.word("vi"), found.word("en")) == ("CẦN SỬA 1 VIỆC", "1 THING TO MEND")
        with app.app_context():
            services.record_self_test(None, "power", True, LAN)
        assert sheet.now().is_ready

        sheet.measured(machine__space="space_none", network__route="route_found")
        found = sheet.now()
        assert [todo.check.key for todo in found.to_mend] == ["machine.space"]
        assert "network.route" in [todo.check.key for todo in found.to_read]
        sheet.measured()

        with app.app_context():
            services.record_self_test(1, "sound", False, LAN)
        assert [todo.texts("vi") for todo in sheet.now().to_mend] == [
            ["Cổng 1: loa chưa đạt (Lan, 06:45)"]
        ]

    # Yesterday's taps, yesterday's tests, yesterday's measurement: nobody knows.
    with time_machine.travel(MORNING + timedelta(days=1), tick=False):
        keys = [todo.check.key for todo in sheet.now().to_mend]
        assert {"machine.measured", "machine.clock", "paper.printer", "devices.tests"} <= set(keys)
        assert sheet.codes("machine.measured") == ["measured_before"]


def copies_are_fine(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.backup import checks as backup
    from kiosk.backup.rules import Worry

    monkeypatch.setitem(backup._OF_WORRY, Worry.OLD, "copies_fine")
    monkeypatch.setitem(backup._OF_WORRY, Worry.WAITING, "copies_fine")
    keeper = app.extensions["kiosk_backup"]
    keeper._waiting = True


def prepare(app: Flask, meeting: Meeting) -> None:
    """Everything that a secretary prepares before the day."""
    write(app, "UPDATE conference SET day = :day, hour = '08:00', plan = '{}'", day=DAY.isoformat())
    with app.app_context():
        for role in (Role.CHAIR, Role.SECRETARY, Role.TECHNICIAN, Role.DESK):
            staff.add_account(name=f"của {role}", role=role, password=PASSWORD, by=THE_PROGRAM)
        lan = meeting.person("Phạm Thị Lan").id
        for body in Committee:
            committees.add_member(committee=body, delegate_id=lan, by=LAN)
        for member in committees.members(db.session()):
            committees.make_head(member_id=member.id, by=LAN)
        for duty in duties.checklist(db.session()).duties:
            duties.set_done(duty_id=duty.id, done=True, by=LAN)
        door.fix_base(count=12, kind="delegates", reason="", by=LAN)
        badge_issue.note_badges_printed(count=13, by=LAN)


def test_a_measured_check_that_the_worker_did_not_answer_is_not_good(sheet: Sheet) -> None:
    sheet.measured()
    last = sheet.doctor.last
    assert last is not None
    sheet.doctor.last = type(last)(
        at=last.at,
        by_name="",
        findings={key: each for key, each in last.findings.items() if key != "paper.fonts"},
    )
    found = sheet.one("paper.fonts")
    assert (found.code, found.state) == ("check_silent", State.UNKNOWN)


# -- rooms -----------------------------------------------------------------------------------------


def test_open_points_of_plan_and_agenda(sheet: Sheet, app: Flask, meeting: Meeting) -> None:
    assert sheet.codes("people.plan") == ["plan_no_day", "plan_no_hour"]
    assert sheet.codes("people.agenda") == ["agenda_there"]
    write(app, "UPDATE conference SET day = '2026-03-12', hour = '08:00', venue = ''")
    assert sheet.codes("people.plan") == ["plan_no_venue", "plan_set"]
    write(app, """UPDATE conference SET plan = '{"doubts": [{"line": 3}, {"line": 4}]}'""")
    assert "plan_doubts" in sheet.codes("people.plan")
    write(app, "DELETE FROM agenda_item")
    assert sheet.codes("people.agenda") == ["agenda_empty"]


def test_open_points_of_the_roster(sheet: Sheet, app: Flask, meeting: Meeting) -> None:
    found = sheet.codes("people.roster")
    assert found[0] == "roster_counted"
    assert "badges_not_printed" in found
    write(app, "UPDATE delegate SET title = 'Kế toán trưởng' WHERE id = 1")
    assert "bars_undecided" in sheet.codes("people.roster")  # R7
    write(app, "UPDATE badge SET revoked_at = '2026-03-01', revoke_reason = 'x' WHERE id = 1")
    assert "badges_missing" in sheet.codes("people.roster")
    write(app, "UPDATE roster_import SET rejected = 3")
    assert "roster_rejected" in sheet.codes("people.roster")
    write(app, "UPDATE delegate SET counts_for_quorum = 0")
    assert "roster_nobody_counts" in sheet.codes("people.roster")


def test_the_number_convened(sheet: Sheet, app: Flask, meeting: Meeting) -> None:
    assert sheet.codes("people.base") == ["base_open"]
    with app.app_context():
        door.fix_base(count=12, kind="delegates", reason="", by=LAN)
    found = sheet.one("people.base")
    assert (found.code, found.facts["needed"]) == ("base_fixed", 8)
    write(app, "UPDATE delegate SET counts_for_quorum = 0 WHERE id = 1")
    assert sheet.codes("people.base") == ["base_overtaken"]


def test_bodies_and_duties(sheet: Sheet, app: Flask, meeting: Meeting) -> None:
    assert sheet.codes("people.bodies") == [
        "body_empty", "body_empty", "body_later", "body_later",
    ]  # fmt: skip
    with app.app_context():
        committees.add_member(
            committee=Committee.PRESIDIUM, delegate_id=meeting.delegates[0].id, by=LAN
        )
    assert sheet.codes("people.bodies")[0] == "body_without_head"
    assert sheet.codes("people.duties") == ["duties_open"]
    write(app, "UPDATE duty SET due = '2026-03-01' WHERE id = 1")
    assert sheet.one("people.duties").facts["overdue"] == 1


def test_accounts_that_are_missing_or_shared(
    sheet: Sheet, app: Flask, signed_in: Callable[..., Browser]
) -> None:
    assert sheet.codes("people.accounts") == [
        "accounts_no_chair",
        "accounts_no_secretary",
        "accounts_no_technician",
        "accounts_no_desk",
    ]
    first = signed_in(Role.SECRETARY)
    signed_in(Role.CHAIR)
    assert "accounts_there" in sheet.codes("people.accounts")
    second = Browser(app)
    second.post("/sign-in", {"name": f"thử {Role.SECRETARY}", "password": PASSWORD}, fragment=False)
    with app.app_context():
        (shared,) = [
            line.finding for line in sheet.now().lines if line.finding.code == "account_shared"
        ]
    assert shared.facts == {"name": f"thử {Role.SECRETARY}", "count": 2}
    first.post("/sign-out", fragment=False)
    assert "account_shared" not in sheet.codes("people.accounts")


def test_copies_without_a_server_are_told_so(sheet: Sheet, app: Flask) -> None:
    assert sheet.codes("copies.last") == ["copies_none"]


# -- the laptop ------------------------------------------------------------------------------------


def test_a_clock_in_the_past_is_found(sheet: Sheet, app: Flask, meeting: Meeting) -> None:
    with time_machine.travel(datetime(1999, 1, 1, tzinfo=UTC), tick=False):
        found = sheet.one("machine.clock")
    assert found.code == "clock_before_program"
    # The book's last line was written at 07:30 of 12 March (the clock of the fixture).
    with time_machine.travel(datetime(2026, 3, 12, 0, 29, tzinfo=UTC), tick=False):
        found = sheet.one("machine.clock")
    assert found.code == "clock_before_book"
    assert found.facts["last"] == "07:30, 12/03/2026"
    with time_machine.travel(datetime(2026, 3, 12, 0, 31, tzinfo=UTC), tick=False):
        assert "clock_plausible" in sheet.codes("machine.clock")


def test_the_zone_of_the_laptop_is_looked_at(sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laptop, "own_offset", lambda now: timedelta(hours=5, minutes=30))
    found = sheet.now()
    (zone,) = [line.finding for line in found.lines if line.finding.code == "clock_zone"]
    assert zone.facts["zone"] == "UTC+5:30"
    monkeypatch.setattr(laptop, "own_offset", lambda now: timedelta(hours=7))
    assert sheet.codes("machine.clock") == ["clock_plausible"]


@pytest.mark.parametrize(
    ("part", "key", "before", "yes", "no"),
    [
        ("clock", "machine.clock", "clock_plausible", "clock_right", "clock_wrong"),
        ("print", "paper.printer", "printer_unknown", "printer_prints", "printer_fails"),
        ("sleep", "machine.sleep", "sleep_unknown", "sleep_off", "sleep_on"),
        ("power", "machine.power", "power_unknown", "power_vouched", "power_denied"),
    ],
)
def test_a_tap_counts_today_and_names_who(
    *,
    sheet: Sheet,
    app: Flask,
    power_tells: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    key: str,
    before: str,
    yes: str,
    no: str,
) -> None:
    power_tells()
    monkeypatch.setattr(laptop, "own_offset", lambda now: timedelta(hours=7))
    with time_machine.travel(MORNING, tick=False) as now:
        assert sheet.codes(key) == [before]
        for ok, code in ((True, yes), (False, no), (True, yes)):
            with app.app_context():
                services.record_self_test(None, part, ok, LAN)
            found = sheet.one(key)
            assert found.code == code
            assert found.facts["by"] == "Lan"
            assert found.facts["at"] == "06:45"
            now.shift(1)
        now.shift(timedelta(hours=17, minutes=16))
        assert sheet.codes(key) == [before]


def test_a_rehearsal_on_the_day_is_red(settings: config.Settings) -> None:
    chosen = config.load(settings.instance, rehearsal=True)
    instance.create(chosen, rehearsal=True)
    app = create_app(chosen)
    try:
        write(
            app,
            "INSERT INTO conference (id, code, title, title_block, host, venue, address, place,"
            " day, seated, plan, plan_file, plan_sha256) VALUES (1, 'x', 'x', '[]', '', '', '', '',"
            " '2026-03-12', '[]', '{}', '', '')",
        )
        sheet = Sheet(app)
        assert sheet.codes("machine.mode", at=MORNING) == ["mode_rehearsal_today"]
        assert sheet.codes("machine.mode", at=MORNING - timedelta(days=1)) == ["mode_rehearsal"]
        assert sheet.now(at=MORNING).is_rehearsal
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        app.extensions["kiosk_writer"].close()


def test_a_server_that_runs_one_that_hangs_and_none(
    sheet: Sheet, app: Flask, settings: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sheet.codes("network.server") == ["server_off"]
    with FileLock(settings.instance / instance.LOCK):
        assert sheet.codes("network.server") == ["server_silent"]


# -- devices ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("served")
def test_devices_are_paired_heard_and_tried(
    sheet: Sheet, app: Flask, as_device: Callable[[str, str], Browser], clock: Clock
) -> None:
    assert sheet.codes("devices.fleet") == [
        "fleet_no_gate", "fleet_no_projector", "fleet_no_tablet",
    ]  # fmt: skip
    gate = as_device(Kind.GATE, "Cổng 1")
    with app.app_context():
        pulses().forget(1)  # as after a restart
    assert "device_unheard" in sheet.codes("devices.fleet")
    gate.get("/gate")
    # That a page was loaded tells neither its version nor the battery.
    assert "device_page_unknown" in sheet.codes("devices.fleet")
    page = app.extensions["kiosk_live"].version
    app.extensions["kiosk_pulses"].heard(1, Beat(page=page))
    found = next(f for f in sheet.now().lines if f.finding.code == "device_battery_unknown")
    assert (found.state, found.stops) == ("unknown", False)
    assert found.finding.text("vi").endswith("không rõ pin")
    app.extensions["kiosk_pulses"].heard(1, Beat(battery=80, page=page))
    assert "device_heard" in sheet.codes("devices.fleet")
    found = sheet.one("devices.tests")
    assert found.code == "tests_missing"
    assert found.text("vi") == "Cổng 1: hôm nay chưa thử loa, máy quét, máy ảnh"
    assert found.text("en") == "Cổng 1: sound, scanner, camera not tried today"


def test_devices_of_a_hall_that_is_not_served_are_not_known(
    sheet: Sheet, as_device: Callable[[str, str], Browser]
) -> None:
    as_device(Kind.GATE, "Cổng 1").get("/gate")
    assert "device_unheard" in sheet.codes("devices.fleet")

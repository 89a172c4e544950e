"""Devices: an address that works once, a cookie that ends at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from support import Clock

from kiosk.core import audit, tokens
from kiosk.core.access import THE_PROGRAM
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.devices import queries, services
from kiosk.devices.pulse import Pulses

KEY = bytes(range(32))


@pytest.fixture
def hall(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


def add(clock: Clock, name: str = "Cổng 1", kind: str = "gate") -> services.Added:
    return services.add_device(kind=kind, name=name, by=THE_PROGRAM, key=KEY, clock=clock)


def pair(added: services.Added, clock: Clock) -> services.Paired:
    return services.pair(ticket=added.ticket, key=KEY, clock=clock)


def behind(token: str) -> queries.Known | None:
    db.session.rollback()
    return queries.device_of(db.session(), tokens.stored(KEY, token, purpose="device"))


def test_a_one_time_address_makes_a_browser_the_device(hall: Flask, clock: Clock) -> None:
    added = add(clock)
    paired = pair(added, clock)
    assert behind(paired.token) == queries.Known(added.id, "gate", "Cổng 1")
    assert (paired.kind, paired.name) == ("gate", "Cổng 1")


def test_an_address_works_once(hall: Flask, clock: Clock) -> None:
    added = add(clock)
    first = pair(added, clock)
    with pytest.raises(Refused, match="pairing_address_spent"):
        pair(added, clock)
    assert behind(first.token) is not None, "a second try must not unpair the first"


def test_eight_browsers_with_one_address_become_one_device(hall: Flask, clock: Clock) -> None:
    added, start = add(clock), Barrier(8)

    def browser(_number: int) -> str:
        with hall.app_context():
            start.wait(timeout=10)
            try:
                return pair(added, clock).token
            except Refused as refused:
                return refused.code

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(browser, range(8)))
    assert results.count("pairing_address_spent") == 7


def test_an_address_ends_after_a_day(hall: Flask, clock: Clock) -> None:
    late, in_time = add(clock, "Cổng 1"), add(clock, "Cổng 2")
    clock.later(hours=23, minutes=59)
    pair(in_time, clock)
    clock.later(minutes=1)
    with pytest.raises(Refused, match="pairing_address_spent"):
        pair(late, clock)


def test_a_renewed_address_ends_the_old_address_and_the_old_cookie(
    hall: Flask, clock: Clock
) -> None:
    added = add(clock)
    old = pair(added, clock)
    renewed = services.renew_address(device_id=added.id, by=THE_PROGRAM, key=KEY, clock=clock)
    assert behind(old.token) is None
    again = services.renew_address(device_id=added.id, by=THE_PROGRAM, key=KEY, clock=clock)
    with pytest.raises(Refused, match="pairing_address_spent"):
        pair(renewed, clock)
    assert behind(pair(again, clock).token) is not None


def test_a_revoked_device_is_a_stranger_at_once_and_for_ever(hall: Flask, clock: Clock) -> None:
    added = add(clock)
    paired = pair(added, clock)
    services.revoke_device(device_id=added.id, by=THE_PROGRAM, clock=clock)
    assert behind(paired.token) is None
    for act in (
        lambda: services.revoke_device(device_id=added.id, by=THE_PROGRAM),
        lambda: services.renew_address(device_id=added.id, by=THE_PROGRAM, key=KEY),
    ):
        with pytest.raises(Refused, match="device_revoked"):
            act()


def test_an_address_of_a_revoked_device_opens_nothing(hall: Flask, clock: Clock) -> None:
    added = add(clock)
    services.revoke_device(device_id=added.id, by=THE_PROGRAM, clock=clock)
    with pytest.raises(Refused, match="pairing_address_spent"):
        pair(added, clock)


def test_a_name_in_use_is_taken_and_a_revoked_one_is_free_again(hall: Flask, clock: Clock) -> None:
    added = add(clock)
    for same in ("Cổng 1", "CỔNG 1", " cổng\u00a01 ", unicodedata.normalize("NFD", "Cổng 1")):
        with pytest.raises(Refused, match="device_exists"):
            add(clock, same)
    services.revoke_device(device_id=added.id, by=THE_PROGRAM, clock=clock)
    assert add(clock, "cổng 1").id != added.id


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("", "gate", "device_name_wrong"),
        (" \0\u200b ", "gate", "device_name_wrong"),
        ("x" * 41, "gate", "device_name_wrong"),
        ("\u0421ổng 1", "gate", "device_name_letters"),
        ("C" + "\u0301" * 39, "gate", "device_name_letters"),
        ("Cổng 1", "desk", "device_kind_unknown"),
        ("Cổng 1", "", "device_kind_unknown"),
        ("Cổng 1", "x" * 100_000, "device_kind_unknown"),
    ],
)
def test_a_wrong_device_is_refused_and_nothing_is_stored(
    hall: Flask, clock: Clock, name: str, kind: str, code: str
) -> None:
    with pytest.raises(Refused) as said:
        add(clock, name, kind)
    assert said.value.code == code
    assert all(len(str(fact)) < 50 for fact in said.value.facts.values())
    assert queries.devices(db.session()) == []


@pytest.mark.parametrize("ticket", ["", "x", "\0", "../../etc", "ế" * 50, "x" * 1_000_000])
def test_a_guessed_address_opens_nothing(hall: Flask, clock: Clock, ticket: str) -> None:
    add(clock)
    with pytest.raises(Refused, match="pairing_address_spent"):
        services.pair(ticket=ticket, key=KEY, clock=clock)


def test_no_address_and_no_cookie_is_stored_or_written_into_the_book(
    hall: Flask, clock: Clock
) -> None:
    added = add(clock)
    paired = pair(added, clock)
    db.session.rollback()
    file = db.engine.url.database
    assert file is not None
    with open(file, "rb") as main, open(f"{file}-wal", "rb") as log:
        stored = main.read() + log.read()
    assert added.ticket.encode() not in stored
    assert paired.token.encode() not in stored
    assert [line.event for line in audit.read(db.session())] == [
        "devices:device:added",
        "devices:device:paired",
    ]


def test_the_list_puts_trouble_first(hall: Flask, clock: Clock) -> None:
    names = ["chờ", "im lặng", "tốt", "thu hồi"]
    added = {name: add(clock, name) for name in names}
    for name in names[1:]:
        pair(added[name], clock)
    services.revoke_device(device_id=added["thu hồi"].id, by=THE_PROGRAM)
    now = 0.0
    pulses = hall.extensions["kiosk_pulses"] = Pulses(ticking=lambda: now)
    pulses.heard(added["im lặng"].id)
    now = 20.0
    pulses.heard(added["tốt"].id)
    db.session.rollback()
    rows = queries.devices(db.session())
    assert [(row.name, row.state) for row in rows] == [
        ("im lặng", "silent"),
        ("chờ", "waiting"),
        ("tốt", "fine"),
        ("thu hồi", "revoked"),
    ]


# -- named, re-roled, told -------------------------------------------------------------------------


def known(paired: services.Paired) -> queries.Known:
    found = behind(paired.token)
    assert found is not None
    return found


def test_a_renamed_device_keeps_its_cookie_and_its_old_name_is_free(
    hall: Flask, clock: Clock
) -> None:
    paired = pair(add(clock, "Cổng 1"), clock)
    services.rename_device(device_id=paired.id, name=" Cổng phía Tây ", by=THE_PROGRAM)
    assert known(paired).name == "Cổng phía Tây"
    assert add(clock, "Cổng 1").id != paired.id
    with pytest.raises(Refused, match="device_exists"):
        services.rename_device(device_id=paired.id, name="CỔNG 1", by=THE_PROGRAM)
    services.rename_device(device_id=paired.id, name="Cổng phía Tây", by=THE_PROGRAM)
    services.rename_device(device_id=paired.id, name="cổng phía tây", by=THE_PROGRAM)


def test_one_spelling_of_a_name_is_stored_whatever_the_keyboard_sent(
    hall: Flask, clock: Clock
) -> None:
    paired = pair(add(clock), clock)
    name = "Bàn bà Nguyễn Thị Hồng Nhung"
    services.rename_device(
        device_id=paired.id, name=unicodedata.normalize("NFD", name), by=THE_PROGRAM
    )
    assert known(paired).name == name


def test_a_re_roled_device_keeps_its_cookie_and_forgets_what_the_old_kind_was_told(
    hall: Flask, clock: Clock
) -> None:
    paired = pair(add(clock, "Cổng 1"), clock)
    services.set_direction(device_id=paired.id, direction="out", by=THE_PROGRAM)
    services.change_kind(device_id=paired.id, kind="tablet", by=THE_PROGRAM)
    assert known(paired).kind == "tablet"
    assert queries.gates_out(db.session()) == []
    services.tell_tablet(device_id=paired.id, task="gate", acts=["gate"], by=THE_PROGRAM)
    assert known(paired).is_gate
    services.change_kind(device_id=paired.id, kind="projector", by=THE_PROGRAM)
    assert not known(paired).is_gate
    services.change_kind(device_id=paired.id, kind="tablet", by=THE_PROGRAM)
    assert known(paired).task == "follow"


def test_a_tablet_is_told_what_exists_and_only_a_tablet_is(hall: Flask, clock: Clock) -> None:
    tablet, gate = add(clock, "Bảng 1", "tablet"), add(clock, "Cổng 1")
    for task, code in (
        ("ballot", "task_unknown"),
        ("", "task_unknown"),
        ("x" * 999, "task_unknown"),
    ):
        with pytest.raises(Refused, match=code):
            services.tell_tablet(device_id=tablet.id, task=task, acts=["idle"], by=THE_PROGRAM)
    with pytest.raises(Refused, match="device_no_tablet"):
        services.tell_tablet(device_id=gate.id, task="idle", acts=["idle"], by=THE_PROGRAM)


def test_all_tablets_are_told_in_one_act_and_nobody_else(hall: Flask, clock: Clock) -> None:
    tablets = [pair(add(clock, f"Bảng {number}", "tablet"), clock) for number in range(3)]
    gate = pair(add(clock, "Cổng 1"), clock)
    services.revoke_device(device_id=tablets[2].id, by=THE_PROGRAM)
    tell = {"task": "idle", "acts": ["idle"], "by": THE_PROGRAM}
    assert services.tell_all_tablets(**tell) == 2
    assert services.tell_all_tablets(**tell) == 0, "a second press changes nothing"
    assert [known(each).task for each in (*tablets[:2], gate)] == ["idle", "idle", "follow"]
    lines = [line for line in audit.read(db.session()) if line.event == "devices:tablets:told"]
    assert [line.facts for line in lines] == [{"count": 2, "task": "idle"}]


@pytest.mark.parametrize(
    "act",
    [
        lambda number: services.rename_device(device_id=number, name="x", by=THE_PROGRAM),
        lambda number: services.change_kind(device_id=number, kind="gate", by=THE_PROGRAM),
        lambda number: services.tell_tablet(
            device_id=number, task="follow", acts=[], by=THE_PROGRAM
        ),
    ],
)
def test_a_revoked_device_and_one_that_is_not_there_are_told_nothing(
    hall: Flask, clock: Clock, act: Callable[[int], None]
) -> None:
    added = add(clock)
    services.revoke_device(device_id=added.id, by=THE_PROGRAM)
    with pytest.raises(Refused, match="device_revoked"):
        act(added.id)
    with pytest.raises(Refused, match="device_unknown"):
        act(77)


def test_every_act_is_one_line_of_the_book_and_a_repeat_is_none(hall: Flask, clock: Clock) -> None:
    added = add(clock, "Bảng 1", "tablet")
    for _ in range(2):
        services.rename_device(device_id=added.id, name="Bảng A", by=THE_PROGRAM)
        services.tell_tablet(device_id=added.id, task="idle", acts=["idle"], by=THE_PROGRAM)
        services.change_kind(device_id=added.id, kind="gate", by=THE_PROGRAM)
        services.change_kind(device_id=added.id, kind="gate", by=THE_PROGRAM)
        with pytest.raises(Refused):
            services.tell_tablet(device_id=added.id, task="idle", acts=["idle"], by=THE_PROGRAM)
        services.change_kind(device_id=added.id, kind="tablet", by=THE_PROGRAM)
        services.tell_tablet(device_id=added.id, task="follow", acts=[], by=THE_PROGRAM)
    events = [line.event.partition(":")[2] for line in audit.read(db.session())][1:]
    once = ["device:renamed", "tablet:told", "device:kind_changed", "device:kind_changed"]
    assert events == [*once, *once[1:]]

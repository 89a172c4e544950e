"""Devices: an address that works once, a cookie that ends at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
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
    queries._heard.clear()
    queries.heard(added["tốt"].id)
    db.session.rollback()
    rows = queries.devices(db.session())
    assert [(row.name, row.state) for row in rows] == [
        ("im lặng", "silent"),
        ("chờ", "waiting"),
        ("tốt", "fine"),
        ("thu hồi", "revoked"),
    ]

"""The certificate follows the addresses of the laptop while the hall is served.

The certificates are real, made by the real job in a process of its own; only the addresses are
told instead of asked of the system.
"""

from __future__ import annotations

import logging
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from support import Clock

from kiosk.backup import rules as copies
from kiosk.config import Settings
from kiosk.core.audit import BookLine
from kiosk.core.checks import Scene
from kiosk.core.clock import utc_now
from kiosk.core.db import db
from kiosk.core.doors import Hall
from kiosk.core.errors import Refused
from kiosk.tls import addresses, authority, checks, known, rules, store
from kiosk.tls.keeper import Keeper
from kiosk.tls.rules import Wanted

#: Where a laptop's clock begins when its little battery is empty.
LONG_AGO = datetime(2015, 1, 1, 7, tzinfo=UTC)


class Laptop:
    """A laptop whose addresses a test decides, and the keeper of its certificate."""

    def __init__(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app = app
        self.here: tuple[str, ...] = ()
        self.heard: list[Hall] = []
        # The job that makes certificates has the real time.
        self.clock = Clock(utc_now())
        monkeypatch.setattr(addresses, "hostname", lambda: "PC1")
        self.keeper = self.new_keeper()

    def new_keeper(self) -> Keeper:
        keeper = Keeper(self.app, clock=self.clock)
        keeper.addresses = lambda: self.here
        keeper.told = self.heard.append
        self.app.extensions["kiosk_hall"] = Hall()
        return keeper

    def ready(self, *here: str) -> None:
        self.here = here
        self.keeper.ready(http_port=8080, https_port=8443)

    @property
    def hall(self) -> Hall:
        found: Hall = self.app.extensions["kiosk_hall"]
        return found

    def issued(self) -> rules.Issued:
        found = store.issued(self.keeper.instance)
        assert found is not None
        return found

    def book(self) -> list[tuple[str, dict[str, object]]]:
        with self.app.app_context():
            rows = db.session.execute(
                select(BookLine.event, BookLine.facts)
                .where(BookLine.event.like("tls:%"))
                .order_by(BookLine.seq)
            )
            return [(row.event, row.facts) for row in rows]


@pytest.fixture
def laptop(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Laptop:
    return Laptop(app, monkeypatch)


def test_the_first_start_makes_an_authority_and_a_leaf_and_says_where_the_hall_is(
    laptop: Laptop,
) -> None:
    laptop.ready("192.168.1.10", "10.0.0.5")
    assert laptop.hall.encrypted == ("https://192.168.1.10:8443", "https://10.0.0.5:8443")
    assert laptop.hall.trust[0] == "http://192.168.1.10:8080/trust"
    assert laptop.hall.hosts == {"192.168.1.10", "10.0.0.5", "pc1.local", "pc1"}
    assert len(laptop.hall.fingerprint) == 64
    assert set(laptop.app.config["TRUSTED_HOSTS"]) == laptop.hall.hosts | {"127.0.0.1", "localhost"}
    (made, facts), (issued, carried) = laptop.book()
    assert (made, issued) == ("tls:authority:made", "tls:certificate:made")
    assert facts == {"fingerprint": laptop.hall.fingerprint}
    assert carried["addresses"] == ["192.168.1.10", "10.0.0.5"]
    assert carried["why"] == "none"


def test_the_usual_ports_are_left_out_of_the_addresses(laptop: Laptop) -> None:
    laptop.here = ("192.168.1.10",)
    laptop.keeper.ready(http_port=80, https_port=443)
    assert laptop.hall.encrypted == ("https://192.168.1.10",)
    assert laptop.hall.trust == ("http://192.168.1.10/trust",)


def test_a_new_start_keeps_authority_and_leaf(laptop: Laptop) -> None:
    laptop.ready("192.168.1.10")
    files = [laptop.keeper.instance / name for name in (store.AUTHORITY, store.CERTIFICATE)]
    before, mark = [file.read_bytes() for file in files], laptop.hall.fingerprint
    laptop.keeper = laptop.new_keeper()
    laptop.ready("192.168.1.10")
    assert [file.read_bytes() for file in files] == before
    assert laptop.hall.fingerprint == mark
    assert len(laptop.book()) == 2


def test_a_new_address_renews_the_leaf_and_one_that_is_gone_does_not(laptop: Laptop) -> None:
    laptop.ready()
    assert laptop.hall.https_port == 8443
    assert laptop.hall.encrypted == ()
    first, authority = laptop.keeper.present_context(), laptop.hall.fingerprint
    laptop.here = ("192.168.1.10",)
    assert laptop.keeper.turn()
    assert laptop.issued().addresses == ("192.168.1.10",)
    assert laptop.keeper.present_context() is not first
    assert laptop.hall.fingerprint == authority
    assert laptop.heard[-1].best == "https://192.168.1.10:8443"
    second = laptop.keeper.present_context()
    laptop.here = ()
    assert laptop.keeper.turn()
    assert laptop.keeper.present_context() is second
    assert laptop.hall.hosts == {"pc1.local", "pc1"}
    assert "192.168.1.10" not in laptop.app.config["TRUSTED_HOSTS"]
    laptop.here = ("192.168.1.10",)
    assert laptop.keeper.turn()
    assert laptop.keeper.present_context() is second
    assert [facts.get("why") for _, facts in laptop.book()] == [None, "none", "address"]


def test_a_leaf_near_its_end_is_renewed_under_the_same_authority(laptop: Laptop) -> None:
    laptop.ready("192.168.1.10")
    authority = laptop.issued().authority
    laptop.clock.later(days=90)
    laptop.keeper = laptop.new_keeper()
    laptop.ready("192.168.1.10")
    assert laptop.book()[-1][1]["why"] == "time"
    assert laptop.issued().authority == authority


def test_a_clock_that_was_set_back_behind_the_leaf_makes_a_new_one(laptop: Laptop) -> None:
    laptop.ready("192.168.1.10")
    laptop.clock.later(days=-rules.LEAF_BACK / timedelta(days=1) - 1)
    laptop.keeper = laptop.new_keeper()
    laptop.ready("192.168.1.10")
    assert laptop.book()[-1][1]["why"] == "time"


def test_a_clock_that_is_put_right_while_the_hall_goes_on_is_seen_at_the_next_look(
    laptop: Laptop,
) -> None:
    """Not an hour later: until then no device would take the certificate."""
    laptop.ready("192.168.1.10")
    before = laptop.keeper.present_context()
    laptop.clock.later(seconds=59)
    assert laptop.keeper.turn()
    assert laptop.keeper.present_context() is before
    laptop.clock.later(days=100)
    assert laptop.keeper.turn()
    assert laptop.keeper.present_context() is not before
    assert laptop.book()[-1][1]["why"] == "time"


def test_small_steps_of_the_clock_add_up(laptop: Laptop) -> None:
    laptop.ready("192.168.1.10")
    looks = []
    laptop.keeper.told = lambda _hall: None
    real = store.issued
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "issued", lambda folder: (looks.append(1), real(folder))[1])
        for _ in range(4):
            laptop.clock.later(seconds=25)
            assert laptop.keeper.turn()
    assert len(looks) == 1


def test_no_authority_is_made_under_an_impossible_clock(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="clock_impossible"):
        authority.make_authority(tmp_path, hostname="PC1", now=LONG_AGO)
    assert list(tmp_path.glob("*.pem*")) == []


def test_an_authority_made_under_a_clock_of_long_ago_is_replaced_and_booked(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = laptop.keeper.instance
    with monkeypatch.context() as earlier:
        earlier.setattr(rules, "RELEASED", LONG_AGO)
        dead = authority.make_authority(folder, hostname="PC1", now=LONG_AGO)
        authority.make_leaf(folder, Wanted(("localhost",), ()), now=LONG_AGO)
    laptop.ready("192.168.1.10")
    found = known.authority(folder)
    assert found is not None
    assert found.mark == laptop.hall.fingerprint != dead.mark
    assert found.holds(utc_now())
    assert [facts.get("why") for _, facts in laptop.book()] == [None, "authority"]
    # Nobody throws a key away without being asked.
    assert (folder / f"authority-{dead.mark[:8]}.old.pem").exists()


def test_the_clock_put_right_while_serving_replaces_a_dead_authority_too(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, today = laptop.keeper.instance, laptop.clock.now
    with monkeypatch.context() as earlier:
        earlier.setattr(rules, "RELEASED", LONG_AGO)
        dead = authority.make_authority(folder, hostname="PC1", now=LONG_AGO)
        wanted = Wanted(rules.names_of("PC1", permitted_bare="pc1"), ("192.168.1.10",))
        authority.make_leaf(folder, wanted, now=LONG_AGO)
    laptop.clock.now = LONG_AGO
    laptop.ready("192.168.1.10")
    assert laptop.hall.fingerprint == dead.mark
    laptop.clock.now = today
    assert laptop.keeper.turn()
    assert laptop.hall.fingerprint != dead.mark


def test_an_authority_that_does_not_hold_now_is_kept_and_said(
    laptop: Laptop, caplog: pytest.LogCaptureFixture
) -> None:
    laptop.ready("192.168.1.10")
    mark = laptop.hall.fingerprint
    laptop.clock.later(days=3650)
    with caplog.at_level(logging.WARNING):
        assert laptop.keeper.turn()
    assert "no device accepts the authority" in caplog.text
    assert laptop.hall.fingerprint == mark


def test_the_process_that_answers_the_network_never_opens_the_authoritys_key(
    laptop: Laptop,
) -> None:
    """Not at a start, not at a look, not for the doctor, not when a stranger asks for the file.

    The system itself tells: a file that is opened and read gets another time of access.
    """
    laptop.ready("192.168.1.10")
    file = laptop.keeper.instance / store.AUTHORITY

    def forget() -> None:
        os.utime(file, ns=(0, file.stat().st_mtime_ns))

    forget()
    file.read_bytes()
    if file.stat().st_atime_ns == 0:
        pytest.skip("this disk notes no time of access")
    forget()
    laptop.keeper = laptop.new_keeper()
    laptop.ready("192.168.1.10")
    laptop.clock.later(hours=2)
    assert laptop.keeper.turn()
    assert laptop.app.test_client().get("/trust/hall.crt").status_code == 200
    assert laptop.app.test_client().get("/trust/hall.pem").status_code == 200
    scene = Scene(
        settings=laptop.keeper.settings,
        now=utc_now(),
        is_serving=True,
        extensions=laptop.app.extensions,
    )
    assert [found.code for found in checks.certificate(scene)] == ["certificate_fine"]
    assert file.stat().st_atime_ns == 0, "opened in this process"
    laptop.here = ("192.168.1.10", "10.0.0.5")
    assert laptop.keeper.turn()
    assert file.stat().st_atime_ns != 0, "the process that signs has read it, and so this can tell"


def test_a_damaged_authority_stops_the_start_and_stays_as_it_is(laptop: Laptop) -> None:
    file = laptop.keeper.instance / store.AUTHORITY
    file.write_text("spoiled", encoding="ascii")
    with pytest.raises(Refused, match="authority_damaged"):
        laptop.ready("192.168.1.10")
    assert file.read_text(encoding="ascii") == "spoiled"


def test_a_renewal_that_fails_is_said_once_and_the_hall_goes_on(
    laptop: Laptop, caplog: pytest.LogCaptureFixture
) -> None:
    laptop.ready("192.168.1.10")
    before, hall = laptop.keeper.present_context(), laptop.hall
    file = laptop.keeper.instance / store.AUTHORITY
    whole = file.read_bytes()
    file.write_bytes(b"spoiled")
    laptop.here = ("192.168.1.10", "10.0.0.5")
    with caplog.at_level(logging.WARNING):
        assert not laptop.keeper.turn()
        assert not laptop.keeper.turn()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert laptop.keeper.present_context() is before
    assert laptop.hall == hall
    file.write_bytes(whole)
    assert laptop.keeper.turn()
    assert laptop.issued().addresses == ("192.168.1.10", "10.0.0.5")


def test_restored_on_another_laptop_the_tablets_still_trust_the_hall(
    laptop: Laptop, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what a copy holds goes over; the other laptop has its own name and addresses."""
    laptop.ready("192.168.1.10")
    assert store.AUTHORITY in copies.SINGLE_FILES
    assert store.CERTIFICATE not in copies.SINGLE_FILES
    other = tmp_path / "other"
    other.mkdir()
    for name in copies.SINGLE_FILES:
        if (settings.instance / name).exists():
            shutil.copy2(settings.instance / name, other / name)
    monkeypatch.setattr(addresses, "hostname", lambda: "PC2")
    mark = laptop.hall.fingerprint
    laptop.keeper = laptop.new_keeper()
    laptop.keeper.instance = other
    laptop.ready("10.9.9.9")
    assert laptop.hall.fingerprint == mark
    found = store.issued(other)
    assert found is not None
    assert found.names == ("pc2.local", "localhost")
    assert found.addresses == ("10.9.9.9",)

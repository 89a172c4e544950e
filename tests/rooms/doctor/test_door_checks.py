"""What is told of the hall's address and certificate, with certificates really made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from go_no_go import Sheet
from support import authority_in

from kiosk.core.clock import utc_now
from kiosk.core.doors import Hall
from kiosk.tls import authority, rules, store
from kiosk.tls.rules import Wanted

HERE = "192.168.1.10"


@pytest.fixture
def certified(made_instance: Path) -> Path:
    """An authority and a leaf for this laptop's address, as the keeper has them made."""
    now = utc_now()
    authority.make_authority(made_instance, hostname="PC1", now=now)
    authority.make_leaf(made_instance, Wanted(names=("localhost",), addresses=(HERE,)), now=now)
    return made_instance


def hall_at(app: Flask, *addresses: str, port: int = 8443, alone: bool = False) -> None:
    app.extensions["kiosk_hall"] = Hall(
        encrypted=tuple(f"https://{each}:{port}" for each in addresses),
        trust=tuple(f"http://{each}:8080/trust" for each in addresses),
        https_port=port,
        alone=alone,
    )


def test_without_a_server_nobody_knows_the_address(sheet: Sheet) -> None:
    assert sheet.codes("network.address") == ["address_unknown"]
    assert sheet.codes("network.certificate") == ["certificate_not_yet"]


@pytest.mark.usefixtures("served")
def test_the_address_for_other_machines(app: Flask, sheet: Sheet) -> None:
    hall_at(app, HERE)
    found = sheet.one("network.address")
    assert found.code == "address_there"
    assert found.text("vi") == (
        "https://192.168.1.10:8443; máy mới mở http://192.168.1.10:8080/trust"
    )
    hall_at(app)
    assert sheet.codes("network.address") == ["address_no_network"]
    hall_at(app, alone=True)
    assert sheet.codes("network.address") == ["address_alone"]
    hall_at(app, port=0)
    assert sheet.codes("network.address") == ["address_alone"]
    assert sheet.codes("network.certificate") == ["certificate_not_used"]


@pytest.mark.usefixtures("served")
def test_a_certificate_that_fits(app: Flask, sheet: Sheet, certified: Path) -> None:
    hall_at(app, HERE)
    found = sheet.one("network.certificate")
    assert found.code == "certificate_fine"
    der = authority_in(certified)
    assert der is not None
    assert str(found.facts["mark"]).replace(" ", "") == store.fingerprint(der)[:8]
    hall_at(app, HERE, "10.0.0.7")
    assert sheet.codes("network.certificate") == ["certificate_other_address"]
    hall_at(app, HERE)
    for off in (timedelta(days=-100), timedelta(days=400)):
        found = sheet.one("network.certificate", at=utc_now() + off)
        assert found.code == "certificate_not_valid"


@pytest.mark.usefixtures("served")
def test_an_authority_that_no_device_accepts_is_bad_whatever_its_leaf_says(
    app: Flask, sheet: Sheet, certified: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall_at(app, HERE)
    for off in (timedelta(days=-400), timedelta(days=2000)):
        found = sheet.one("network.certificate", at=utc_now() + off)
        assert (found.code, found.state) == ("authority_not_valid", "bad")
    long_ago = datetime(2015, 1, 1, 7, tzinfo=UTC)
    with monkeypatch.context() as earlier:
        earlier.setattr(rules, "RELEASED", long_ago)
        authority.make_authority(certified, hostname="PC1", now=long_ago)
    authority.make_leaf(certified, Wanted(("localhost",), (HERE,)), now=utc_now())
    found = sheet.one("network.certificate")
    assert found.code == "authority_not_valid"
    assert "31/12/2013" in found.text("vi")


@pytest.mark.usefixtures("served")
def test_the_leaf_that_is_served_is_judged_not_the_one_in_the_folder(
    app: Flask, sheet: Sheet, certified: Path
) -> None:
    hall_at(app, HERE)
    keeper = app.extensions["kiosk_tls"]
    keeper.served = store.issued(certified)
    (certified / store.CERTIFICATE).write_bytes(b"")
    assert sheet.codes("network.certificate") == ["certificate_fine"]
    here = Wanted(("localhost",), (HERE,))
    keeper.served = authority.make_leaf(certified, here, now=utc_now() - timedelta(days=200))
    authority.make_leaf(certified, here, now=utc_now())
    assert sheet.codes("network.certificate") == ["certificate_not_valid"]


@pytest.mark.usefixtures("served")
def test_a_spoiled_or_foreign_certificate(app: Flask, sheet: Sheet, certified: Path) -> None:
    hall_at(app, HERE)
    leaf = (certified / store.CERTIFICATE).read_bytes()
    (certified / store.CERTIFICATE).write_bytes(b"")
    assert sheet.codes("network.certificate") == ["certificate_none"]
    (certified / store.CERTIFICATE).write_bytes(leaf)
    (certified / store.AUTHORITY).unlink()
    authority.make_authority(certified, hostname="PC1", now=utc_now())
    assert sheet.codes("network.certificate") == ["certificate_of_another"]
    (certified / store.AUTHORITY).write_text("{}\nno certificate\n", encoding="ascii")
    found = sheet.one("network.certificate")
    assert found.code == "certificate_damaged"
    assert store.AUTHORITY in found.advice("vi")

"""A copy carries the authority: the hall goes on for its tablets on another laptop (design 9)."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from support import authority_in

from kiosk import config, founding
from kiosk.backup import copying, restoring
from kiosk.founding import real_plan
from kiosk.tls import authority, known, rules, store
from kiosk.tls.rules import Wanted


def test_a_restored_conference_has_the_authority_that_its_tablets_trust(tmp_path: Path) -> None:
    folder, stick, other = tmp_path / "hall", tmp_path / "stick", tmp_path / "other"
    made = founding.make_conference(config.load(folder), plan=real_plan())
    authority.make_authority(folder, hostname="pc1", now=datetime.now(UTC))
    wanted = Wanted(names=("pc1.local", "localhost"), addresses=("192.168.1.10",))
    authority.make_leaf(folder, wanted, now=datetime.now(UTC))
    copy = copying.make_copy(folder, stick)
    restoring.restore(copy.path, made.recovery_key, other)
    assert (other / store.AUTHORITY).read_bytes() == (folder / store.AUTHORITY).read_bytes()
    assert authority_in(other) == authority_in(folder)
    if sys.platform != "win32":
        assert (other / store.AUTHORITY).stat().st_mode & 0o777 == 0o600
    # The leaf of the first laptop is no use on the second and stays behind.
    assert not (other / store.CERTIFICATE).exists()
    there = Wanted(names=("pc2.local", "localhost"), addresses=("192.168.1.20",))
    now = datetime.now(UTC)
    assert (
        rules.needs_renewal(store.issued(other), there, authority=known.authority(other), now=now)
        == "none"
    )


def test_a_conference_that_was_never_served_over_the_network_is_copied_without_one(
    tmp_path: Path,
) -> None:
    folder, stick, other = tmp_path / "hall", tmp_path / "stick", tmp_path / "other"
    made = founding.make_conference(config.load(folder), plan=real_plan())
    copy = copying.make_copy(folder, stick)
    restoring.restore(copy.path, made.recovery_key, other)
    assert not (other / store.AUTHORITY).exists()

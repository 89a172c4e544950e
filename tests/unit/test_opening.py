"""Which addresses a server binds, and what the terminal says about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk import config
from kiosk.core.doors import Hall
from kiosk.core.errors import Refused
from kiosk.tls import addresses, opening

EVERYWHERE = "0.0.0.0"  # noqa: S104

HALL = Hall(
    encrypted=("https://192.168.1.10:8443", "https://10.0.0.5:8443"),
    trust=("http://192.168.1.10:8080/trust", "http://10.0.0.5:8080/trust"),
    hosts=frozenset({"192.168.1.10", "10.0.0.5"}),
    https_port=8443,
    fingerprint="0123456789ABCDEF" * 4,
)


@pytest.fixture(autouse=True)
def two_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "present", lambda: ("192.168.1.10", "10.0.0.5"))


def bound(folder: Path, **given: object) -> tuple[str, ...]:
    return opening.bound(config.load(folder, **given))


def test_without_a_word_the_hall_is_opened_everywhere_and_without_encryption_here_alone(
    tmp_path: Path,
) -> None:
    assert bound(tmp_path) == (EVERYWHERE,)
    assert bound(tmp_path, tls=False) == ("127.0.0.1",)
    assert bound(tmp_path, host=EVERYWHERE) == (EVERYWHERE,)


def test_one_address_is_opened_beside_this_laptops_own(tmp_path: Path) -> None:
    assert bound(tmp_path, host="10.0.0.5") == ("127.0.0.1", "10.0.0.5")
    assert bound(tmp_path, host="localhost") == ("127.0.0.1",)
    assert bound(tmp_path, host="127.0.0.1", tls=False) == ("127.0.0.1",)


@pytest.mark.parametrize("host", [EVERYWHERE, "192.168.1.10", "8.8.8.8"])
def test_without_encryption_only_this_laptop_is_served(tmp_path: Path, host: str) -> None:
    with pytest.raises(Refused, match="no_tls_needs_loopback"):
        bound(tmp_path, host=host, tls=False)


@pytest.mark.parametrize("host", ["192.168.1.11", "8.8.8.8"])
def test_an_address_that_is_not_a_local_one_of_ours_is_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(Refused, match="host_not_ours") as said:
        bound(tmp_path, host=host)
    assert said.value.facts["known"] == "192.168.1.10, 10.0.0.5, 127.0.0.1"


def test_only_what_is_bound_is_offered() -> None:
    assert opening.offered((EVERYWHERE,)) == ("192.168.1.10", "10.0.0.5")
    assert opening.offered(("127.0.0.1", "10.0.0.5")) == ("10.0.0.5",)
    assert opening.offered(("127.0.0.1",)) == ()
    assert opening.is_alone(("127.0.0.1",))
    assert not opening.is_alone((EVERYWHERE,))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_terminal_names_every_address_and_the_whole_fingerprint(language: str) -> None:
    said = list(opening.told(HALL, language))
    for address in (*HALL.encrypted, *HALL.trust):
        assert f"  {address}" in said
    assert "".join("".join(said[-2:]).split()) == HALL.fingerprint
    assert ("Máy mới" in "".join(said)) == (language == "vi")
    pictures = list(opening.pictures(HALL, language))
    assert HALL.trust[0] in pictures[0]
    assert HALL.best in pictures[2]


def test_the_terminal_says_when_there_is_no_network_and_nothing_when_none_is_wanted() -> None:
    assert len(list(opening.told(Hall(https_port=8443), "vi"))) == 1
    assert list(opening.told(Hall(https_port=8443, alone=True), "vi")) == []
    assert list(opening.told(Hall(), "vi")) == []
    assert list(opening.pictures(Hall(https_port=8443), "vi")) == []

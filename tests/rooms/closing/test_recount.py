"""A round counted again from its export, by code that shares nothing with the first count."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ballot_box import BOARD, Round
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey
from support import run_kiosk

from kiosk.ballot import opening
from kiosk.ballot.definition import fingerprint
from kiosk.ballot.export import export
from kiosk.ballot.outcome import Base, Kind, Tie
from kiosk.closing import recount
from kiosk.core.errors import Refused

BORN = [date(1970, 1, 1), date(1971, 1, 1), None, date(1972, 1, 1), date(1973, 1, 1)]

CHOICES = [
    *[(1, 1, 0, 0, 0)] * 6, *[(1, 0, 1, 0, 0)] * 3, (0, 0, 0, 1, 1), (0,) * 5, (1,) * 5
]  # fmt: skip


def exported(
    folder: Path, choices: list[tuple[int, ...]], *, spoiled: int = 0, **facts: Any
) -> dict[str, Any]:
    """What the hall would export of a round with these ballots."""
    definition = facts.pop("definition", BOARD)
    round_ = Round(folder, definition=definition, printed=1)
    sealed = [round_.sealed(*each) for each in choices]
    other = Round(folder, definition=replace(definition, round=9), printed=1)
    sealed += [other.sealed(1, 0, 0, 0, 0) for _ in range(spoiled)]
    secret = round_.secret.encode()
    usual: dict[str, Any] = {
        "base": Base.PRESENT, "tie": Tie.SECOND_ROUND, "summoned": 40,
        "present": len(sealed) + 2, "issued": len(sealed) + 1, "born": BORN,
    }  # fmt: skip
    return export(
        definition=definition, public_key=round_.public_key, secret=secret, sealed=sealed,
        ballots=opening.open_sealed(definition, round_.public_key, secret, sealed),
        **(usual | facts),
    )  # fmt: skip


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return exported(tmp_path_factory.mktemp("export"), CHOICES, spoiled=2)


def check(said: dict[str, Any], **written: str) -> recount.Checked:
    return recount.check(json.dumps(said).encode(), written=written)


def test_an_honest_export_holds_in_every_claim(said: dict[str, Any]) -> None:
    checked = check(said)
    assert checked.holds
    assert checked.valid == 10
    assert checked.invalid == {"blank": 1, "too_many": 1, "unreadable": 2}
    assert checked.votes["Nguyễn Văn An"] == [9]
    assert checked.outcome["elected"] == ["Nguyễn Văn An"]


def test_an_export_holds_against_the_fingerprints_on_paper(said: dict[str, Any]) -> None:
    groups = " ".join(said["fingerprint"].upper()[at : at + 4] for at in range(0, 64, 4))
    assert check(said, fingerprint=groups, sealed_fingerprint=said["sealed_fingerprint"]).holds
    wrong = check(said, fingerprint=said["sealed_fingerprint"])
    assert [claim for claim, holds in wrong.claims.items() if not holds] == ["fingerprint_on_paper"]


def _lose(said: dict[str, Any]) -> None:
    said["sealed"].pop()


def _double(said: dict[str, Any]) -> None:
    said["sealed"].append(said["sealed"][0])


def _turn(said: dict[str, Any]) -> None:
    said["sealed"][0] = "ff" + said["sealed"][0][2:]


def _rename(said: dict[str, Any]) -> None:
    said["ballot"]["candidates"][0] = "Nguyễn Văn Ân"


def _other_key(said: dict[str, Any]) -> None:
    said["secret"] = PrivateKey.generate().encode().hex()


def _vote(said: dict[str, Any]) -> None:
    said["result"]["votes"]["Đỗ Chi"] = [4]


def _reason(said: dict[str, Any]) -> None:
    said["result"]["invalid"] = {"blank": 4}


def _seat(said: dict[str, Any]) -> None:
    said["result"]["outcome"]["elected"].append("Lê Thị Bình")


def _opened(said: dict[str, Any]) -> None:
    said["opened"][0] = ["0100000000", ""]


def _present(said: dict[str, Any]) -> None:
    said["counts"]["present"] = said["counts"]["issued"] - 1


def _issued(said: dict[str, Any]) -> None:
    said["counts"]["issued"] = 3


@pytest.mark.parametrize(
    ("harm", "claim"),
    [
        (_lose, "sealed_fingerprint"),
        (_double, "no_ballot_twice"),
        (_turn, "opened_ballots"),
        (_rename, "fingerprint"),
        (_other_key, "secret_belongs_to_key"),
        (_vote, "votes"),
        (_reason, "valid_and_invalid"),
        (_seat, "outcome"),
        (_opened, "opened_ballots"),
        (_present, "issued_at_most_present"),
        (_issued, "collected_at_most_issued"),
    ],
)
def test_whatever_was_changed_is_named(
    said: dict[str, Any], harm: Callable[[dict[str, Any]], None], claim: str
) -> None:
    changed = deepcopy(said)
    harm(changed)
    checked = check(changed)
    assert not checked.holds
    assert checked.claims[claim] is False


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"\xff", b'{"format": "kiosk-ballot-export/1"}']
)
def test_a_file_that_is_no_export_is_told(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        recount.check(data)
    assert refused.value.code == "recount_file_wrong"


marks_a = st.tuples(*[st.integers(0, 1)] * 5)
marks_b = st.tuples(*[st.integers(0, 2)] * 5)


@settings(max_examples=40, deadline=None)
@given(st.data(), st.sampled_from(Kind), st.sampled_from(Base), st.sampled_from(Tie))
def test_both_programs_count_any_round_alike(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, kind: Kind, base: Base, tie: Tie
) -> None:
    choices = data.draw(st.lists(marks_a if kind is Kind.A else marks_b, max_size=12))
    definition = replace(BOARD, kind=kind, seats=data.draw(st.integers(1, 5)))
    made = exported(
        tmp_path_factory.getbasetemp(), choices, spoiled=data.draw(st.integers(0, 2)),
        definition=definition, base=base, tie=tie,
        order=data.draw(st.sampled_from([(), ("e", "d", "c", "b", "a")])),
    )  # fmt: skip
    checked = check(made)
    assert checked.holds, checked.claims
    assert checked.fingerprint == fingerprint(bytes.fromhex(made["public_key"]), definition).hex()


# -- the verb --------------------------------------------------------------------------------------


def test_anyone_verifies_an_export_without_a_conference(
    said: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "luot-1.json"
    file.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    done = run_kiosk(
        "ballot", "verify", str(file), "--json", "--fingerprint", said["fingerprint"],
        folder=tmp_path / "none", PYTHONIOENCODING="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["holds"] is True
    assert told["outcome"] == said["result"]["outcome"]
    assert not (tmp_path / "none").exists()

    changed = deepcopy(said)
    _vote(changed)
    file.write_text(json.dumps(changed), encoding="utf-8")
    done = run_kiosk(
        "ballot", "verify", str(file), folder=tmp_path / "none", PYTHONIOENCODING="utf-8"
    )
    assert done.returncode == 1
    assert "FALSE  votes" in done.stdout.decode("utf-8")

    file.write_text("{}", encoding="utf-8")
    done = run_kiosk(
        "ballot", "verify", str(file), folder=tmp_path / "none", PYTHONIOENCODING="utf-8"
    )
    assert done.returncode == 1
    assert "bản xuất kết quả kiểm phiếu" in done.stderr.decode("utf-8")

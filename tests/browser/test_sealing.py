"""Ballots sealed in a real Chromium open in PyNaCl: one format, one length, one fingerprint."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from ballot_box import BOARD, Round
from nacl.public import SealedBox
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as BrowserError
from sealing import said, seal, sealing_page

from kiosk.ballot import judging, opening
from kiosk.ballot.definition import Definition, fingerprint, groups
from kiosk.ballot.outcome import Kind

pytestmark = pytest.mark.browser

AGREE = replace(BOARD, kind=Kind.B, seats=5, round=2)


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Page:
    return sealing_page(chromium)


@pytest.mark.parametrize("definition", [BOARD, AGREE], ids=["A", "B"])
def test_every_choice_sealed_in_the_browser_opens_in_pynacl(
    page: Page, tmp_path: Path, definition: Definition
) -> None:
    round_ = Round(tmp_path, definition=definition)
    marks = range(2 if definition.kind is Kind.A else 3)
    choices = [list(each) for each in product(marks, repeat=5)]
    sealed = seal(page, said(definition, round_.public_key), choices)
    assert {len(each) for each in sealed} == {judging.sealed_length(definition)}
    assert len(set(sealed)) == len(sealed)
    opener = SealedBox(round_.secret)
    for each, one in zip(choices, sealed, strict=True):
        assert opener.decrypt(one) == judging.plain(definition, round_.mark, each)
    opened = opening.open_sealed(definition, round_.public_key, round_.secret.encode(), sealed)
    assert sorted(one.marks for one in opened) == sorted(map(bytes, choices))


def test_the_same_choice_never_gives_the_same_bytes(page: Page, tmp_path: Path) -> None:
    round_ = Round(tmp_path)
    sealed = seal(page, said(BOARD, round_.public_key), [[1, 0, 0, 0, 0]] * 50)
    assert len(set(sealed)) == 50
    assert len({one[:8] for one in sealed}) == 50


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Văn An",
        "Đỗ Thị Ước",
        'Trần "Ba" \\ Bốn',
        "Y Ê-ban / H'Lan",
        "<b>An</b> & Bình",
        "Lê Thị 𝔸n",
    ],
)
def test_the_tablet_makes_the_fingerprint_from_what_it_shows(
    page: Page, tmp_path: Path, name: str
) -> None:
    definition = replace(BOARD, candidates=(*BOARD.candidates, name[::-1], name + " B"))
    key = Round(tmp_path).public_key
    shown = page.evaluate(
        """async (ballot) => {
            const { fingerprint, groups } = await import('/static/js/seal.js');
            return groups(await fingerprint(ballot));
        }""",
        said(definition, key),
    )
    assert tuple(shown) == groups(fingerprint(key, definition))


@pytest.mark.parametrize("choices", [[1, 0], [0, 0, 0, 0, 2], [0, 0, 0, 0, -1], [0, 0, 0, 0, 0.5]])
def test_what_is_no_choice_is_never_sealed(
    page: Page, tmp_path: Path, choices: list[float]
) -> None:
    with pytest.raises(BrowserError, match="choices"):
        seal(page, said(BOARD, Round(tmp_path).public_key), [choices])  # type: ignore[list-item]


def test_a_key_that_is_no_key_seals_nothing(page: Page) -> None:
    with pytest.raises(BrowserError, match="public key"):
        seal(page, said(BOARD, b"short"), [[1, 0, 0, 0, 0]])

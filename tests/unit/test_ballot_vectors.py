"""Ballots that a Chromium has sealed once, kept: both programs must open them for ever (R23)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from nacl.public import PrivateKey

from kiosk.ballot import judging, opening
from kiosk.ballot.definition import Definition, fingerprint
from kiosk.closing import recount

VECTORS = json.loads(
    Path(__file__).with_name("sealed_in_chromium.json").read_text(encoding="utf-8")
)["rounds"]


@pytest.mark.parametrize("kept", VECTORS, ids=lambda kept: f"kind {kept['ballot']['kind']}")
def test_ballots_sealed_in_a_browser_long_ago_still_open(kept: dict[str, Any]) -> None:
    definition = Definition.of_json(kept["ballot"])
    key, secret = bytes.fromhex(kept["public_key"]), bytes.fromhex(kept["secret"])
    assert fingerprint(key, definition).hex() == kept["fingerprint"]
    assert recount.fingerprint(kept["ballot"], kept["public_key"]) == kept["fingerprint"]
    for each in kept["ballots"]:
        sealed = bytes.fromhex(each["sealed"])
        assert len(sealed) == judging.sealed_length(definition)
        (opened,) = opening.open_sealed(definition, key, secret, [sealed])
        assert list(opened.marks) == each["choices"]
        again = recount.read_ballot(
            sealed, secret=PrivateKey(secret), mark=kept["fingerprint"], ballot=kept["ballot"]
        )
        assert (again.marks, again.reason) == (opened.marks.hex(), str(opened.invalid))

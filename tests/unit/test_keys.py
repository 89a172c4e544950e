"""The keys of an instance: made once, never silently replaced, refused when damaged."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from kiosk.core import keys
from kiosk.core.errors import Refused


def test_keys_are_read_back_as_they_were_made(tmp_path: Path) -> None:
    made = keys.make(tmp_path)
    assert keys.load(tmp_path) == made
    values = {made.badge, made.tokens, made.forms, made.program}
    assert len(values) == 4
    assert all(len(value) == 32 for value in values)


def test_keys_are_never_made_over_keys(tmp_path: Path) -> None:
    made = keys.make(tmp_path)
    with pytest.raises(Refused, match="keys_exist"):
        keys.make(tmp_path)
    assert keys.load(tmp_path) == made


def test_no_key_shows_in_a_log_line(tmp_path: Path) -> None:
    made = keys.make(tmp_path)
    assert made.badge.hex() not in repr(made)
    assert repr(made.badge) not in repr(made)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights on the folder")
def test_only_the_owner_reads_the_keys(tmp_path: Path) -> None:
    keys.make(tmp_path)
    assert (tmp_path / keys.FILE).stat().st_mode & 0o077 == 0


def test_missing_keys_are_told_apart_from_damaged_ones(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="keys_missing"):
        keys.load(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '"keys"',
        "null",
        "{}",
        '{"badge": "00"}',
        json.dumps(dict.fromkeys(("badge", "tokens", "forms", "program"), "00" * 31)),
        json.dumps(dict.fromkeys(("badge", "tokens", "forms"), "00" * 32)),
        json.dumps(dict.fromkeys(("badge", "tokens", "forms", "program"), "zz" * 32)),
        json.dumps(dict.fromkeys(("badge", "tokens", "forms", "program"), 7)),
        json.dumps(dict.fromkeys(("badge", "tokens", "forms", "program"))),
        "\ud800".encode("utf-16", "surrogatepass").decode("latin-1"),
    ],
)
def test_damaged_keys_stop_the_start(tmp_path: Path, text: str) -> None:
    (tmp_path / keys.FILE).write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(Refused, match="keys_damaged"):
        keys.load(tmp_path)

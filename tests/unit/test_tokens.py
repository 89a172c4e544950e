"""Tokens: random, and stored only as keyed hashes."""

from __future__ import annotations

import re

from kiosk.core import tokens

KEY = bytes(range(32))


def test_a_token_is_long_random_and_safe_in_an_address() -> None:
    made = {tokens.fresh() for _ in range(500)}
    assert len(made) == 500
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{32}", each) for each in made)


def test_the_stored_form_depends_on_key_purpose_and_token() -> None:
    forms = {
        tokens.stored(KEY, "a", purpose="staff"),
        tokens.stored(KEY, "b", purpose="staff"),
        tokens.stored(KEY, "a", purpose="device"),
        tokens.stored(KEY[::-1], "a", purpose="staff"),
    }
    assert len(forms) == 4
    assert all(len(form) == 32 for form in forms)


def test_the_stored_form_never_changes_between_versions() -> None:
    # A golden value: a change here would sign everybody out and unpair every gate.
    assert tokens.stored(KEY, "token", purpose="staff").hex() == GOLDEN


GOLDEN = "0257d5b58502cc4f5b17730ccdb34d9efb606ed6e72a473c96275a912776b9fa"

"""Which act a tablet shows: the one that is open, unless it is told otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.rules import shown_act

KNOWN = ("ballot", "pledge", "opinions", "gate", "idle")


@pytest.mark.parametrize(
    ("task", "open_now", "shown"),
    [
        ("follow", [], "idle"),
        ("follow", ["ballot"], "ballot"),
        ("follow", ["ballot", "opinions"], "ballot"),
        ("follow", ["pledge", "opinions"], "pledge"),
        ("follow_gate", [], "gate"),
        ("follow_gate", ["opinions"], "opinions"),
        ("idle", ["ballot"], "idle"),
        ("gate", ["ballot"], "gate"),
        ("ballot", [], "ballot"),
        ("of another version", [], "idle"),
        ("of another version", ["pledge"], "pledge"),
    ],
)
def test_a_pin_goes_before_the_open_act_and_that_before_the_gate(
    task: str, open_now: list[str], shown: str
) -> None:
    assert shown_act(task=task, open_now=open_now, known=KNOWN) == shown


@given(st.text(max_size=20), st.lists(st.sampled_from(KNOWN[:3]), unique=True))
def test_a_tablet_always_shows_something_that_exists(task: str, open_now: list[str]) -> None:
    assert shown_act(task=task, open_now=open_now, known=KNOWN) in KNOWN

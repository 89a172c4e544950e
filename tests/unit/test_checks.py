"""The shape of checks and findings: words by code, JSON there and back, nothing good by default."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core import checks
from kiosk.core.checks import Check, Finding, Group, Said, Scene, State, Words, finding_of
from kiosk.core.errors import Refused

SCENE = Scene(settings=None, now=datetime(2026, 3, 12, tzinfo=UTC))


def check(run: object) -> Check:
    return Check(key="x", group=Group.MACHINE, order=1, name=("x", "x"), run=run)  # type: ignore[arg-type]


def test_a_check_that_breaks_is_not_known_and_the_others_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def run(scene: Scene) -> Iterable[Finding]:
        yield Finding("place_disk")
        raise OSError("the disk is gone")

    with caplog.at_level(logging.CRITICAL):
        (found,) = checks.look(check(run), SCENE)
    assert (found.code, found.state, found.facts) == (
        "check_failed",
        State.UNKNOWN,
        {"reason": "OSError"},
    )


def test_a_check_that_says_nothing_is_not_known() -> None:
    (found,) = checks.look(check(lambda scene: []), SCENE)
    assert (found.code, found.state) == ("check_silent", State.UNKNOWN)


def test_a_code_that_nobody_registered_is_not_known() -> None:
    found = Finding("nobody_registered_this")
    assert found.state is State.UNKNOWN
    assert found.words.stops
    assert found.text("vi") == "Không rõ"


def test_words_are_filled_in_the_language_of_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    words = checks.warn(
        ("{who} có {count} máy", "{who} has {count}"), ("Xem {who}, {gone}.", "See {who}, {gone}.")
    )
    monkeypatch.setitem(checks._WORDS, "trial", words)
    found = Finding("trial", {"who": Said("Cổng", "Gate"), "count": 3})
    assert found.text("vi") == "Cổng có 3 máy"
    assert found.text("en") == "Gate has 3"
    assert found.advice("vi") == "Xem Cổng, …."


def test_what_stands_in_the_way_is_what_to_do() -> None:
    found = Finding("keys_wrong", cause=Refused("keys_missing", file="keys.json"))
    assert "keys.json" in found.advice("vi")
    assert "keys.json" in found.advice("en")


facts = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    st.text(max_size=20) | st.integers() | st.builds(Said, vi=st.text(), en=st.text()),
)


@given(code=st.text(min_size=1), facts=facts, cause=st.none() | st.text(min_size=1))
def test_a_finding_comes_whole_out_of_the_worker(
    code: str, facts: dict[str, checks.Fact], cause: str | None
) -> None:
    found = Finding(code, facts, cause=None if cause is None else Refused(cause, file="x", size=3))
    back = finding_of(json.loads(json.dumps(found.as_json())))
    assert (back.code, back.facts) == (code, facts)
    assert (back.cause and (back.cause.code, back.cause.facts)) == (
        found.cause and (found.cause.code, found.cause.facts)
    )


@pytest.mark.parametrize(
    ("state", "blocks", "stops"),
    [
        (State.GOOD, True, False),
        (State.WARN, True, False),
        (State.UNKNOWN, True, True),
        (State.UNKNOWN, False, False),
        (State.BAD, True, True),
        (State.BAD, False, True),
    ],
)
def test_what_stops_the_hall(state: State, blocks: bool, stops: bool) -> None:
    assert Words(state, "", "", blocks=blocks).stops is stops


def test_two_rooms_cannot_take_one_key_or_one_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_CHECKS", {})
    monkeypatch.setattr(checks, "_WORDS", {})
    checks.register(check(list))
    with pytest.raises(ValueError, match="twice"):
        checks.register(check(tuple))
    checks.say({"trial": checks.good("a", "b")})
    with pytest.raises(ValueError, match="twice"):
        checks.say({"trial": checks.good("c", "d")})

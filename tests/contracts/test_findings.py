"""Every finding of `kiosk doctor` is one clear line in both languages, and says what to do.

As with refusals (`test_messages.py`), the source is read as a syntax tree: a code that no test
happens to find is seen as well.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po
from flask import Flask

from kiosk.core import checks
from kiosk.core.access import ANYONE, Role, audience_of
from kiosk.core.checks import State, Words
from kiosk.doctor import report, subjects
from kiosk.doctor.part_words import AT_THE_MACHINE, PARTS
from kiosk.doctor.routes import TAPS
from kiosk.doctor.rules import Part

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "kiosk"

assert subjects.ALL  # every room's checks are loaded

#: Made of two parts where they are found: `tests_` and the outcome of a device.
COMPOSED = {f"tests_{outcome}" for outcome in ("passed", "partly", "part", "missing", "failed")}

#: What the sheet must speak of, by issue 4, and under which key.
ISSUE_4 = {
    "certificate": "network.certificate",
    "address": "network.address",
    "clock": "machine.clock",
    "disk space": "machine.space",
    "durable writes": "machine.durable",
    "power": "machine.power",
    "backup target": "copies.place",
    "last copy": "copies.last",
    "fonts": "paper.fonts",
    "printer test page": "paper.printer",
    "self-tests of devices": "devices.tests",
    "open points of the roster": "people.roster",
    "open points of the plan": "people.plan",
    "a route to the internet": "network.route",
}


@cache
def trees() -> dict[str, ast.Module]:
    return {
        path.relative_to(PROGRAM).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PROGRAM.rglob("*.py"))
    }


def is_say(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name == "say" and bool(node.args) and isinstance(node.args[0], ast.Dict)


def strings(node: ast.AST) -> Iterator[str]:
    """Every string of a module but the registered words themselves."""
    if is_say(node):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from strings(child)


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_code_that_is_found_has_words() -> None:
    lost = [
        f"kiosk/{name}:{node.lineno}: {node.args[0].value}"
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Finding"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value not in checks.vocabulary()
    ]
    assert lost == []


def test_every_registered_word_is_found_somewhere() -> None:
    said = {text for tree in trees().values() for text in strings(tree)} | COMPOSED
    assert sorted(checks.vocabulary().keys() - said) == []


@pytest.mark.parametrize(("code", "words"), sorted(checks.vocabulary().items()))
def test_a_finding_is_clear_in_both_languages_and_says_what_to_do(code: str, words: Words) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", code)
    for vi, en in ((words.vi, words.en), (words.do_vi, words.do_en)):
        assert blanks(vi) == blanks(en)
        assert bool(vi) == bool(en)
        for text in (vi, en):
            assert text == " ".join(text.split())
    # A finding ends without a stop, for lists are made of it; advice is a sentence.
    assert words.vi[-1] not in ".;,"
    assert words.en[-1] not in ".;,"
    assert bool(words.do_vi) == (words.state is not State.GOOD)
    for advice in filter(None, (words.do_vi, words.do_en)):
        assert advice[-1] in ".…"
        assert advice[0].isupper() or advice[0] == "…"
    assert words.blocks or words.state is State.UNKNOWN


def test_what_is_not_known_says_so_and_nothing_else_does() -> None:
    """`không rõ` is a word of its own: no good line may use it, and no unknown one is green."""
    for code, words in checks.vocabulary().items():
        if words.state is State.GOOD:
            assert "không rõ" not in words.vi.lower(), code
            assert "not known" not in words.en.lower(), code


def english() -> dict[str, str]:
    with (PROGRAM / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file) if each.id}


def test_advice_names_only_pages_that_exist() -> None:
    pages = {
        node.args[1].args[0].value  # type: ignore[attr-defined]
        for node in ast.walk(trees()["pages.py"])
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Part"
    }
    catalogue = english()
    lost = []
    for code, words in checks.vocabulary().items():
        for rest in re.findall(r"\btrang (?=[A-ZĐ])(.{1,30})", words.do_vi):
            page = next((each for each in sorted(pages) if rest.startswith(each)), None)
            if page is None or f"page {catalogue[page]}" not in words.do_en:
                lost.append(f"{code}: trang {rest}")
        for rest in re.findall(r"\bmục (?=[A-ZĐ])([^.,]{1,40})", words.do_vi):
            if rest not in catalogue or f"under {catalogue[rest]}" not in words.do_en:
                lost.append(f"{code}: mục {rest}")
    assert lost == []


def test_the_sheet_speaks_of_everything_that_it_must() -> None:
    keys = {check.key for check in subjects.subjects()}
    assert set(ISSUE_4.values()) <= keys
    # What no room tells stands there as unknown, and stops the hall.
    for check in subjects._WANTED:
        (found,) = check.run(None)  # type: ignore[arg-type]
        assert found.words.stops
        assert found.state is State.UNKNOWN


def test_a_subject_has_its_group_its_names_and_a_page_that_exists(app: Flask) -> None:
    for check in subjects.subjects():
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", check.key)
        assert check.key.split(".", maxsplit=1)[0] == check.group.value
        vi, en = check.name
        assert vi != en
        assert vi[0].isupper()
        assert en[0].isupper()
        assert not (check.measured and check.follows), "what is measured follows a press alone"
        if check.page not in {"", TAPS}:
            # Whoever presses on the sheet may open the page.
            audience = audience_of(app, check.page)
            assert ANYONE in audience or {Role.SECRETARY, Role.TECHNICIAN} <= audience, check.key


def test_the_order_of_mending_is_settled_for_all() -> None:
    orders = [check.order for check in subjects.subjects()]
    assert orders == sorted(orders)
    assert len(orders) == len(set(orders)), "two subjects of one order: nobody knows which is first"


def test_groups_states_and_parts_have_words_in_both_languages() -> None:
    for words in (report.GROUPS, report.STATES, PARTS):
        assert all(vi and en and vi != en for vi, en in words.values())
    assert report.GROUPS.keys() == set(checks.Group)
    assert report.STATES.keys() == set(State)
    assert PARTS.keys() == set(Part)
    assert AT_THE_MACHINE.vi != AT_THE_MACHINE.en

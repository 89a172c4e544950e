"""Every refusal is one clear sentence in both languages, and every event of the book is explained.

The source is read as a syntax tree, so that a code that no test happens to raise is seen as well.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest

from kiosk.conference.file_events import ROW_REASONS, row_reason
from kiosk.conference.roster.sheet import Column
from kiosk.core.audit import CATALOGUE, Event
from kiosk.core.errors import Refused
from kiosk.core.messages import Sentence, register, registered, sentence

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "kiosk"

# Every room registers its sentences and its events when its module is loaded.
for _path in sorted(PROGRAM.rglob("*events.py")):
    importlib.import_module(".".join(_path.relative_to(ROOT).with_suffix("").parts))

#: Functions that take a code and pass facts on; and the code that a class carries by itself.
TAKES_CODE = {"Refused", "refusing"}
CARRIES_CODE = {"NotSaved": "not_saved"}

#: Where a code comes from outside the syntax: it was raised, with its facts, somewhere else.
PASSED_ON = {
    "core/db.py": "`refusing` itself; its callers are looked at",
    "core/jobs.py": "what the job's own process refused",
    "instance.py": "what the running server refused",
    "commands/conference.py": "what the running server refused",
    "conference/routes.py": "what the reading of the previewed file refused",
    "core/checks.py": "not raised: what another place refused, carried to be read",
}

STATUSES = {409, 413, 422, 429, 503}

#: A Vietnamese refusal says what to do: an invitation or an instruction, or that nothing is needed.
WHAT_TO_DO = re.compile(r"\b(hãy|mời|không cần|đợi|chờ|nhờ|xin)\b", re.I)

#: Quoted in a sentence, yet not on our screens.
NOT_OURS = {
    "kiosk init": "a command",
    "kiosk roster import --accept-rejected": "a command",
    "kiosk backup key": "a command",
    "Lưu thành": "a menu of Word",
    "CSV UTF-8": "a choice of Excel",
    "Họ và tên": "a column of the roster file",
}


# -- reading the source ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Site:
    """One place that refuses: where, with which code, with which facts."""

    where: str
    code: str
    facts: frozenset[str]


@cache
def trees() -> Mapping[str, ast.Module]:
    """Path inside the program → its syntax."""
    return {
        path.relative_to(PROGRAM).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PROGRAM.rglob("*.py"))
    }


def called(node: ast.AST) -> str:
    """The last name of a call: `audit.record(…)` is `record`."""
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def texts(value: ast.expr, around: ast.AST) -> set[str]:
    """The strings that an expression may be, as far as the source tells; none if it does not."""
    match value:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp():
            return texts(value.body, around) | texts(value.orelse, around)
        case ast.Name():
            found = set[str]()
            for node in ast.walk(around):
                if isinstance(node, ast.Assign) and any(
                    isinstance(target, ast.Name) and target.id == value.id
                    for target in node.targets
                ):
                    found |= texts(node.value, around)
            return found
        case _:
            return set()


def keys_of(value: ast.expr, tree: ast.Module) -> set[str]:
    """The keys of a `**` argument: a dict written out, or a function that returns one."""
    if isinstance(value, ast.Dict):
        return {str(key.value) for key in value.keys if isinstance(key, ast.Constant)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == called(value):
            returned = [each.value for each in ast.walk(node) if isinstance(each, ast.Return)]
            return set[str]().union(*(keys_of(each, tree) for each in returned if each))
    raise AssertionError(f"facts that cannot be read from the source: {ast.unparse(value)}")


def facts_of(call: ast.Call, tree: ast.Module) -> frozenset[str]:
    found = set[str]()
    for keyword in call.keywords:
        found |= keys_of(keyword.value, tree) if keyword.arg is None else {keyword.arg}
    return frozenset(found)


def functions(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Every call with the innermost function around it, or with the module."""

    def walk(node: ast.AST, around: ast.AST) -> Iterator[tuple[ast.AST, ast.Call]]:
        if isinstance(node, ast.FunctionDef):
            around = node
        if isinstance(node, ast.Call):
            yield around, node
        for child in ast.iter_child_nodes(node):
            yield from walk(child, around)

    return walk(tree, tree)


def refusals(name: str, tree: ast.Module) -> Iterator[Site]:
    """Every place in one module that refuses."""
    for around, call in functions(tree):
        where = f"kiosk/{name}:{call.lineno}"
        if called(call) in CARRIES_CODE:
            yield Site(where, CARRIES_CODE[called(call)], facts_of(call, tree))
        elif called(call) in TAKES_CODE:
            codes = texts(call.args[0], around)
            if not codes:
                assert name in PASSED_ON, f"{where}: a code that cannot be read from the source"
            for code in codes:
                yield Site(where, code, facts_of(call, tree))


@cache
def sites() -> tuple[Site, ...]:
    return tuple(site for name, tree in trees().items() for site in refusals(name, tree))


def blanks(text: str) -> set[str]:
    """The `{fact}`s of a sentence."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


# -- refusals --------------------------------------------------------------------------------------


def test_every_code_that_is_raised_has_a_sentence() -> None:
    assert sorted({site.code for site in sites()} - registered().keys()) == []


def test_every_sentence_belongs_to_a_code_that_is_raised() -> None:
    assert sorted(registered().keys() - {site.code for site in sites()}) == []


def test_codes_are_passed_on_only_where_we_know_it() -> None:
    """A place that raises what another process said must not become a hiding place."""
    silent = {
        name
        for name, tree in trees().items()
        for around, call in functions(tree)
        if called(call) in TAKES_CODE and not texts(call.args[0], around)
    }
    assert silent == PASSED_ON.keys()


def test_every_place_that_refuses_fills_every_blank_of_its_sentence() -> None:
    empty = [
        f"{site.where}: {site.code} lacks {sorted(missing)}"
        for site in sites()
        if site.code in registered()
        and (missing := blanks(registered()[site.code].vi) - site.facts)
    ]
    assert empty == []


@pytest.mark.parametrize(("code", "words"), sorted(registered().items()))
def test_a_refusal_is_a_clear_sentence_in_both_languages(code: str, words: Sentence) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", code)
    assert blanks(words.vi) == blanks(words.en)
    assert words.status in STATUSES
    assert WHAT_TO_DO.search(words.vi), "it does not say what to do next"
    for text in (words.vi, words.en):
        assert text[-1] in ".!?"
        assert text == " ".join(text.split())
        assert text[0].isupper() or text[0] in "{«“"
    assert words.vi != words.en


def test_a_sentence_names_only_pages_and_buttons_that_exist() -> None:
    """`trang Thiết bị`, `«Mở lại»`: whoever reads it looks for that very word on the screen."""
    english = words_tool().sentences(words_tool().read())
    ours = {
        "vi": {msgid for _, msgid in english},
        "en": set(english.values()),
    }
    lost = []
    for code, words in registered().items():
        for rest in re.findall(r"\btrang (?=[A-ZĐ])(.{1,20})", words.vi):
            page = next((part for part in pages_of_the_console() if rest.startswith(part)), None)
            if page is None or f"page {english[None, page]}" not in words.en:
                lost.append(f"{code}: trang {rest}")
        for language, text in (("vi", words.vi), ("en", words.en)):
            for button in re.findall(r"[«“]([^»”{}]+)[»”]", text):
                known = any(each.startswith(button) for each in ours[language])
                if not known and button not in NOT_OURS:
                    lost.append(f"{code}: {button}")
    assert lost == []


@cache
def pages_of_the_console() -> set[str]:
    """The words of the console's bar, as `kiosk/pages.py` lists them."""
    [listing] = [
        node
        for node in ast.walk(trees()["pages.py"])
        if isinstance(node, ast.FunctionDef) and node.name == "console_parts"
    ]
    return {
        text
        for call in ast.walk(listing)
        if isinstance(call, ast.Call) and called(call) == "gettext"
        for text in texts(call.args[0], listing)
    }


def test_a_sentence_is_filled_with_the_facts_of_its_refusal() -> None:
    refused = Refused("device_exists", name="Cổng 1")
    assert "«Cổng 1»" in sentence(refused, "vi")
    assert "“Cổng 1”" in sentence(refused, "en")


def test_an_unknown_code_and_a_missing_fact_still_give_something_to_read() -> None:
    assert sentence(Refused("never_registered"), "vi") == "never_registered"
    assert "…" in sentence(Refused("device_exists"), "vi")


def test_two_sentences_for_one_code_are_refused_at_start() -> None:
    with pytest.raises(ValueError, match="busy"):
        register({"busy": Sentence("Bận. Hãy đợi.", "Busy. Wait.")})


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        ('raise Refused("a", n=1)', {("a", frozenset({"n"}))}),
        ('raise errors.Refused("a" if x else "b")', {("a", frozenset()), ("b", frozenset())}),
        ('def f():\n code = "a" if x else "b"\n raise Refused(code)', {
            ("a", frozenset()), ("b", frozenset()),
        }),
        ('with refusing("a", **{"n": 1}): pass', {("a", frozenset({"n"}))}),
        ('def g():\n return {"n": 1}\nraise Refused("a", **g())', {("a", frozenset({"n"}))}),
        ("raise NotSaved() from error", {("not_saved", frozenset())}),
    ],
)  # fmt: skip
def test_the_scan_reads_a_refusal_however_it_is_written(
    source: str, codes: set[tuple[str, frozenset[str]]]
) -> None:
    found = {(site.code, site.facts) for site in refusals("x.py", ast.parse(source))}
    assert found == codes


def test_the_scan_does_not_let_a_hidden_code_pass() -> None:
    with pytest.raises(AssertionError, match="cannot be read"):
        list(refusals("x.py", ast.parse("raise Refused(words[0])")))


# -- rows of a roster ------------------------------------------------------------------------------


def row_findings() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Where, reason code, facts: everything that reading a roster says about one row."""
    for name, tree in trees().items():
        if not name.startswith("conference/roster/"):
            continue
        for node in ast.walk(tree):
            where = f"kiosk/{name}:{getattr(node, 'lineno', 0)}"
            match node:
                case ast.Call(args=[_, ast.Constant(value=str(reason)), *rest]) if called(node) in {
                    "Finding",
                    "skip",
                    "suspect",
                    "_suspect",
                    "_reject",
                }:
                    written = set[str]().union(*(keys_of(each, tree) for each in rest))
                    yield where, reason, facts_of(node, tree) | written
                case ast.Return(
                    value=ast.Tuple(elts=[ast.Constant(value=str(reason)), ast.Dict() as facts])
                ):
                    yield where, reason, frozenset(keys_of(facts, tree))


def test_every_reason_for_a_row_has_words_and_every_word_a_reason() -> None:
    assert {reason for _, reason, _ in row_findings()} == set(ROW_REASONS)


def test_every_reason_for_a_row_fills_its_blanks_in_both_languages() -> None:
    for reason, (vi, en) in ROW_REASONS.items():
        assert vi, reason
        assert en, reason
        assert blanks(vi) == blanks(en), reason
    empty = [
        f"{where}: {reason} lacks {sorted(missing)}"
        for where, reason, facts in row_findings()
        if (missing := blanks(ROW_REASONS[reason][0]) - facts)
    ]
    assert empty == []


def test_a_reason_is_read_in_the_language_of_the_page() -> None:
    assert row_reason("name_too_long", {"limit": 120}, "vi") == "họ tên dài quá 120 ký tự"
    assert row_reason("name_too_long", {"limit": 120}, "en") == "the name is over 120 letters"


@pytest.mark.parametrize("column", [each for each in Column if each is not Column.IGNORED])
def test_a_reason_names_a_column_by_its_word_and_never_by_its_code(column: Column) -> None:
    said = row_reason("formula", {"column": column.value}, "vi")
    assert f"«{column.value}»" not in said


# -- events of the book ----------------------------------------------------------------------------


@cache
def tool(name: str) -> ModuleType:
    """One of our tools, loaded from its file: `tools` is no package."""
    spec = importlib.util.spec_from_file_location(f"{name}_tool", ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[f"{name}_tool"] = module
    spec.loader.exec_module(module)
    return module


def words_tool() -> ModuleType:
    return tool("words")


def members_of(name: str, members: set[str], tree: ast.Module) -> set[str]:
    """`ItemEvent.STARTED` and its like, wherever the source of a room names one."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        and node.attr in members
    }


def test_an_event_reads_room_thing_and_past_verb() -> None:
    assert CATALOGUE
    for value, events in CATALOGUE.items():
        room = events.__module__.split(".")[1]
        assert re.fullmatch(rf"{room}:[a-z]+(_[a-z]+)*:[a-z]+(_[a-z]+)*", value), value
        assert len(value) <= 60, f"{value} does not fit its column"


@pytest.mark.parametrize("events", sorted(set(CATALOGUE.values()), key=str))
def test_every_event_of_a_room_is_written_into_the_book_somewhere(events: type[Event]) -> None:
    """Named in a module of the room that also calls `record`: a catalogue holds no dead words."""
    members = {event.name for event in events}
    room = events.__module__.split(".")[1]
    named = set[str]()
    for name, tree in trees().items():
        if name.startswith(f"{room}/") and any(
            called(call) == "record" for _, call in functions(tree)
        ):
            named |= members_of(events.__name__, members, tree)
    assert sorted(members - named) == []


def test_the_list_of_events_says_what_each_means() -> None:
    events = tool("events")
    assert list(events.troubles()) == []
    assert events.main(["--check"]) == 0
    listed = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    for value in CATALOGUE:
        assert listed.count(f"| `{value}` |") == 1


def test_a_list_that_lags_behind_is_named(tmp_path: Path) -> None:
    events = tool("events")
    old = tmp_path / "events.md"
    assert [line for line in events.troubles(old) if "cannot be read" in line]
    old.write_text(events.page().replace("staff:account:added", "staff:account:made"), "utf-8")
    assert [line for line in events.troubles(old) if "is not what the program says" in line]


def test_an_event_without_a_meaning_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    events = tool("events")
    monkeypatch.delitem(events.MEANINGS, "staff:account:added")
    monkeypatch.setitem(events.MEANINGS, "staff:account:lost", "An account was lost.")
    found = list(events.troubles())
    assert any("no meaning yet: staff:account:added" in line for line in found)
    assert any("no event of the program: staff:account:lost" in line for line in found)

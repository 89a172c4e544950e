"""Every word on a screen is Vietnamese first and English second, and none is left behind."""

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest
from flask import Flask
from flask_babel import force_locale, get_translations
from jinja2 import Environment, nodes
from support import Browser, Meeting

from kiosk.core.access import Kind, Role

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "kiosk" / "templates"

#: Where a template may hold words outside `_()`: they are read in one language on purpose.
ONE_LANGUAGE = {
    "_parts/console_top.html": {
        "Tiếng Việt": "each language is named in itself",
        "English": "each language is named in itself",
    },
    "_parts/language.html": {
        "Tiếng Việt": "each language is named in itself",
        "English": "each language is named in itself",
    },
    "ballot/_words.html": {
        'method="post" action=" " hx-post=" "': "attributes of a form, drawn by a macro: no words",
    },
    "ballot/report.html": dict.fromkeys(
        (
            "(Trưởng ban)  ;   .",
            "1. Số liệu",
            "2. Kết quả",
            "3. Dấu của hòm phiếu và của bộ phiếu niêm phong",
            "BIÊN BẢN KIỂM PHIẾU",
            "Ban kiểm phiếu:",
            "Bỏ phiếu từ   đến  , kiểm phiếu xong lúc  , tại  .",
            "Bổ sung vào danh sách bầu cử sau khi chốt:    ( ; chứng kiến:  ) ;   .",
            "Còn   chỗ chưa bầu được ; bằng phiếu ở chỗ cuối:   .",
            "Có quyền bầu, có mặt khi bỏ phiếu",
            "Họ và tên, chức vụ",
            "Hợp lệ",
            "Khiếu nại:  .",
            "Số phiếu phát ra khác danh sách ký nhận:  .",
            "Không hợp lệ",
            "Kết quả",
            "Người chứng kiến:",
            "Người giúp bỏ phiếu:  .",
            "Người báo thẻ bầu của mình đã bị người khác dùng:  .",
            "Phát ra",
            "Số phiếu",
            "TT",
            "Thu về",
            "Thẻ bầu: in  , phát  , còn lại  , trong hòm trong suốt  , mất  , trả lại  .",
            "Triệu tập",
            "Trong danh sách bầu cử",
            "Trúng cử khi được ít nhất   phiếu, quá nửa của    .",
            "Tỷ lệ",
            "Dấu của hòm phiếu",
            "Dấu của bộ phiếu niêm phong",
            "không có",
            "không đồng ý",
            "nhiệm kỳ   , lượt",
            "Đại biểu có mặt",
        ),
        "an official paper, Vietnamese in every language of the screens",
    ),
    "pledge/_words.html": {"Căn cứ": "an official paper is Vietnamese, whoever reads it"},
    "checkin/desk/_newcomer_fields.html": {
        "Ông": "a Vietnamese form of address, kept as it is said",
        "Bà": "a Vietnamese form of address, kept as it is said",
        "Đồng chí": "a Vietnamese form of address, kept as it is said",
    },
    "checkin/desk/_person.html": dict.fromkeys(
        (
            "Chưa có thẻ",
            "Chỉ ra ngoài hành lang",
            "Cổng mất nối",
            "Cổng ra mất nối",
            "Ghi nhầm người",
            "In sai thông tin",
            "Không có thẻ",
            "Mất thẻ",
            "Nghỉ phép",
            "Người được triệu tập đến dự",
            "Quét nhầm ở cổng ra",
            "Quên quét thẻ khi ra",
            "Quên thẻ",
            "Thẻ của người khác",
            "Thẻ hỏng, không quét được",
            "Việc gia đình",
            "Đi công tác",
            "Đại biểu quay ra",
            "Ốm",
        ),
        "goes into the book, which is kept in Vietnamese",
    ),
    "checkin/gate.html": dict.fromkeys(
        (
            "Chỉ ra ngoài hành lang",
            "Quét nhầm ở cổng ra",
            "Quét nhầm",
            "Thẻ của người khác",
            "Đại biểu quay ra",
        ),
        "goes into the book, which is kept in Vietnamese",
    ),
    "checkin/person.html": {
        "Mất thẻ": "goes into the book, which is kept in Vietnamese",
        "Thẻ hỏng, không quét được": "goes into the book, which is kept in Vietnamese",
        "In sai thông tin": "goes into the book, which is kept in Vietnamese",
    },
    "tls/trust.html": {
        "Tiếng Việt": "each language is named in itself",
        "English": "each language is named in itself",
    },
    "console/_motion.html": {
        "Thông qua chương trình Hội nghị": "a suggestion; the hall votes on Vietnamese words",
        "Thông qua danh sách Đoàn Chủ tịch và Thư ký": "a suggestion for the hall",
        "Thông qua Nghị quyết Hội nghị": "a suggestion for the hall",
    },
}

#: Attributes that people see or hear.
SPOKEN = {"title", "aria-label", "aria-description", "placeholder", "alt", "label", "content"}
#: Blocks of the layouts that fill a class or an attribute, and never text.
PIECES = re.compile(r"{% block (scale|columns|width|body) %}.*?{% endblock %}", re.S)
VIETNAMESE = re.compile(r"[à-ỹÀ-ỸđĐăĂơƠưƯ]")
WORD = re.compile(r"[^\W\d_]{2,}")


@pytest.fixture(scope="module")
def words() -> ModuleType:
    """The tool, loaded from its file: `tools` is no package."""
    spec = importlib.util.spec_from_file_location("words_tool", ROOT / "tools" / "words.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["words_tool"] = module
    spec.loader.exec_module(module)
    return module


# -- the catalogue ---------------------------------------------------------------------------------


def test_every_sentence_of_the_screens_has_its_english_one(words: ModuleType) -> None:
    assert list(words.troubles()) == []
    assert words.main(["--check"]) == 0


def test_the_tool_reads_every_template_that_holds_words(words: ModuleType) -> None:
    read = {file for files in words.extract().values() for file in files}
    speaking = {
        f"kiosk/templates/{name}" for name, source in templates() if re.search(r"\b_\(", source)
    }
    assert speaking <= read
    assert "kiosk/pages.py" in read


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda po: po.replace('msgstr "Sign out"', 'msgstr ""'), "no English yet: 'Đăng xuất'"),
        (lambda po: po.replace('msgid "Đăng xuất"', 'msgid "Thoát"'), "stale"),
        (lambda po: po.replace('msgid "Đăng xuất"', 'msgid "Thoát"'), "not in the catalogue"),
        (lambda po: po.replace("%(minutes)s min late", "late"), "other blanks"),
        (lambda po: po.replace("<b>%(inside)s</b>", "%(inside)s", 1), "other blanks"),
        (lambda po: po.replace('msgstr "Sign out"', 'msgstr "100% out"'), "a bare % sign"),
        (lambda po: po.replace('msgstr "Sign out"', 'msgstr "Log out"'), "messages.mo is not"),
        (lambda po: po.replace('msgid "Đăng xuất"', '#, fuzzy\nmsgid "Đăng xuất"'), "fuzzy"),
    ],
)
def test_a_spoilt_catalogue_is_named(
    words: ModuleType, tmp_path: Path, harm: Callable[[str], str], said: str
) -> None:
    folder = tmp_path / "LC_MESSAGES"
    shutil.copytree(words.CATALOGUE, folder)
    path = folder / "messages.po"
    whole = path.read_text(encoding="utf-8")
    spoilt = harm(whole)
    assert spoilt != whole
    path.write_text(spoilt, encoding="utf-8")
    assert [trouble for trouble in words.troubles(folder=folder) if said in trouble]


def test_a_missing_compiled_catalogue_is_named(words: ModuleType, tmp_path: Path) -> None:
    shutil.copyfile(words.CATALOGUE / "messages.po", tmp_path / "messages.po")
    assert [line for line in words.troubles(folder=tmp_path) if "cannot be read" in line]


def test_saving_what_was_read_changes_no_byte(words: ModuleType, tmp_path: Path) -> None:
    """So that running the tool twice, or on another machine, leaves git quiet."""
    known = words.sentences(words.read())
    words.save(words.renewed(words.extract(), known), tmp_path)
    again = (tmp_path / "messages.po").read_bytes().split(b"\n\n", 1)[1]
    assert again == (words.CATALOGUE / "messages.po").read_bytes().split(b"\n\n", 1)[1]


def test_only_the_pages_translate_in_python() -> None:
    """A rule or a service that made sentences would freeze one language into the data."""
    found = {
        path.relative_to(ROOT / "kiosk").as_posix()
        for path in (ROOT / "kiosk").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module == "flask_babel"
        and any("gettext" in name.name for name in node.names)
    }
    assert found == {"pages.py"}


# -- the templates ---------------------------------------------------------------------------------


def templates() -> Iterator[tuple[str, str]]:
    """Name and source of every template."""
    for path in sorted(TEMPLATES.rglob("*.html")):
        yield path.relative_to(TEMPLATES).as_posix(), path.read_text(encoding="utf-8")


class Seen(HTMLParser):
    """Collects what a person sees of a page: text, and the attributes that are shown or spoken."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        for name, value in attributes:
            # A button's value is a label; elsewhere it is data, and Vietnamese data are words.
            shown = name in SPOKEN and not (tag == "meta" and given.get("name"))
            if value and (shown or (name == "value" and VIETNAMESE.search(value))):
                self.found.append(value)


def plain_words(source: str) -> set[str]:
    """Words of a template that stand outside every Jinja expression."""
    env = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    page: list[str] = []
    for _, kind, value in env.lex(PIECES.sub("", source)):
        if kind == "data":
            page.append(value)
        elif kind in {"block_begin", "variable_begin"}:
            page.append(" ")
    seen = Seen()
    seen.feed("".join(page))
    seen.close()
    return {text.strip() for text in seen.found if WORD.search(text)}


def words_in_expressions(source: str) -> set[str]:
    """Vietnamese strings inside Jinja expressions that no `_()` translates."""
    env = Environment(autoescape=True)

    def look(node: nodes.Node) -> Iterator[str]:
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
            translated = {"_": 1, "gettext": 1, "pgettext": 2}.get(node.node.name, 0)
            for child in [*node.args[translated:], *node.kwargs]:
                yield from look(child)
            return
        if isinstance(node, nodes.Const) and isinstance(node.value, str):
            if VIETNAMESE.search(node.value):
                yield node.value
            return
        for child in node.iter_child_nodes():
            yield from look(child)

    return set(look(env.parse(source)))


@pytest.mark.parametrize(
    ("name", "source"), [pytest.param(*each, id=each[0]) for each in templates()]
)
def test_a_template_holds_no_words_outside_the_catalogue(name: str, source: str) -> None:
    assert plain_words(source) | words_in_expressions(source) == set(ONE_LANGUAGE.get(name, {}))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Xin chào</p>", {"Xin chào"}),
        ("<p>Hello</p>", {"Hello"}),
        ('<p>{{ _("Xin chào") }}, mời vào</p>', {", mời vào"}),
        ('<img alt="Sơ đồ ghế">', {"Sơ đồ ghế"}),
        ('<button title="Dong" value="go"></button>', {"Dong"}),
        ('<option value="Mất thẻ"></option>', {"Mất thẻ"}),
        ('{{ "Có mặt" if here else _("Chưa vào") }}', {"Có mặt"}),
        ('{% set word = {"gate": "Cổng"}["gate"] %}', {"Cổng"}),
        ('{{ bar(1, label="Có mặt") }}', {"Có mặt"}),
        ('{{ _("%(who)s vào", who="Đại biểu") }}', {"Đại biểu"}),
        ('<p class="which">{{ _("Có mặt") }} 12 / 3 · –</p>', set()),
        ('{{ pgettext("standing", "Đại biểu") }}', set()),
    ],
)
def test_the_scan_finds_words_wherever_they_hide(source: str, found: set[str]) -> None:
    assert plain_words(source) | words_in_expressions(source) == found


# -- the screens -----------------------------------------------------------------------------------


def english(browser: Browser) -> Browser:
    """The same browser after pressing English."""
    answer = browser.post("/language", {"language": "en", "next": "/"}, fragment=False)
    assert answer.status_code == 303
    return browser


def test_a_browser_that_chose_english_reads_english_and_others_do_not(
    app: Flask, stranger: Browser
) -> None:
    page = stranger.get("/sign-in").get_data(as_text=True)
    assert "Vào bàn điều hành" in page
    assert '<html lang="vi">' in page
    page = english(stranger).get("/sign-in").get_data(as_text=True)
    assert "Enter the console" in page
    assert "Vào bàn điều hành" not in page
    assert '<html lang="en">' in page
    assert "Vào bàn điều hành" in Browser(app).get("/sign-in").get_data(as_text=True)


def test_the_streams_draw_each_screen_in_both_languages(app: Flask, meeting: Meeting) -> None:
    hub = app.extensions["kiosk_live"]
    _, vi = hub.snapshot(["console"], "vi")
    _, en = hub.snapshot(["console"], "en")
    assert vi.keys() == en.keys()
    assert "Khai mạc Hội nghị" in vi["moment"]
    assert "Open the conference" in en["moment"]
    assert "Khai mạc Hội nghị" not in en["moment"]


def test_polling_in_one_language_does_not_change_the_words_of_the_asking_page(
    app: Flask, meeting: Meeting, as_device: Callable[[str, str], Browser]
) -> None:
    wall = english(as_device(Kind.PROJECTOR, "Máy chiếu"))
    regions = wall.get("/live/wall?poll=1").get_json()["regions"]
    assert "delegates" in regions[0]["html"]
    with app.test_request_context():
        assert get_translations().ugettext("Đăng xuất") == "Đăng xuất"
        with force_locale("en"):
            assert get_translations().ugettext("Đăng xuất") == "Sign out"
            assert get_translations().upgettext("standing", "Đại biểu") == "Delegate"
        assert get_translations().ugettext("Đăng xuất") == "Đăng xuất"


def test_no_vietnamese_sentence_of_ours_is_left_on_an_english_page(
    meeting: Meeting, signed_in: Callable[..., Browser], words: ModuleType
) -> None:
    secretary = english(signed_in(Role.SECRETARY))
    sentences = [
        each
        for _, each in words.extract()
        if len(each) > 25 and not re.search(r"%\(|\{", each) and VIETNAMESE.search(each)
    ]
    assert len(sentences) > 40
    for path in (
        "/console",
        "/console/delegates",
        "/console/delegates/import",
        "/console/plan",
        "/console/devices",
        "/console/devices/pair",
        "/pair",
        "/away",
        "/console/staff",
        "/console/book",
    ):
        page = secretary.get(path)
        assert page.status_code == 200, path
        shown = page.get_data(as_text=True)
        assert [each for each in sentences if each in shown] == [], path

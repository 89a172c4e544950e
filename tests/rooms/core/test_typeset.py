"""Paper: the same bytes, our fonts, and nobody's text is ever run."""

from __future__ import annotations

import hashlib
import io
import json
import logging
from datetime import UTC, datetime

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.core import text_fit, typeset

PAGE = """
#let data = json(bytes(sys.inputs.data))
#set text(font: "Be Vietnam Pro")
#data.words
"""
NOON = datetime(2026, 3, 20, 5, 0, tzinfo=UTC)


def words_of(made):
    return " ".join(pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text().split())


def test_every_font_is_the_one_of_the_manifest():
    manifest = json.loads((typeset.FONTS / "MANIFEST.json").read_text(encoding="utf-8"))
    listed = {row["file"]: row["sha256"] for row in manifest["files"]}
    there = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in typeset.FONTS.iterdir()
        if path.name != "MANIFEST.json"
    }
    assert there == listed
    assert all(row["licence"] == "OFL-1.1" for row in manifest["files"])


def test_the_same_template_and_data_give_the_same_bytes():
    first = typeset.pdf(PAGE, data={"words": "Nguyễn"}, at=NOON)
    assert first == typeset.pdf(PAGE, data={"words": "Nguyễn"}, at=NOON)
    assert first != typeset.pdf(PAGE, data={"words": "Nguyễn"})


def test_a_paper_is_archival_dated_and_carries_its_fonts():
    made = typeset.pdf(PAGE, data={"words": "Hội nghị"}, at=NOON)
    reader = pypdf.PdfReader(io.BytesIO(made))
    assert b"pdfaid:part>2<" in made
    assert b"pdfaid:conformance>B<" in made
    assert reader.metadata.creation_date == NOON


@pytest.mark.parametrize(
    "hostile",
    [
        '#read("/etc/passwd")',
        '#import "@preview/cetz:0.3.0"',
        "$ x^2 $ *bold* _soft_ `raw` <label> @ref // gone",
        '"; #panic("x") ;"',
        "= Heading\\ #let data = 1",
    ],
)
def test_what_people_write_is_printed_and_never_run(hostile):
    assert words_of(typeset.pdf(PAGE, data={"words": hostile})) == hostile


def test_decomposed_letters_and_control_signs_come_out_whole():
    made = typeset.pdf(PAGE, data={"words": "Nguye\u0302\u0303n\u0000 \ud800Thảo"})
    assert words_of(made) == "Nguyễn Thảo"


def test_a_letter_in_no_font_costs_the_archive_mark_but_not_the_paper(caplog):
    with caplog.at_level(logging.WARNING):
        made = typeset.pdf(PAGE, data={"words": "An 😀"})
    assert made.startswith(b"%PDF")
    assert b"pdfaid" not in made
    assert "plain PDF" in caplog.text


def test_a_broken_template_names_the_place():
    with pytest.raises(typeset.TypesetError, match=r"nosuch[\s\S]*2:1"):
        typeset.pdf("\n#nosuch", data={})


def test_a_template_may_fetch_nothing_and_read_nothing_outside():
    with pytest.raises(typeset.TypesetError, match="packages"):
        typeset.pdf('#import "@preview/cetz:0.3.0": *', data={})
    with pytest.raises(typeset.TypesetError):
        typeset.pdf('#read("../fonts/MANIFEST.json")', data={})


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="naive"):
        typeset.pdf(PAGE, data={"words": ""}, at=datetime(2026, 3, 20))  # noqa: DTZ001


def test_an_unknown_template_is_named():
    with pytest.raises(typeset.TypesetError, match="no_such"):
        typeset.template("no_such")


names = st.lists(
    st.text(alphabet="aăâđêôơưảĩịọễỮẾWil", min_size=1, max_size=30), min_size=1, max_size=12
).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(names, st.sampled_from([9.0, 16.0, 29.0]), st.sampled_from([400, 800]))
def test_no_line_is_wider_than_its_box_and_no_letter_is_lost(text, size, weight):
    for breaking in (text_fit.wrap, text_fit.pretty, text_fit.balanced):
        lines = breaking(text, size=size, weight=weight, limit=40)
        assert "".join("".join(lines).split()) == "".join(text.split())
        assert all(text_fit.width(line, size=size, weight=weight) <= 40 for line in lines)


def test_no_line_begins_with_a_dash_and_the_last_is_not_lonely():
    assert text_fit.wrap("Văn hoá - Xã hội", size=10, weight=400, limit=18)[0] == "Văn hoá -"
    lines = text_fit.pretty("Phòng Kinh tế, Hạ tầng và Đô thị", size=10, weight=400, limit=53.8)
    assert lines == ["Phòng Kinh tế, Hạ tầng và", "Đô thị"]

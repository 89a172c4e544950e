"""The words of a pledge: the ready model, what a form brings, and the bytes that are hashed."""

from __future__ import annotations

import hashlib
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.errors import Refused
from kiosk.pledge import text as texts
from kiosk.pledge.text import Text


def typed(**fields: object) -> Text:
    given_fields = {
        "title": "Giao ước thi đua",
        "about": "Năm 2026",
        "bases": "Luật A;\nLuật B",
        "opening": "Các đơn vị ký kết:",
        "headings": [("Nhiệm vụ", "Hoàn thành 100%\n- Đúng hạn"), ("", "")],
        "targets": [("Văn phòng", "1. Không chậm việc"), ("Phòng Kinh tế", " \n")],
        "closing": "Cam kết thực hiện.",
        **fields,
    }
    return texts.checked(**given_fields)  # type: ignore[arg-type]


def test_a_form_becomes_a_text_without_its_numbers_dashes_and_empty_parts() -> None:
    text = typed()
    assert [part.title for part in text.headings] == ["Nhiệm vụ"]
    assert text.headings[0].aims == ("Hoàn thành 100%", "Đúng hạn")
    assert [(each.unit, each.lines) for each in text.targets] == [
        ("Văn phòng", ("Không chậm việc",))
    ]


def test_a_number_that_belongs_to_the_words_stays() -> None:
    lines = "100% hồ sơ đúng hạn\n31/12/2026 là hạn cuối\n2.1. Mục con\n3) Ba"
    assert texts.lines_of(lines) == (
        "100% hồ sơ đúng hạn",
        "31/12/2026 là hạn cuối",
        "Mục con",
        "Ba",
    )


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"title": " \n"}, "pledge_title_missing"),
        ({"headings": []}, "pledge_aims_missing"),
        ({"headings": [("Nhiệm vụ", " ")]}, "pledge_aims_missing"),
        ({"headings": [("", "Đúng hạn")]}, "pledge_aims_missing"),
        ({"closing": "x" * 1001}, "pledge_line_too_long"),
        ({"headings": [(f"Phần {n}", "a") for n in range(13)]}, "pledge_too_long"),
        ({"bases": "dòng\n" * 500}, "pledge_too_long"),
    ],
)
def test_what_nobody_could_read_on_a_tablet_is_refused(
    fields: dict[str, object], code: str
) -> None:
    with pytest.raises(Refused) as error:
        typed(**fields)
    assert error.value.code == code


def test_hidden_signs_and_html_are_words_like_any_other() -> None:
    text = typed(title="Giao\u202e ước <b>\x00", opening="<script>alert(1)</script>")
    assert text.title == "Giao ước <b>"
    assert text.opening == "<script>alert(1)</script>"


def test_the_hash_is_that_of_canonical_json_and_needs_no_program_of_ours() -> None:
    text = typed()
    body = json.dumps(text.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert texts.text_hash(text) == hashlib.sha256(body.encode("utf-8")).hexdigest()


words = st.text(alphabet=st.characters(codec="utf-8"), max_size=40)


@given(title=words, aims=st.lists(words, min_size=1, max_size=5))
def test_a_stored_text_is_the_same_text_with_the_same_hash(title: str, aims: list[str]) -> None:
    try:
        text = typed(title=title, headings=[("Phần", "\n".join(aims))])
    except Refused:
        return
    again = texts.from_json(json.loads(json.dumps(text.as_json())))
    assert again == text
    assert texts.text_hash(again) == texts.text_hash(text)
    for line in texts.all_lines(text):
        assert line == unicodedata.normalize("NFC", line).strip()


@given(st.sampled_from(["title", "about", "opening", "closing"]), words)
def test_one_letter_more_is_another_hash(field: str, more: str) -> None:
    before, after = typed(), typed(**{field: f"Giao ước {more} x"})
    assert (before == after) == (texts.text_hash(before) == texts.text_hash(after))


# -- the model -------------------------------------------------------------------------------------


def test_the_model_has_the_six_parts_of_d8_and_the_plans_own_bases() -> None:
    model = texts.model(
        host="UBND phường Hải Dương",
        conference="Hội nghị cán bộ năm 2026",
        year=2026,
        bases=["Luật Thực hiện dân chủ ở cơ sở ngày 10/11/2022;", " "],
    )
    assert len(model.headings) == 6
    assert model.bases[0] == "Luật Thực hiện dân chủ ở cơ sở ngày 10/11/2022"
    assert "2026" in model.about
    assert "UBND phường Hải Dương" in model.opening
    assert not any("{" in line for line in texts.all_lines(model))


def test_figures_that_only_the_office_knows_are_blanks_that_block_the_signing() -> None:
    model = texts.model(host="", conference="Hội nghị", year=2026, bases=[])
    assert texts.blanks(model) == 4
    assert texts.blanks(typed()) == 0
    assert texts.blanks(typed(closing="Đạt .... % và ____ việc")) == 2
    assert texts.blanks(typed(closing="Và v.v... nhiều việc khác...")) == 0


def test_the_model_can_be_stored_as_it_stands() -> None:
    model = texts.model(host="UBND xã Y", conference="Hội nghị", year=2027, bases=["Luật A"])
    again = texts.checked(
        title=model.title,
        about=model.about,
        bases="\n".join(model.bases),
        opening=model.opening,
        headings=[(part.title, "\n".join(part.aims)) for part in model.headings],
        targets=[],
        closing=model.closing,
    )
    assert again == model

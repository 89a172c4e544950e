"""htmx behind one door: fragments, prompts, redirects."""

from __future__ import annotations

import pytest
from flask import Flask

from kiosk.core import hx


@pytest.mark.parametrize(
    ("headers", "fragment"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "false"}, False),
        ({"HX-Request": "true", "HX-Boosted": "true"}, True),
        # A history restore wants the whole page, or the browser shows a naked fragment.
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_only_htmx_itself_gets_a_fragment(
    app: Flask, headers: dict[str, str], fragment: bool
) -> None:
    with app.test_request_context("/sign-in", headers=headers):
        assert hx.wants_fragment() is fragment


def test_a_prompt_in_vietnamese_is_decoded(app: Flask) -> None:
    encoded = {"HX-Prompt": "m%E1%BA%A5t%20th%E1%BA%BB", "HX-Prompt-URI-AutoEncoded": "true"}
    with app.test_request_context("/sign-in", headers=encoded):
        assert hx.prompt() == "mất thẻ"
    with app.test_request_context("/sign-in", headers={"HX-Prompt": "100%25"}):
        assert hx.prompt() == "100%25"
    with app.test_request_context("/sign-in"):
        assert hx.prompt() == ""


def test_a_form_goes_on_by_303_and_htmx_by_its_own_header(app: Flask) -> None:
    with app.test_request_context("/sign-in"):
        plain = hx.go("conference.roster", q="Đỗ Ánh")
        assert plain.status_code == 303
        assert plain.headers["Location"] == "/console/delegates?q=%C4%90%E1%BB%97+%C3%81nh"
    with app.test_request_context("/sign-in", headers={"HX-Request": "true"}):
        answer = hx.go("conference.roster", q="Đỗ Ánh")
        assert answer.status_code == 204
        assert answer.headers["HX-Redirect"].isascii()
        assert "Location" not in answer.headers


def test_an_act_on_a_living_page_only_says_that_it_is_done(app: Flask) -> None:
    with app.test_request_context("/console", headers={"HX-Request": "true"}):
        answer = hx.done("console.home")
        assert (answer.status_code, answer.headers["HX-Trigger"]) == (204, "kiosk-done")
    with app.test_request_context("/console"):
        assert hx.done("console.home").status_code == 303


def test_no_cache_mixes_up_a_page_and_its_fragment(app: Flask) -> None:
    assert "HX-Request" in app.test_client().get("/sign-in").headers["Vary"]

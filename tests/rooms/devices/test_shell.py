"""What stands around a device's page: the installed app, the worker, the page without a server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from support import Browser

import kiosk
from kiosk.core.page_version import page_version
from kiosk.devices import shell_routes

STATIC = Path(kiosk.__file__).parent / "static"


def test_the_app_has_the_colours_of_the_look_and_icons_that_are_there(stranger: Browser) -> None:
    answer = stranger.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    found = answer.get_json(force=True)
    tokens = (STATIC / "css/tokens.css").read_text(encoding="utf-8")
    assert f"--son: {found['theme_color']};" in tokens
    assert f"--paper: {found['background_color']};" in tokens
    assert (found["display"], found["start_url"], found["scope"]) == ("fullscreen", "/pair", "/")
    for icon in found["icons"]:
        assert (STATIC / icon["src"].removeprefix("/static/")).is_file()
    assert {icon.get("purpose") for icon in found["icons"]} == {None, "maskable"}
    page = stranger.get("/pair").get_data(as_text=True)
    assert f'<meta name="theme-color" content="{shell_routes.LACQUER}">' in page


def test_the_worker_bears_the_version_and_may_stand_at_the_root(
    app: Flask, stranger: Browser
) -> None:
    answer = stranger.get("/away.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert app.extensions["kiosk_live"].version in answer.get_data(as_text=True)


def test_the_worker_answers_navigations_and_its_own_files_and_nothing_else(
    stranger: Browser,
) -> None:
    source = stranger.get("/away.js").get_data(as_text=True)
    answers = re.findall(r"event\.respondWith\((\w+)\(", source)
    assert answers == ["page", "part"]
    assert "request.method !== 'GET'" in source


def test_the_page_without_a_server_holds_nothing_of_the_conference(
    app: Flask, stranger: Browser
) -> None:
    page = stranger.get("/away").get_data(as_text=True)
    for word in ("data-csrf", "data-live", "htmx", "2026", "kiosk_"):
        assert word not in page, word


# -- the version of the pages ----------------------------------------------------------------------


@pytest.fixture
def program(tmp_path: Path) -> Path:
    for name, text in {
        "static/js/a.js": "a",
        "static/css/a.css": "b",
        "templates/a.html": "c",
        "translations/en/a.mo": "d",
        "devices/routes.py": "e",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path


def test_the_version_follows_what_a_page_is_made_of_and_nothing_else(program: Path) -> None:
    first = page_version(program, "1")
    assert re.fullmatch(r"[0-9a-f]{12}", first)
    assert page_version(program, "1") == first
    (program / "devices/routes.py").write_text("other", encoding="utf-8")
    assert page_version(program, "1") == first
    seen = {first, page_version(program, "2")}
    for name in ("static/js/a.js", "templates/a.html", "translations/en/a.mo"):
        (program / name).write_text("new", encoding="utf-8")
        seen.add(page_version(program, "1"))
    (program / "static/js/b.js").write_text("", encoding="utf-8")
    seen.add(page_version(program, "1"))
    (program / "static/js/b.js").rename(program / "static/js/c.js")
    seen.add(page_version(program, "1"))
    assert len(seen) == 7, "each change is another version"


def test_every_page_and_every_tick_tell_the_same_version(app: Flask, stranger: Browser) -> None:
    version = app.extensions["kiosk_live"].version
    assert version == page_version(Path(kiosk.__file__).parent, kiosk.__version__)
    assert f'data-version="{version}"' in stranger.get("/sign-in").get_data(as_text=True)
    tick = app.extensions["kiosk_live"]._tick().decode()
    assert f'"version": "{version}"' in tick

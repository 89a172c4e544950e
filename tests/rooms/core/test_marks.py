"""Half a configuration does not start: foreign keys, a rehearsal on the real conference."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from kiosk import config, create_app, founding, instance
from kiosk.core import keys
from kiosk.core.errors import Refused
from kiosk.founding import real_plan


def test_another_conferences_keys_do_not_start(tmp_path: Path) -> None:
    here, there = config.load(tmp_path / "here"), config.load(tmp_path / "there")
    instance.create(here)
    instance.create(there)
    (there.instance / keys.FILE).replace(here.instance / keys.FILE)
    with pytest.raises(Refused, match="keys_of_another_conference"):
        create_app(here)


def test_a_real_conference_is_never_run_as_a_rehearsal(app: Flask, made_instance: Path) -> None:
    """Its start page would give real badges and gates to whoever sits at the laptop."""
    with pytest.raises(Refused, match="rehearsal_differs"):
        create_app(config.load(made_instance, rehearsal=True))


def test_a_rehearsal_is_never_run_as_a_real_conference(tmp_path: Path) -> None:
    founding.make_conference(config.load(tmp_path / "i"), plan=real_plan(), rehearsal=True)
    (tmp_path / "i" / config.FILE).unlink()
    with pytest.raises(Refused, match="rehearsal_differs"):
        create_app(config.load(tmp_path / "i"))


def test_a_founding_that_fails_leaves_an_empty_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = config.load(tmp_path / "i")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("kiosk.agenda.plan_import.import_plan", full)
        with pytest.raises(OSError, match="No space"):
            founding.make_conference(settings, plan=real_plan())
    assert not instance.exists(settings.instance)
    assert founding.make_conference(settings, plan=real_plan()).agenda == 9


def test_a_plan_that_cannot_be_laid_out_founds_nothing(tmp_path: Path) -> None:
    name, data = real_plan()
    many = "".join(f"{number}. Báo cáo số {number}\n" for number in range(10, 90))
    long_plan = data.decode().replace("III. THỜI GIAN", f"{many}\nIII. THỜI GIAN").encode()
    with pytest.raises(Refused, match="agenda_too_long"):
        founding.make_conference(config.load(tmp_path / "i"), plan=(name, long_plan))
    assert not instance.exists(tmp_path / "i")


def test_the_setting_language_is_what_a_new_browser_gets(made_instance: Path) -> None:
    app = create_app(config.load(made_instance, language="en"))
    page = app.test_client().get("/sign-in").get_data(as_text=True)
    assert '<html lang="en">' in page
    assert "Sign in" in page


def test_any_wsgi_server_holds_the_lock_too(
    made_instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes that write would each believe their own memory of who is revoked."""
    import runpy

    monkeypatch.setenv("KIOSK_INSTANCE", str(made_instance))
    found = runpy.run_path(str(Path(__file__).parents[3] / "wsgi.py"))
    try:
        with pytest.raises(Refused, match="instance_in_use"), instance.locked(made_instance):
            pass
    finally:
        found["held"].close()

"""Attachments, the chair's words, and the wall, as they are stored."""

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from kiosk.agenda import attachments, script, services, wall
from kiosk.agenda.models import AgendaFile
from kiosk.agenda.rules import Draft, WallMode
from kiosk.conference.plan.kinds import AgendaKind
from kiosk.core.errors import NotSaved, Refused
from kiosk.motions import services as motions

PDF = b"%PDF-1.7\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def hall(hall_of: Callable[..., Any]) -> Any:
    hall = hall_of()
    for title, kind in (("Khai mạc", "opening"), ("Báo cáo {title} %s", "report")):
        services.add_item(Draft(title, kind), by=hall.lan, clock=hall.clock)
    return hall


def attach(hall: Any, folder: Path, data: bytes = PDF, name: str = "Báo cáo.pdf") -> int:
    return attachments.attach(2, name, data, instance=folder, by=hall.lan, clock=hall.clock)


def test_a_pdf_is_kept_under_its_hash_and_listed(hall: Any, tmp_path: Path) -> None:
    attach(hall, tmp_path)
    [row] = attachments.files_of(hall.session, 2)
    assert (row.name, row.bytes, row.by_name) == ("Báo cáo.pdf", len(PDF), "Lan")
    assert row.place(tmp_path).read_bytes() == PDF
    assert [path.name for path in (tmp_path / "files").iterdir()] == [f"{row.sha256}.pdf"]
    assert list((tmp_path / "uploads").iterdir()) == []


def test_the_same_file_again_is_quiet_and_at_another_item_its_own(
    hall: Any, tmp_path: Path
) -> None:
    assert attach(hall, tmp_path) == attach(hall, tmp_path, name="tên khác.pdf")
    attachments.attach(1, "khác.pdf", PDF, instance=tmp_path, by=hall.minh)
    assert {item: len(rows) for item, rows in attachments.files_by_item(hall.session).items()} == {
        1: 1,
        2: 1,
    }
    assert len(list((tmp_path / "files").iterdir())) == 1
    assert len(hall.book("agenda:file:attached")) == 2


def test_removing_keeps_row_and_file_and_it_may_be_attached_again(
    hall: Any, tmp_path: Path
) -> None:
    first = attach(hall, tmp_path)
    attachments.remove(2, first, by=hall.minh, clock=hall.clock)
    assert attachments.files_of(hall.session, 2) == []
    assert len(list((tmp_path / "files").iterdir())) == 1
    with pytest.raises(Refused, match="attachment_unknown"):
        attachments.remove(2, first, by=hall.minh)
    assert attach(hall, tmp_path) != first
    assert hall.session.scalar(select(func.count()).select_from(AgendaFile)) == 2


def test_nothing_is_written_for_what_is_refused(hall: Any, tmp_path: Path) -> None:
    for data in (b"PK\x03\x04", b"%PDF-1.7", bytes(20_000_001)):
        with pytest.raises(Refused):
            attach(hall, tmp_path, data)
    assert not (tmp_path / "files").exists()
    with pytest.raises(Refused, match="agenda_item_unknown"):
        attachments.attach(9, "a.pdf", PDF, instance=tmp_path, by=hall.lan)


def test_half_a_file_of_a_crash_is_written_anew(hall: Any, tmp_path: Path) -> None:
    attach(hall, tmp_path)
    [row] = attachments.files_of(hall.session, 2)
    row.place(tmp_path).write_bytes(PDF[:10])
    attach(hall, tmp_path)
    assert row.place(tmp_path).read_bytes() == PDF


def test_a_full_disk_is_said_and_leaves_nothing_behind(
    hall: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("kiosk.agenda.attachments.os.fsync", full)
    with pytest.raises(NotSaved):
        attach(hall, tmp_path)
    assert list((tmp_path / "uploads").iterdir()) == list((tmp_path / "files").iterdir()) == []
    assert attachments.files_of(hall.session, 2) == []


def test_an_item_takes_thirty_files(hall: Any, tmp_path: Path) -> None:
    for number in range(30):
        attach(hall, tmp_path, PDF + b"%" * number)
    with pytest.raises(Refused, match="attachments_too_many"):
        attach(hall, tmp_path, PDF + b"%" * 31)


# -- the chair's words -----------------------------------------------------------------------


def test_every_kind_has_usual_words_without_an_open_blank(hall: Any) -> None:
    for number, kind in enumerate(AgendaKind, start=3):
        services.add_item(Draft(f"Mục thử {kind}", kind), by=hall.lan)
        words = script.words_of(hall.session, number)
        assert not words.is_written
        assert "{" not in words.text
        assert [each for each in words.paragraphs if not each.is_cue]


def test_braces_in_a_title_stay_as_they_are(hall: Any) -> None:
    assert "Báo cáo {title} %s" in script.words_of(hall.session, 2).text


def test_own_words_replace_the_usual_ones_and_go_again(hall: Any) -> None:
    script.write_script(2, " Lời riêng\n\n[Nhạc nền] ", seen=0, by=hall.lan)
    words = script.words_of(hall.session, 2)
    assert (words.is_written, words.number) == (True, 1)
    assert [(each.text, each.is_cue) for each in words.paragraphs] == [
        ("Lời riêng", False),
        ("Nhạc nền", True),
    ]
    with pytest.raises(Refused) as refused:
        script.write_script(2, "của Minh", seen=0, by=hall.minh)
    assert (refused.value.code, refused.value.facts) == ("script_changed", {"name": "Lan"})
    script.write_script(2, "", seen=1, by=hall.lan)
    assert not script.words_of(hall.session, 2).is_written


def test_usual_words_sent_back_stay_the_usual_words(hall: Any) -> None:
    script.write_script(2, script.words_of(hall.session, 2).text, seen=0, by=hall.lan)
    assert script.words_of(hall.session, 2).number == 0
    assert hall.book("agenda:script") == []


def test_words_too_long_are_refused(hall: Any) -> None:
    with pytest.raises(Refused, match="script_too_long"):
        script.write_script(2, "a" * 8_001, seen=0, by=hall.lan)


def test_cues_inside_a_sentence_are_set_apart() -> None:
    [only] = script.paragraphs("Xin giơ tay. [Thư ký đếm] Xin hạ tay.")
    assert not only.is_cue
    assert only.pieces == [(False, "Xin giơ tay. "), (True, "Thư ký đếm"), (False, " Xin hạ tay.")]


def test_the_words_of_a_vote_name_the_question_and_the_figures() -> None:
    asked = "\n".join(each.text for each in script.vote_words(text="Thông qua chương trình"))
    assert "Thông qua chương trình" in asked
    assert all(word in asked for word in ("nhất trí", "không nhất trí", "ý kiến khác"))
    for is_adopted in (True, False):
        said = script.outcome_words(
            is_adopted=is_adopted,
            text="Nội dung",
            present=57,
            in_favour=29,
            against=1,
            other=2,
            share="50,88%",
        )
        assert "29 trên 57" in said[0].text
        assert "{" not in "".join(each.text for each in said)


# -- the wall --------------------------------------------------------------------------------


@pytest.fixture
def opened(hall: Any) -> Any:
    services.open_conference(by=hall.lan, clock=hall.clock)
    return hall


def mode(hall: Any) -> WallMode:
    return wall.wall_state(hall.session).mode


def test_the_wall_steps_aside_and_comes_back_by_one_tap_each(hall: Any) -> None:
    assert mode(hall) is WallMode.LIVE
    for _ in range(2):
        wall.step_aside(by=hall.lan, clock=hall.clock)
        assert mode(hall) is WallMode.ASIDE
    for _ in range(2):
        wall.take_back(by=hall.lan, clock=hall.clock)
        assert mode(hall) is WallMode.LIVE
    assert [event for event, _ in hall.book("agenda:wall")] == [
        "agenda:wall:stepped_aside",
        "agenda:wall:taken_back",
    ]


def test_a_motion_brings_the_wall_back(opened: Any) -> None:
    wall.step_aside(by=opened.lan, clock=opened.clock)
    services.next_item(seen=None, by=opened.lan, clock=opened.clock)
    assert mode(opened) is WallMode.ASIDE  # the slides belong to the item
    motions.open_motion(text="Thông qua chương trình", by=opened.lan, clock=opened.clock)
    assert mode(opened) is WallMode.LIVE


def test_opening_and_end_bring_the_wall_back(hall: Any) -> None:
    wall.step_aside(by=hall.lan, clock=hall.clock)
    services.open_conference(by=hall.lan, clock=hall.clock)
    assert mode(hall) is WallMode.LIVE
    for item in (1, 2):
        services.skip_item(item, reason="không làm", by=hall.lan, clock=hall.clock)
    wall.step_aside(by=hall.lan, clock=hall.clock)
    services.end_conference(by=hall.lan, clock=hall.clock)
    assert mode(hall) is WallMode.LIVE


def test_a_break_has_its_hour_and_ends_with_the_next_item(opened: Any) -> None:
    until = opened.now + timedelta(minutes=15)
    for _ in range(2):
        wall.call_break(until=until, by=opened.lan, clock=opened.clock)
    state = wall.wall_state(opened.session)
    assert (state.mode, state.until, state.since) == (WallMode.BREAK, until, opened.now)
    services.next_item(seen=None, by=opened.lan, clock=opened.clock)
    assert mode(opened) is WallMode.LIVE
    assert [event for event, _ in opened.book("agenda:break")] == [
        "agenda:break:called",
        "agenda:break:ended",
    ]


def test_no_break_before_the_opening_or_in_the_past(hall: Any) -> None:
    with pytest.raises(Refused, match="conference_not_open"):
        wall.call_break(until=hall.now + timedelta(minutes=5), by=hall.lan, clock=hall.clock)
    services.open_conference(by=hall.lan, clock=hall.clock)
    with pytest.raises(Refused, match="break_time_wrong"):
        wall.call_break(until=hall.now, by=hall.lan, clock=hall.clock)

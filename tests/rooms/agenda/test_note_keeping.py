"""Notes for the minutes as they are stored: every version stays, two writers never lose a text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from kiosk.agenda import keeping, services
from kiosk.agenda.models import AgendaNote
from kiosk.agenda.rules import Draft
from kiosk.conference.models import Conference
from kiosk.core.db import unit_of_work
from kiosk.core.errors import Refused


@pytest.fixture
def hall(hall_of: Callable[..., Any]) -> Any:
    """A draft with one item."""
    hall = hall_of()
    services.add_item(Draft("Khai mạc", "opening"), by=hall.lan, clock=hall.clock)
    return hall


def save(hall: Any, text: str, based_on: int, *, by: Any = None, **more: Any) -> keeping.Saved:
    return keeping.save_note(
        1, text, based_on=based_on, by=by or hall.lan, clock=hall.clock, **more
    )


def test_each_save_on_the_newest_is_the_next_version(hall: Any) -> None:
    assert save(hall, "một", 0).number == 1
    assert save(hall, "một hai", 1).number == 2
    now = keeping.notes_of(hall.session, 1)
    assert (now.head, now.text, now.open_tips, now.by_name) == (2, "một hai", (), "Lan")
    assert [each.text for each in keeping.latest_versions(hall.session, 1)] == ["một hai", "một"]


def test_the_same_text_again_is_quiet(hall: Any) -> None:
    save(hall, "một", 0)
    again = save(hall, "một", 0)
    assert (again.number, again.is_branch, again.head) == (1, False, 1)
    assert save(hall, "một", 1).number == 1
    save(hall, "hai", 1, by=hall.minh)
    # The answer to Lan's first save was lost on the way; hers is stored already.
    assert save(hall, "một", 0).number == 1
    assert save(hall, "", 0).head == 2


def test_an_empty_page_stores_nothing(hall: Any) -> None:
    assert save(hall, "", 0).number == 0
    assert keeping.latest_versions(hall.session, 1) == []


def test_two_writers_at_once_keep_both_texts(hall: Any) -> None:
    save(hall, "chung", 0)
    save(hall, "chung\ncủa Lan", 1)
    saved = save(hall, "chung\ncủa Minh", 1, by=hall.minh)
    assert saved.is_branch
    assert (saved.head, saved.open_tips) == (2, (3,))
    [conflict] = keeping.conflicts(hall.session, 1)
    assert conflict.ours.text == "chung\ncủa Minh"
    assert conflict.theirs is not None
    assert conflict.theirs.text == "chung\ncủa Lan"
    assert conflict.proposal == "chung\ncủa Minh\ncủa Lan"
    assert keeping.notes_of(hall.session, 1).text == "chung\ncủa Lan"


def test_a_branch_goes_on_and_is_one_conflict(hall: Any) -> None:
    save(hall, "chung", 0)
    save(hall, "chung\nL", 1)
    save(hall, "chung\nM", 1, by=hall.minh)
    saved = save(hall, "chung\nM tiếp", 3, by=hall.minh)
    assert saved.open_tips == (4,)
    [conflict] = keeping.conflicts(hall.session, 1)
    assert conflict.proposal == "chung\nM tiếp\nL"


def test_a_person_settles_it_and_every_version_stays(hall: Any) -> None:
    save(hall, "chung", 0)
    save(hall, "chung\nL", 1)
    save(hall, "chung\nM", 1, by=hall.minh)
    settled = save(hall, "chung\nL và M", 2, settles=[3], by=hall.minh)
    assert (settled.number, settled.head, settled.open_tips) == (4, 4, ())
    assert keeping.version(hall.session, 1, 3).settled_in == 4
    assert len(keeping.latest_versions(hall.session, 1)) == 4
    assert keeping.conflicts(hall.session, 1) == []


def test_settling_what_has_moved_on_is_a_branch_again(hall: Any) -> None:
    save(hall, "chung", 0)
    save(hall, "chung\nL", 1)
    save(hall, "chung\nM", 1, by=hall.minh)
    save(hall, "chung\nL\nL2", 2)
    saved = save(hall, "chung\nL\nM", 2, settles=[3], by=hall.minh)
    assert saved.is_branch
    assert saved.open_tips == (5,)
    [conflict] = keeping.conflicts(hall.session, 1)
    assert set(conflict.proposal.split("\n")) == {"chung", "L", "M", "L2"}


def test_two_people_settle_at_once_and_nothing_is_lost(hall: Any) -> None:
    save(hall, "chung", 0)
    save(hall, "chung\nL", 1)
    save(hall, "chung\nM", 1, by=hall.minh)
    save(hall, "gộp của Lan", 2, settles=[3])
    second = save(hall, "gộp của Minh", 2, settles=[3], by=hall.minh)
    assert second.is_branch
    assert second.open_tips == (second.number,)


def test_typing_on_after_ones_branch_was_settled_by_another(hall: Any) -> None:
    save(hall, "chung", 0)
    save(hall, "chung\nL", 1)
    save(hall, "chung\nM", 1, by=hall.minh)
    save(hall, "chung\nM\nL", 2, settles=[3])
    save(hall, "chung\nM\nM2", 3, by=hall.minh)
    [conflict] = keeping.conflicts(hall.session, 1)
    assert sorted(conflict.proposal.split("\n")) == ["L", "M", "M2", "chung"]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.integers(0, 2), st.text("ab\n", min_size=1, max_size=4)), max_size=8))
def test_whatever_three_pages_send_every_text_is_stored(
    hall: Any, acts: list[tuple[int, str]]
) -> None:
    with unit_of_work() as session:
        session.execute(delete(AgendaNote))
    seen = {0: 0, 1: 0, 2: 0}
    for page, text in acts:
        saved = save(hall, text, seen[page], by=(hall.lan, hall.minh)[page % 2])
        seen[page] = saved.number
    stored = set(hall.session.scalars(select(AgendaNote.text)))
    assert stored == {text for _, text in acts}
    # What is not in the newest text stands in a branch that a person is shown, or was gone on from.
    rows = keeping.latest_versions(hall.session, 1)
    tips = keeping.notes_of(hall.session, 1).open_tips
    ends = {row.number for row in rows} - {row.based_on for row in rows}
    assert ends <= {keeping.notes_of(hall.session, 1).head, *tips}


def test_a_sitting_is_one_line_in_the_book_and_a_branch_another(hall: Any) -> None:
    save(hall, "a", 0)
    save(hall, "ab", 1)
    save(hall, "abc", 2)
    save(hall, "abd", 2, by=hall.minh)
    save(hall, "abde", 4, by=hall.minh)
    save(hall, "abc abde", 3, settles=[5])
    assert [event for event, _ in hall.book("agenda:note")] == [
        "agenda:note:written",
        "agenda:note:branched",
        "agenda:note:settled",
    ]
    hall.later(minutes=11)
    save(hall, "sau", 6)
    assert len(hall.book("agenda:note")) == 4


def test_notes_may_still_be_written_after_the_end(hall: Any) -> None:
    with unit_of_work() as session:
        session.execute(update(Conference).values(opened_at=hall.now, ended_at=hall.now))
    assert save(hall, "viết sau", 0).head == 1


@pytest.mark.parametrize("based_on", [7, 2**31 - 1])
def test_a_start_that_was_never_stored_is_refused(hall: Any, based_on: int) -> None:
    with pytest.raises(Refused, match="note_version_unknown"):
        save(hall, "x", based_on)
    with pytest.raises(Refused, match="agenda_item_unknown"):
        keeping.save_note(99, "x", based_on=0, by=hall.lan)


def test_the_database_refuses_a_version_stored_twice(hall: Any) -> None:
    save(hall, "x", 0)
    row = {"item_id": 1, "number": 1, "based_on": 0, "text": "y", "at": hall.now}
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.execute(insert(AgendaNote).values(**row, by="staff:1", by_name="Lan"))


# -- a draft that changes around its papers --------------------------------------------------


def test_papers_go_over_to_the_same_title_of_a_new_plan(hall: Any) -> None:
    save(hall, "đã ghi", 0)
    with unit_of_work() as session:
        planned = [Draft("Báo cáo", "report"), Draft("KHAI MẠC", "opening")]
        services.lay_out(session, planned, by=hall.lan)  # type: ignore[arg-type]
    heads = keeping.heads(hall.session)
    assert [keeping.notes_of(hall.session, head.item_id).text for head in heads] == ["đã ghi"]
    assert keeping.texts(hall.session) == {3: "đã ghi"}


def test_a_plan_without_the_item_is_refused_whole(hall: Any) -> None:
    save(hall, "đã ghi", 0)
    with pytest.raises(Refused) as refused, unit_of_work() as session:
        services.lay_out(session, [Draft("Báo cáo", "report")], by=hall.lan)  # type: ignore[list-item]
    assert refused.value.facts == {"numbers": "1"}
    assert keeping.notes_of(hall.session, 1).text == "đã ghi"


def test_an_item_with_notes_is_not_removed_until_they_are_empty(hall: Any) -> None:
    save(hall, "đã ghi", 0)
    with pytest.raises(Refused, match="agenda_item_has_papers"):
        services.remove_item(1, by=hall.lan)
    save(hall, "", 1)
    services.remove_item(1, by=hall.lan)

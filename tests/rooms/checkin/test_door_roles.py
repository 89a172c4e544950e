"""Every role on every act of the door (lessons 9): who may is let in, who may not gets 403, and a
stranger is sent away. A permission that silently blocks a scan is the worst of faults."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support import Browser, Meeting

from kiosk.core.access import Kind, Role

ROLES = (*Role, *Kind)
RECEPTION = {Role.SECRETARY, Role.DESK}

#: Method, address, form, who may. Ids that nobody has are refused as unknown, never as forbidden.
ACTS = [
    ("get", "/desk", {}, RECEPTION),
    ("get", "/desk?q=an", {}, RECEPTION),
    ("get", "/desk/people/1", {}, RECEPTION),
    ("get", "/desk/people/1?badge=1", {}, RECEPTION),
    ("get", "/desk/new", {}, RECEPTION),
    ("get", "/desk/people/1/substitute", {}, RECEPTION),
    ("get", "/desk/paper", {}, RECEPTION),
    ("get", "/live/desk?poll=1", {}, RECEPTION),
    ("post", "/desk/people/1/admit", {"reason": "Quên thẻ"}, RECEPTION),
    ("post", "/desk/people/1/leave", {"reason": "Quên quét thẻ khi ra"}, RECEPTION),
    ("post", "/desk/people/2/absence", {"kind": "with_reason", "reason": "Ốm"}, RECEPTION),
    ("post", "/desk/people/2/absence/withdraw", {}, RECEPTION),
    ("post", "/desk/people/3/badge", {"reason": "Mất thẻ"}, RECEPTION),
    ("post", "/desk/stays/999/undo", {"reason": "nhầm"}, RECEPTION),
    ("post", "/desk/stays/999/left/undo", {"reason": "nhầm"}, RECEPTION),
    ("post", "/desk/new", {"name": "Lê Mới", "unit": "1", "standing": "guest"}, RECEPTION),
    ("post", "/desk/people/4/substitute", {"name": "Lê Thay", "unit": "1"}, RECEPTION),
    ("post", "/desk/substitutions/999/end", {"reason": "đến dự"}, RECEPTION),
    ("post", "/desk/paper/preview", {"numbers": "1"}, RECEPTION),
    ("post", "/desk/paper", {"numbers": "5"}, RECEPTION),
    ("post", "/console/delegates/6/admit", {"reason": "Quên thẻ"}, RECEPTION),
    ("post", "/console/stays/999/undo", {"reason": "nhầm"}, RECEPTION),
    ("post", "/console/stays/999/left/undo", {"reason": "nhầm"}, RECEPTION),
    ("post", "/console/delegates/7/badge", {}, {Role.SECRETARY, Role.TECHNICIAN, Role.DESK}),
    (
        "post",
        "/console/devices/999/direction",
        {"direction": "out"},
        {Role.SECRETARY, Role.TECHNICIAN},
    ),
    ("get", "/gate", {}, {Kind.GATE}),
    ("post", "/gate/scan", {"code": "?", "scan_id": "scan-00000001"}, {Kind.GATE}),
    ("post", "/gate/undo/999", {"reason": "nhầm"}, {Kind.GATE}),
    ("post", "/gate/left/999/undo", {"reason": "nhầm"}, {Kind.GATE}),
]


@pytest.mark.parametrize("who", ROLES)
def test_every_role_may_do_on_the_door_what_the_table_says_and_nothing_else(
    who: str,
    meeting: Meeting,
    signed_in: Callable[..., Browser],
    as_device: Callable[[str, str], Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The sheet of a badge is made in a process of its own; who may ask for it is what counts here.
    monkeypatch.setattr("kiosk.core.jobs.run_job", lambda *_, **__: b"%PDF")
    browser = as_device(who, "Máy thử") if who in set(Kind) else signed_in(who)
    found = {}
    for method, path, form, allowed in ACTS:
        answer = browser.get(path) if method == "get" else browser.post(path, form)
        found[f"{method} {path}"] = answer.status_code not in {401, 403, 303}
        assert answer.status_code < 500, (path, answer.status_code)
        assert found[f"{method} {path}"] == (who in allowed), (path, who, answer.status_code)


def test_a_stranger_is_sent_to_sign_in_from_the_desk(stranger: Browser, meeting: Meeting) -> None:
    for path in ("/desk", "/desk/new", "/desk/paper", "/desk/people/1"):
        answer = stranger.get(path)
        assert answer.status_code == 303
        assert "/sign-in" in answer.headers["Location"]
    assert stranger.post("/desk/people/1/admit", {"reason": "Quên thẻ"}).status_code == 401


def test_the_desk_adds_guests_and_a_secretary_delegates(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    form = {"name": "Lê Thị Mới", "unit": "1", "standing": "delegate", "votes": "1"}
    refused = signed_in(Role.DESK).post("/desk/new", form)
    # The page is the desk's own; what it may not say is this one standing.
    assert refused.status_code == 422
    assert 'data-refusal="delegate_by_secretary"' in refused.get_data(as_text=True)
    done = signed_in(Role.SECRETARY).post("/desk/new", form)
    assert done.status_code == 204
    assert "badge=1" in done.headers["HX-Redirect"]


def test_what_the_desk_takes_back_stands_on_the_secretarys_page_with_who_and_why(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    desk, secretary = signed_in(Role.DESK, name="Bàn một"), signed_in(Role.SECRETARY)
    desk.post("/desk/people/1/admit", {"reason": "Quên thẻ"})
    refused = desk.post("/desk/stays/1/undo", {"reason": ""})
    assert refused.status_code == 422
    assert desk.post("/desk/stays/1/undo", {"reason": "Ghi nhầm người"}).status_code == 204
    page = secretary.get("/console").get_data(as_text=True)
    card = page[page.index('id="undone-list"') :]
    assert "Ghi nhầm người" in card
    assert "Bàn một" in card


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", "'; DROP TABLE stay; --", "\u202eLê", "x" * 4000, "🙂" * 50],
)
def test_hostile_text_is_shown_as_text_or_refused_in_a_sentence(
    hostile: str, meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    desk = signed_in(Role.DESK)
    for path, form in (
        ("/desk/people/1/admit", {"reason": hostile}),
        ("/desk/people/2/absence", {"kind": "with_reason", "reason": hostile}),
        ("/desk/new", {"name": hostile, "unit": "new", "new_unit": hostile}),
        ("/desk/people/3/substitute", {"name": hostile, "unit": hostile}),
        ("/desk/paper/preview", {"numbers": hostile, "time": hostile}),
        ("/desk/paper", {"numbers": hostile, "time": ""}),
    ):
        answer = desk.post(path, form)
        assert answer.status_code in {200, 204, 409, 422}, (path, answer.status_code)
        assert "<script>alert" not in answer.get_data(as_text=True)
    for path in (f"/desk?q={hostile}", "/desk/people/1", "/desk/people/2", "/console"):
        page = desk.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.get_data(as_text=True)


def test_the_persons_page_says_that_somebody_left_and_offers_only_the_newest_leaving(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    desk = signed_in(Role.DESK)
    who = meeting.person("Phạm Thị Lan").id
    page = f"/console/delegates/{who}"
    assert "Chưa vào" in desk.get(page).get_data(as_text=True)
    for _ in range(2):
        desk.post(f"/desk/people/{who}/admit", {"reason": "Quên thẻ"})
        answer = desk.post(f"/desk/people/{who}/leave", {"reason": "Quên quét thẻ khi ra"})
        assert answer.status_code == 204
    shown = desk.get(page).get_data(as_text=True)
    assert "Chưa vào" not in shown
    assert "chip-already" in shown
    assert shown.count('id="back-reason-') == shown.count('data-confirm-dialog="back-') == 1
    again = desk.post(f"/desk/people/{who}/leave", {"reason": "Quên quét thẻ khi ra"})
    assert again.status_code == 409
    assert "không được ghi là đang trong hội trường" in again.get_data(as_text=True)
    book = signed_in(Role.SECRETARY).get("/console/book").get_data(as_text=True)
    assert book.count("Ghi tay lượt ra") == 2


def test_a_search_that_finds_too_many_says_so(
    meeting: Meeting, signed_in: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = signed_in(Role.DESK)
    whole = desk.get("/desk?q=n", fragment=True).get_data(as_text=True)
    assert "người nữa" not in whole
    found = whole.count("<li>")
    assert found > 3
    monkeypatch.setattr("kiosk.checkin.queries.MOST_FOUND", 3)
    monkeypatch.setattr("kiosk.checkin.queries.find_people.__kwdefaults__", {"most": 3})
    cut = desk.get("/desk?q=n", fragment=True).get_data(as_text=True)
    assert cut.count("<li>") == 3
    assert f"và {found - 3} người nữa; hãy gõ thêm chữ." in cut

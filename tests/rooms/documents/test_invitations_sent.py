"""Which invitations are out: per person, by unit, taken back; one book line for each act."""

from __future__ import annotations

import threading

import pytest
from conference_day import LAN, Day

from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.errors import Refused
from kiosk.documents import queries, services

HOA = Actor(kind="staff", id=2, name="Hoa")


def events(day: Day) -> list[str]:
    return [line.event for line in audit.read(day.session) if line.event.startswith("documents:")]


def send(day: Day, name: str, *, way: str = "paper", receiver: str = "", by: Actor = LAN) -> None:
    person = day.meeting.person(name)
    services.mark_sent(delegate_id=person.id, way=way, receiver=receiver, by=by, clock=day.clock)


def test_a_sent_invitation_says_how_when_by_whom_and_who_took_it(day: Day) -> None:
    send(day, "Vũ Thị Yến", way="zalo", receiver="  chị   Hà, văn thư ")
    sent = queries.sent_of(day.session, day.meeting.person("Vũ Thị Yến").id)
    assert sent is not None
    assert (sent.way, sent.receiver, sent.at, sent.by) == (
        "zalo",
        "chị Hà, văn thư",
        day.clock(),
        "Lan",
    )
    assert events(day) == ["documents:invitation:sent"]


def test_the_same_tick_twice_is_one_and_another_way_is_refused(day: Day) -> None:
    send(day, "Vũ Thị Yến")
    send(day, "Vũ Thị Yến", by=HOA)
    assert events(day) == ["documents:invitation:sent"]
    with pytest.raises(Refused) as refused:
        send(day, "Vũ Thị Yến", way="email", by=HOA)
    assert refused.value.code == "invitation_sent_already"
    assert refused.value.facts == {"name": "Vũ Thị Yến", "by": "Lan", "at": "07:30"}


def test_a_wrong_tick_is_taken_back_and_can_be_set_again(day: Day) -> None:
    person = day.meeting.person("Vũ Thị Yến")
    send(day, "Vũ Thị Yến")
    services.take_back(delegate_id=person.id, by=LAN, clock=day.clock)
    services.take_back(delegate_id=person.id, by=LAN, clock=day.clock)
    assert queries.sent_of(day.session, person.id) is None
    send(day, "Vũ Thị Yến", way="email")
    assert events(day) == [
        "documents:invitation:sent",
        "documents:invitation:taken_back",
        "documents:invitation:sent",
    ]


def test_a_unit_is_ticked_at_once_and_whoever_was_ticked_keeps_the_old_way(day: Day) -> None:
    yen = day.meeting.person("Vũ Thị Yến")
    send(day, "Vũ Thị Yến", way="zalo")
    done = services.mark_unit_sent(
        unit_id=yen.unit_id, way="paper", receiver="", by=HOA, clock=day.clock
    )
    assert done == 3
    found = queries.invitations(day.session, unit_id=yen.unit_id)
    assert {row.person.name: row.sent and row.sent.way for row in found.rows} == {
        "Nguyễn Văn An": "paper",
        "Hoàng Thị Ngọc Ánh": "paper",
        "Lê Minh Đức": "paper",
        "Vũ Thị Yến": "zalo",
    }
    again = services.mark_unit_sent(
        unit_id=yen.unit_id, way="paper", receiver="", by=HOA, clock=day.clock
    )
    assert again == 0
    assert events(day) == ["documents:invitation:sent", "documents:unit_invitations:sent"]


def test_the_list_counts_everyone_and_shows_what_is_asked(day: Day) -> None:
    yen = day.meeting.person("Vũ Thị Yến")
    send(day, "Vũ Thị Yến")
    found = queries.invitations(day.session, search="yen")
    assert [row.person.name for row in found.rows] == ["Vũ Thị Yến"]
    assert (found.people, found.sent) == (13, 1)
    assert found.open_by_unit[yen.unit_id] == 3
    not_sent = queries.invitations(day.session, only_open=True)
    assert len(not_sent.rows) == 12
    assert sum(not_sent.open_by_unit.values()) == 12
    assert queries.invitations(day.session, search="yen", only_open=True).rows == ()


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"delegate_id": 999, "way": "paper", "receiver": ""}, "delegate_unknown"),
        ({"delegate_id": 1, "way": "fax", "receiver": ""}, "invitation_way_unknown"),
        ({"delegate_id": 1, "way": "paper", "receiver": "x" * 121}, "text_too_long"),
    ],
)
def test_wrong_forms_are_refused_and_write_nothing(
    day: Day, form: dict[str, object], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        services.mark_sent(**form, by=LAN, clock=day.clock)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert events(day) == []
    with pytest.raises(Refused, match="unit_unknown"):
        services.mark_unit_sent(unit_id=999, way="paper", receiver="", by=LAN, clock=day.clock)


def test_two_clerks_at_once_record_one_sending(day: Day) -> None:
    person = day.meeting.person("Vũ Thị Yến")
    refused: list[Refused] = []

    def tick(by: Actor, way: str) -> None:
        with day.app.app_context():
            try:
                services.mark_sent(
                    delegate_id=person.id, way=way, receiver="", by=by, clock=day.clock
                )
            except Refused as no:
                refused.append(no)

    clerks = [
        threading.Thread(target=tick, args=(LAN, "paper")),
        threading.Thread(target=tick, args=(HOA, "zalo")),
    ]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join()
    assert [no.code for no in refused] == ["invitation_sent_already"]
    assert events(day) == ["documents:invitation:sent"]

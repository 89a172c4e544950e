"""The pledge as the secretary leads it: text, list, opening, closing; what the book keeps of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from threading import Thread

import pytest
from pledging import LAN, OTHER, Signing, ready_text, sent

from kiosk.agenda import queries as agendas
from kiosk.agenda import services as agenda
from kiosk.conference import badge_issue
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.pledge import queries, rules, services, signatories, signing
from kiosk.pledge import text as texts
from kiosk.pledge.rules import State

HEADS = ["Phạm Thị Lan", "Lê Minh Đức", "Bùi Thị Thu Hà"]


# -- the text --------------------------------------------------------------------------------------


def test_every_save_is_a_version_and_the_same_words_are_none(signed_hall: Signing) -> None:
    hall = signed_hall
    with hall.app.app_context():
        assert services.save_text(ready_text(), seen=0, by=LAN) == 1
        assert services.save_text(ready_text(), seen=0, by=LAN) == 1
        assert services.save_text(ready_text(about="Năm 2027"), seen=1, by=LAN) == 2
        found, text = queries.version(db.session(), 1)
    assert text == ready_text()
    assert found.sha256 == texts.text_hash(text)
    assert [event for event, _ in hall.book()] == ["text:saved", "text:saved"]
    assert hall.book()[0][1]["sha256"] == found.sha256


def test_two_secretaries_never_write_over_each_other(signed_hall: Signing) -> None:
    hall = signed_hall
    with hall.app.app_context():
        services.save_text(ready_text(), seen=0, by=LAN)
        services.save_text(ready_text(about="Của Lan"), seen=1, by=LAN)
    save = lambda: services.save_text(ready_text(about="Của Minh"), seen=1, by=LAN)  # noqa: E731
    assert hall.code_of(save) == "pledge_text_changed"
    assert hall.code_of(lambda: queries.version(db.session(), 9)) == "pledge_version_unknown"


def test_the_model_knows_the_plan_of_this_conference(signed_hall: Signing) -> None:
    with signed_hall.app.app_context():
        model = services.model_text(db.session(), today=signed_hall.clock())
    assert "Luật Thực hiện dân chủ ở cơ sở ngày 10/11/2022" in " ".join(model.bases)
    assert "UBND phường Hải Dương" in model.opening
    assert "2026" in model.about


# -- who signs -------------------------------------------------------------------------------------


def test_the_heads_of_units_sign_by_default_and_a_second_proposal_adds_nobody(
    signed_hall: Signing,
) -> None:
    hall = signed_hall
    hall.ready()
    assert [row.name for row in hall.view().signatories] == HEADS
    with hall.app.app_context():
        assert signatories.propose(by=LAN) == 0


def test_anyone_signs_by_choice_but_no_guest_and_nobody_twice(signed_hall: Signing) -> None:
    hall = signed_hall
    hall.ready()
    anh, guest = hall.meeting.person("Đỗ Văn Ánh"), hall.meeting.person("Trịnh Công Thành")
    with hall.app.app_context():
        signatories.add(delegate_id=anh.id, side="office", by=LAN)
    assert hall.view().signatories[-1].name == "Đỗ Văn Ánh"
    add = signatories.add
    assert hall.code_of(lambda: add(delegate_id=anh.id, by=LAN)) == "pledge_signatory_twice"
    assert hall.code_of(lambda: add(delegate_id=guest.id, by=LAN)) == "pledge_guest_signs"
    assert hall.code_of(lambda: add(delegate_id=999, by=LAN)) == "delegate_unknown"
    assert hall.code_of(lambda: add(delegate_id=1, side="x", by=LAN)) == "pledge_side_unknown"


def test_a_list_has_an_end(signed_hall: Signing, monkeypatch: pytest.MonkeyPatch) -> None:
    hall = signed_hall
    hall.ready()
    monkeypatch.setattr(rules, "MOST_SIGNATORIES", 3)
    add = lambda: signatories.add(delegate_id=2, by=LAN)  # noqa: E731
    assert hall.code_of(add) == "pledge_signatories_too_many"


def test_a_proxy_signs_kt_in_the_place_of_the_principal(signed_hall: Signing) -> None:
    hall = signed_hall
    hall.ready()
    duc, an = hall.row("Lê Minh Đức"), hall.meeting.person("Vũ Thị Yến")
    with hall.app.app_context():
        signatories.name_proxy(signatory_id=duc.id, delegate_id=an.id, by=LAN)
        signatories.name_proxy(signatory_id=duc.id, delegate_id=an.id, by=LAN)
    row = hall.row("Vũ Thị Yến")
    assert row.lines == ("KT. TRƯỞNG PHÒNG", "CHUYÊN VIÊN")
    assert (row.principal, row.id) == ("Lê Minh Đức", duc.id)
    assert [each.name for each in hall.view().signatories] == [HEADS[0], "Vũ Thị Yến", HEADS[2]]
    # The principal's badge signs nothing while somebody stands in.
    with hall.app.app_context():
        services.open_signing(by=LAN)
    assert hall.code_of(lambda: hall.begin("Lê Minh Đức")) == "pledge_not_signatory"
    with hall.app.app_context():
        signatories.end_proxy(signatory_id=duc.id, by=LAN)
        signatories.end_proxy(signatory_id=duc.id, by=LAN)
    assert hall.row("Lê Minh Đức").lines == ("TRƯỞNG PHÒNG",)
    events = [event for event, _ in hall.book()]
    assert events.count("proxy:named") == events.count("proxy:ended") == 1


def test_a_proxy_is_somebody_else_who_does_not_sign_already(signed_hall: Signing) -> None:
    hall = signed_hall
    hall.ready()
    lan, duc = hall.row("Phạm Thị Lan"), hall.row("Lê Minh Đức")
    guest = hall.meeting.person("Trịnh Công Thành")

    def proxy(delegate_id: int) -> str:
        return hall.code_of(
            lambda: signatories.name_proxy(signatory_id=lan.id, delegate_id=delegate_id, by=LAN)
        )

    assert proxy(lan.delegate_id) == "pledge_proxy_for_oneself"
    assert proxy(duc.delegate_id) == "pledge_signatory_twice"
    assert proxy(guest.id) == "pledge_guest_signs"


def test_capacity_excuse_and_leaving_the_list_are_acts_of_their_own(signed_hall: Signing) -> None:
    hall = signed_hall
    hall.ready()
    ha = hall.row("Bùi Thị Thu Hà")
    with hall.app.app_context():
        signatories.set_capacity(signatory_id=ha.id, capacity=" Q. Hiệu trưởng ", by=LAN)
        signatories.set_capacity(signatory_id=ha.id, capacity="Q. Hiệu trưởng", by=LAN)
        signatories.excuse(signatory_id=ha.id, reason="Đi công tác", by=LAN)
        signatories.excuse(signatory_id=ha.id, reason="Đi công tác", by=LAN)
    row = hall.row("Bùi Thị Thu Hà")
    assert (row.lines, row.is_excused, row.excuse) == (("Q. HIỆU TRƯỞNG",), True, "Đi công tác")
    assert hall.view().signing.missing == 2
    with hall.app.app_context():
        signatories.take_excuse_back(signatory_id=ha.id, by=LAN)
        signatories.take_excuse_back(signatory_id=ha.id, by=LAN)
        signatories.remove(signatory_id=ha.id, by=LAN)
    assert [each.name for each in hall.view().signatories] == HEADS[:2]
    assert [event for event, _ in hall.book()][-4:] == [
        "capacity:set",
        "signatory:excused",
        "excuse:taken_back",
        "signatory:removed",
    ]
    gone = lambda: signatories.remove(signatory_id=ha.id, by=LAN)  # noqa: E731
    assert hall.code_of(gone) == "pledge_signatory_unknown"
    short = lambda: signatories.excuse(signatory_id=1, reason="x", by=LAN)  # noqa: E731
    assert hall.code_of(short) == "reason_missing"


# -- opening and closing ---------------------------------------------------------------------------


def test_signing_opens_when_text_and_list_are_ready_and_fixes_the_text(
    signed_hall: Signing,
) -> None:
    hall = signed_hall
    opening = lambda: services.open_signing(by=LAN)  # noqa: E731
    assert hall.code_of(opening) == "pledge_text_missing"
    with hall.app.app_context():
        services.save_text(ready_text(closing="Đạt ……%"), seen=0, by=LAN)
    assert hall.code_of(opening) == "pledge_text_has_blanks"
    with hall.app.app_context():
        services.save_text(ready_text(), seen=1, by=LAN)
    assert hall.code_of(opening) == "pledge_nobody_signs"
    with hall.app.app_context():
        signatories.propose(by=LAN)
        services.open_signing(by=LAN)
        services.open_signing(by=LAN)
    found = hall.view()
    assert found.is_open
    assert found.fixed is not None
    assert found.fixed.number == 2
    save = lambda: services.save_text(ready_text(about="x"), seen=2, by=LAN)  # noqa: E731
    assert hall.code_of(save) == "pledge_text_fixed"
    assert hall.code_of(lambda: services.choose_form("two_sided", by=LAN)) == "pledge_text_fixed"
    assert [event for event, _ in hall.book()].count("signing:opened") == 1


def test_it_is_taken_back_while_nobody_has_signed(signed_hall: Signing) -> None:
    hall = signed_hall
    hall.open()
    token = hall.begin("Phạm Thị Lan")
    with hall.app.app_context():
        services.take_back(by=LAN)
        services.take_back(by=LAN)
    assert hall.view().state is State.DRAFT
    assert hall.code_of(lambda: hall.sign(token)) == "pledge_not_open"
    with hall.app.app_context():
        services.save_text(ready_text(about="Sửa lỗi"), seen=1, by=LAN)
        services.open_signing(by=LAN)
    # The page still shows the old text.
    assert hall.code_of(lambda: hall.sign(token)) == "pledge_visit_over"
    hall.sign(hall.begin("Phạm Thị Lan"))
    assert hall.code_of(lambda: services.take_back(by=LAN)) == "pledge_already_signed"


def test_it_closes_when_everyone_has_signed_or_is_excused(signed_hall: Signing) -> None:
    hall = signed_hall
    hall.open()
    hall.sign(hall.begin("Phạm Thị Lan"))
    assert hall.code_of(lambda: services.close_signing(by=LAN)) == "pledge_unsigned"
    with hall.app.app_context():
        signatories.excuse(signatory_id=hall.row("Lê Minh Đức").id, reason="Bị ốm", by=LAN)
    close = lambda: services.close_signing(excuse_rest="x", by=LAN)  # noqa: E731
    assert hall.code_of(close) == "reason_missing"
    with hall.app.app_context():
        services.close_signing(excuse_rest="Đi công tác", by=LAN)
        services.close_signing(by=LAN)
    found = hall.view()
    assert (found.state, found.signing.signed, found.signing.excused) == (State.CLOSED, 1, 2)
    assert hall.row("Bùi Thị Thu Hà").excuse == "Đi công tác"
    assert hall.code_of(lambda: hall.begin("Phạm Thị Lan")) == "pledge_closed"
    assert hall.code_of(lambda: signatories.propose(by=LAN)) == "pledge_closed"
    assert hall.code_of(lambda: services.open_signing(by=LAN)) == "pledge_closed"
    assert hall.book()[-1] == ("signing:closed", {"signatories": 3, "signed": 1, "excused": 2})


def test_a_closing_is_taken_back_with_a_reason_and_keeps_every_signature(
    signed_hall: Signing,
) -> None:
    hall = signed_hall
    reopen = lambda: services.reopen_signing(reason="Bấm nhầm", by=LAN)  # noqa: E731
    assert hall.code_of(reopen) == "pledge_not_closed"
    hall.open()
    hall.sign(hall.begin("Phạm Thị Lan"))
    with hall.app.app_context():
        services.close_signing(excuse_rest="Vắng mặt", by=LAN)
        services.reopen_signing(reason="Bấm nhầm", by=LAN)
    found = hall.view()
    assert found.is_open
    assert found.closed_at is None
    assert hall.row("Phạm Thị Lan").has_signed
    assert hall.code_of(lambda: hall.begin("Lê Minh Đức")) == "pledge_is_excused"


def test_the_conference_does_not_end_while_tablets_take_signatures(signed_hall: Signing) -> None:
    hall = signed_hall
    hall.open()

    def end() -> None:
        for item in agendas.items(db.session()):
            agenda.skip_item(item.id, reason="Diễn tập", by=LAN)
        agenda.end_conference(by=LAN)

    assert hall.code_of(end) == "pledge_still_open"
    with hall.app.app_context():
        services.close_signing(excuse_rest="Hết giờ", by=LAN)
        agenda.end_conference(by=LAN)
    for act in (
        lambda: services.reopen_signing(reason="Quên", by=LAN),
        lambda: services.save_text(ready_text(), seen=1, by=LAN),
        lambda: signatories.propose(by=LAN),
    ):
        assert hall.code_of(act) == "conference_ended"


def test_the_signing_opens_by_itself_with_its_item_when_it_is_ready(signed_hall: Signing) -> None:
    hall = signed_hall

    def start(number: int) -> None:
        with hall.app.app_context():
            items = {item.number: item.id for item in agendas.items(db.session())}
            agenda.start_item(items[number], by=LAN)
            db.session.rollback()

    def leave(number: int) -> None:
        with hall.app.app_context():
            items = {item.number: item.id for item in agendas.items(db.session())}
            agenda.leave_waiting(items[number], by=LAN)

    start(8)
    assert hall.view().state is State.DRAFT, "nothing is ready, and the agenda goes on"
    leave(8)
    hall.ready()
    start(7)
    assert hall.view().state is State.DRAFT, "that item is another"
    leave(7)
    start(8)
    assert hall.view().is_open
    assert [event for event, _ in hall.book()][-1] == "signing:opened"


# -- signing ---------------------------------------------------------------------------------------


def test_a_signature_is_bound_to_the_text_and_chained_in_the_book(signed_hall: Signing) -> None:
    hall = signed_hall
    hall.open()
    given = hall.sign(hall.begin("Lê Minh Đức", tablet=1), tablet=1)
    assert given.number == 1
    with hall.app.app_context():
        [stored] = queries.signatures(db.session()).values()
    fixed = hall.view().fixed
    assert fixed is not None
    assert (stored.text_sha256, stored.version) == (fixed.sha256, 1)
    assert (stored.name, stored.unit) == ("Lê Minh Đức", "Phòng Văn hóa - Xã hội")
    assert (stored.lines, stored.device_id, stored.at) == (("TRƯỞNG PHÒNG",), 2, hall.clock())
    assert stored.svg.startswith("<svg")
    assert stored.png.startswith(b"\x89PNG")
    event, facts = hall.book()[-1]
    assert event == "signature:given"
    assert facts["text_sha256"] == fixed.sha256
    assert facts["ink_sha256"] == stored.ink_sha256
    assert facts["number"] == 1


def test_no_speed_and_no_pressure_is_stored(signed_hall: Signing) -> None:
    """R22: the columns and the JSON of a signature hold places, and one moment of signing."""
    hall = signed_hall
    hall.open()
    hall.sign(hall.begin("Phạm Thị Lan"))
    with hall.app.app_context():
        path = db.engine.url.database
    with closing(sqlite3.connect(str(path))) as raw:
        [ink] = raw.execute("SELECT ink FROM pledge_signature").fetchone()
    assert "time" not in ink
    assert "pressure" not in ink


def test_signing_again_replaces_the_picture_and_the_book_keeps_both(signed_hall: Signing) -> None:
    hall = signed_hall
    hall.open()
    hall.sign(hall.begin("Phạm Thị Lan"))
    with hall.app.app_context():
        [before] = queries.signatures(db.session()).values()
    again = hall.sign(hall.begin("Phạm Thị Lan", tablet=1), strokes=OTHER, tablet=1)
    assert again.number == 2
    with hall.app.app_context():
        [now] = queries.signatures(db.session()).values()
        path = str(db.engine.url.database)
    assert now.ink_sha256 != before.ink_sha256
    assert hall.view().signing.signed == 1
    given, replaced = (facts for event, facts in hall.book() if event.startswith("signature:"))
    assert given["ink_sha256"] == before.ink_sha256
    assert (replaced["ink_sha256"], replaced["number"]) == (now.ink_sha256, 2)
    with closing(sqlite3.connect(path)) as raw:
        rows = raw.execute("SELECT number, ink, svg, png FROM pledge_signature ORDER BY number")
        assert rows.fetchone() == (1, None, None, None)


def test_the_same_page_sent_twice_is_one_signature(signed_hall: Signing) -> None:
    """The answer was lost on the way, and a nervous finger pressed again."""
    hall = signed_hall
    hall.open()
    token = hall.begin("Phạm Thị Lan")
    first = hall.sign(token)
    hall.clock.later(minutes=1)
    assert hall.sign(token).at == first.at
    assert hall.row("Phạm Thị Lan").times == 1
    # Other ink, or another tablet, is no repetition.
    assert hall.code_of(lambda: hall.sign(token, strokes=OTHER)) == "pledge_visit_spent"
    assert hall.code_of(lambda: hall.sign(token, tablet=1)) == "pledge_visit_over"
    assert [event for event, _ in hall.book()].count("signature:given") == 1


def test_a_replayed_signature_of_yesterday_changes_nothing(signed_hall: Signing) -> None:
    hall = signed_hall
    hall.open()
    first = hall.begin("Phạm Thị Lan")
    hall.sign(first)
    hall.sign(hall.begin("Phạm Thị Lan"), strokes=OTHER)
    assert hall.sign(first).number == 1  # the same answer, and nothing more
    assert hall.row("Phạm Thị Lan").times == 2
    with hall.app.app_context():
        [now] = queries.signatures(db.session()).values()
    assert now.number == 2


def test_one_badge_at_two_tablets_signs_at_the_second_alone(signed_hall: Signing) -> None:
    hall = signed_hall
    hall.open()
    first = hall.begin("Phạm Thị Lan", tablet=0)
    second = hall.begin("Phạm Thị Lan", tablet=1)
    assert hall.code_of(lambda: hall.sign(first, tablet=0)) == "pledge_visit_over"
    # The token of one tablet is worth nothing at the other.
    assert hall.code_of(lambda: hall.sign(second, tablet=0)) == "pledge_visit_over"
    assert hall.sign(second, tablet=1).number == 1


def test_two_presses_at_one_moment_store_one_signature(signed_hall: Signing) -> None:
    hall = signed_hall
    hall.open()
    token = hall.begin("Phạm Thị Lan")
    answers: list[object] = []

    def press(strokes: object) -> None:
        try:
            answers.append(hall.sign(token, strokes=strokes).number)
        except Refused as refused:
            answers.append(refused.code)

    threads = [Thread(target=press, args=(each,)) for each in (OTHER, OTHER, OTHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [1, 1, 1]
    assert hall.row("Phạm Thị Lan").times == 1


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("", "pledge_badge_unreadable"),
        ("12345678901234", "pledge_badge_unreadable"),
        ("x" * 5000, "pledge_badge_unreadable"),
        ("01234567890100", "pledge_badge_unreadable"),
        ("<b>1</b>", "pledge_badge_unreadable"),
    ],
)
def test_what_is_no_badge_opens_nothing(signed_hall: Signing, code: str, refusal: str) -> None:
    hall = signed_hall
    hall.open()
    begin = lambda: signing.begin(code=code, key=hall.key, by=hall.tablets[0])  # noqa: E731
    assert hall.code_of(begin) == refusal


def test_a_badge_of_another_person_hall_or_day_is_told_why(signed_hall: Signing) -> None:
    hall = signed_hall
    assert hall.code_of(lambda: hall.begin("Phạm Thị Lan")) == "pledge_not_open"
    hall.open()
    assert hall.code_of(lambda: hall.begin("Đỗ Văn Ánh")) == "pledge_not_signatory"
    assert hall.code_of(lambda: hall.begin("Trịnh Công Thành")) == "pledge_not_signatory"
    foreign = lambda: signing.begin(  # noqa: E731
        code=hall.meeting.badge_code_of("Phạm Thị Lan"), key=b"x" * 32, by=hall.tablets[0]
    )
    assert hall.code_of(foreign) == "pledge_badge_unknown"
    with hall.app.app_context():
        badge_issue.replace_badge(
            delegate_id=hall.row("Phạm Thị Lan").delegate_id, reason="Mất thẻ", key=hall.key, by=LAN
        )
    assert hall.code_of(lambda: hall.begin("Phạm Thị Lan")) == "pledge_badge_revoked"


def test_another_text_than_the_fixed_one_is_not_signed(signed_hall: Signing) -> None:
    hall = signed_hall
    hall.open()
    token = hall.begin("Phạm Thị Lan")
    for digest in ("", "0" * 64, "x"):
        act = lambda digest=digest: hall.sign(token, text=digest or "-")  # noqa: E731
        assert hall.code_of(act) == "pledge_text_not_this"
    assert hall.sign(token).number == 1


def test_ink_that_is_none_leaves_the_turn_as_it_was(signed_hall: Signing) -> None:
    hall = signed_hall
    hall.open()
    token = hall.begin("Phạm Thị Lan")
    assert hall.code_of(lambda: hall.sign(token, strokes=[])) == "pledge_ink_empty"
    assert hall.code_of(lambda: hall.sign(token, strokes=[[5, 5]])) == "pledge_ink_dots"
    assert hall.sign(token).number == 1


def test_whoever_leaves_has_signed_nothing(signed_hall: Signing) -> None:
    hall = signed_hall
    hall.open()
    token = hall.begin("Phạm Thị Lan")
    with hall.app.app_context():
        signing.leave(token=token, by=hall.tablets[1])  # not their turn
        assert signing.visit(db.session(), token, device_id=1).signatory.name == "Phạm Thị Lan"
        signing.leave(token=token, by=hall.tablets[0])
        signing.leave(token=token, by=hall.tablets[0])
    assert hall.code_of(lambda: hall.sign(token)) == "pledge_visit_over"
    assert hall.code_of(lambda: hall.sign("x" * 10_000)) == "pledge_visit_over"


def test_who_is_excused_meanwhile_scans_again(signed_hall: Signing) -> None:
    hall = signed_hall
    hall.open()
    token = hall.begin("Phạm Thị Lan")
    row = hall.row("Phạm Thị Lan")
    with hall.app.app_context():
        signatories.excuse(signatory_id=row.id, reason="Về sớm", by=LAN)
    assert hall.code_of(lambda: hall.sign(token)) == "pledge_visit_over"
    assert hall.code_of(lambda: hall.begin("Phạm Thị Lan")) == "pledge_is_excused"
    with hall.app.app_context():
        signatories.take_excuse_back(signatory_id=row.id, by=LAN)
    hall.sign(hall.begin("Phạm Thị Lan"))
    signed = lambda: signatories.remove(signatory_id=row.id, by=LAN)  # noqa: E731
    assert hall.code_of(signed) == "pledge_has_signed"


def test_what_was_signed_stays_as_it_was_when_the_roster_is_corrected(signed_hall: Signing) -> None:
    hall = signed_hall
    hall.open()
    hall.sign(hall.begin("Phạm Thị Lan"))
    with hall.app.app_context():
        path = str(db.engine.url.database)
        db.session.remove()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE delegate SET name = 'Phạm Thị Lân' WHERE name = 'Phạm Thị Lan'")
        raw.commit()
    with hall.app.app_context():
        [stored] = queries.signatures(db.session()).values()
    assert stored.name == "Phạm Thị Lan"


def test_the_database_itself_keeps_one_signature_in_force_and_one_place_each(
    signed_hall: Signing,
) -> None:
    hall = signed_hall
    hall.open()
    hall.sign(hall.begin("Phạm Thị Lan"))
    with hall.app.app_context():
        path = str(db.engine.url.database)
        db.session.remove()
    copy = (
        "INSERT INTO pledge_signature (signatory_id, number, version_id, text_sha256, ink_sha256,"
        " ink, svg, png, name, unit, lines, at, device_id, visit_hash) SELECT signatory_id, 2,"
        " version_id, text_sha256, ink_sha256, ink, svg, png, name, unit, lines, at, device_id, 'x'"
        " FROM pledge_signature"
    )
    with closing(sqlite3.connect(path)) as raw:
        for statement in (
            copy,
            "UPDATE pledge_signature SET svg = NULL",
            "UPDATE pledge_signature SET replaced_at = at",
            "INSERT INTO pledge (id, state, form) VALUES (2, 'draft', 'joint')",
            "UPDATE pledge SET version_id = NULL",
            "UPDATE pledge SET state = 'closed'",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                raw.execute(statement)


def test_sent_is_what_the_page_sends() -> None:
    assert sent().startswith('{"pad": [1200, 480]')

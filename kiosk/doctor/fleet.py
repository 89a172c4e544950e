"""Every device: paired, heard of, and tried today by a person's hand."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.core.checks import (
    Check,
    Finding,
    Group,
    Said,
    Scene,
    bad,
    good,
    register,
    say,
    unknown,
    warn,
)
from kiosk.core.clock import hhmm
from kiosk.devices import queries as devices
from kiosk.devices.pulse import PULSE
from kiosk.doctor import queries, rules
from kiosk.doctor.part_words import by_whom, listed

#: What the devices room calls a device's state, and what is found of it here.
_STATES = {
    "fine": "device_heard",
    "waiting": "device_waiting",
    "doubled": "device_doubled",
    "silent": "device_silent",
    "battery": "device_battery",
    "clock": "device_clock",
    "old_page": "device_old_page",
}


def fleet(scene: Scene) -> Iterator[Finding]:
    """Whether a hall is there at all, then each device as it is heard."""
    rows = devices.devices(scene.reading, with_revoked=False)
    kinds = {row.kind for row in rows}
    if "gate" not in kinds:
        yield Finding("fleet_no_gate")
    if "projector" not in kinds:
        yield Finding("fleet_no_projector")
    if "tablet" not in kinds:
        yield Finding("fleet_no_tablet")
    for row in rows:
        facts = {"device": row.name, "at": hhmm(row.last_seen_at) or "–"}
        if row.paired_at is not None and (not scene.is_serving or row.last_seen_at is None):
            # A program that has just started has heard nobody, and calls nobody well.
            yield Finding("device_unheard", facts)
        elif row.state == "fine" and not row.beat.page:
            # Heard, yet its page has not said what it is.
            yield Finding("device_page_unknown", facts)
        elif row.state == "fine" and row.beat.battery is None:
            yield Finding("device_battery_unknown", facts)
        else:
            yield Finding(_STATES.get(row.state, "device_strange"), facts)


def tests(scene: Scene) -> Iterator[Finding]:
    """What each device has shown today, by whose hand."""
    today = queries.self_tests_today(scene.reading, scene.now)
    rows = devices.devices(scene.reading, with_revoked=False)
    if not rows:
        yield Finding("tests_no_device")
    for row in rows:
        done = today.get(row.id, {})
        found = rules.shown(
            row.kind,
            {part: test.ok for part, test in done.items()},
            as_gate=row.works_as_gate,
        )
        newest = max(done.values(), key=lambda test: test.at, default=None)
        spare = listed(found.spare)
        yield Finding(
            f"tests_{found.outcome}",
            {
                "device": row.name,
                "parts": listed(found.parts),
                "good": listed(found.good),
                "spare": Said(f"; không cần thử {spare.vi}", f"; {spare.en} not needed")
                if found.spare
                else "",
                "by": by_whom(newest) if newest else "–",
                "at": hhmm(newest.at) if newest else "–",
            },
        )


register(
    Check(
        key="devices.fleet",
        group=Group.DEVICES,
        order=800,
        name=("Kết nối thiết bị", "Devices connected"),
        run=fleet,
        page="devices.board",
        follows=frozenset({"devices", "access", PULSE}),
    ),
    Check(
        key="devices.tests",
        group=Group.DEVICES,
        order=810,
        name=("Tự kiểm tra thiết bị", "Self-tests of devices"),
        run=tests,
        page="devices.board",
        follows=frozenset({"devices", "doctor"}),
    ),
)

_PAIR = (
    "Ghép ở trang Thiết bị.",
    "Pair it on the page Devices.",
)
_TRY = (
    "Trên từng máy, mở địa chỉ /selftest rồi thử theo màn hình.",
    "On each device, open /selftest and follow the screen.",
)

say(
    {
        "fleet_no_gate": bad(("Chưa có cổng nào", "There is no gate"), _PAIR),
        "fleet_no_projector": warn(("Chưa có máy chiếu nào", "There is no projector"), _PAIR),
        "fleet_no_tablet": warn(("Chưa có máy tính bảng nào", "There is no tablet"), _PAIR),
        "device_heard": good("{device}: đang nối, {at}", "{device}: connected, {at}"),
        "device_page_unknown": unknown(
            (
                "{device}: đang nối, {at}; không rõ trang và pin",
                "{device}: connected, {at}; its page and battery are not known",
            ),
            ("Mở lại trang trên máy đó.", "Load its page again."),
        ),
        "device_battery_unknown": unknown(
            (
                "{device}: đang nối, {at}; không rõ pin",
                "{device}: connected, {at}; its battery is not known",
            ),
            (
                "Máy không tự báo pin: xem trên máy đó, cắm sạc.",
                "It does not tell its battery: look there, plug it in.",
            ),
            # iPads and desktop machines never tell.
            blocks=False,
        ),
        "device_unheard": unknown(
            ("{device}: chưa nghe thấy", "{device}: not heard yet"),
            (
                "Bật máy đó và mở trang của nó; xem nguồn và Wi-Fi.",
                "Switch it on and open its page; see power and Wi-Fi.",
            ),
        ),
        "device_waiting": bad(("{device}: chưa ghép", "{device}: not paired"), _PAIR),
        "device_silent": bad(
            ("{device}: mất nối từ {at}", "{device}: silent since {at}"),
            (
                "Tìm máy đó, xem nguồn và Wi-Fi.",
                "Find it, and see its power and Wi-Fi.",
            ),
        ),
        "device_doubled": bad(
            ("{device}: hai máy dùng chung danh tính", "{device}: two machines share its identity"),
            (
                "Xem ở trang Thiết bị: thu hồi rồi ghép lại máy thật, hoặc bấm Đúng là một máy.",
                "See the page Devices: revoke it and pair it again, or say that it is one machine.",
            ),
        ),
        "device_battery": warn(
            ("{device}: pin yếu", "{device}: battery low"),
            ("Cắm sạc hoặc đổi máy.", "Plug it in or take another."),
        ),
        "device_clock": warn(
            ("{device}: lệch giờ", "{device}: its clock is off"),
            ("Bật giờ tự động trên máy đó.", "Switch automatic time on there."),
        ),
        "device_old_page": warn(
            ("{device}: đang mở trang của bản cũ", "{device}: shows a page of an older version"),
            ("Tải lại trang trên máy đó.", "Load its page again."),
        ),
        "device_strange": unknown(
            ("{device}: không rõ tình trạng", "{device}: its state is not known"),
            ("Xem ở trang Thiết bị.", "See the page Devices."),
        ),
        "tests_no_device": unknown(
            ("Chưa có thiết bị nào để thử", "There is no device to try"),
            _PAIR,
            # That there is no gate is a line of its own.
            blocks=False,
        ),
        "tests_passed": good(
            "{device}: đạt ({by}, {at}){spare}", "{device}: passed ({by}, {at}){spare}"
        ),
        "tests_part": unknown(
            (
                "{device}: đạt một phần: {good} ({by}, {at}); không rõ: {parts}",
                "{device}: passed in part: {good} ({by}, {at}); not known: {parts}",
            ),
            _TRY,
        ),
        "tests_partly": warn(
            (
                "{device}: dùng được, nhưng {parts} chưa đạt ({by}, {at})",
                "{device}: usable, yet {parts} failed ({by}, {at})",
            ),
            ("Dùng cách còn lại, hoặc đổi máy.", "Use the other way, or take another device."),
        ),
        "tests_failed": bad(
            ("{device}: {parts} chưa đạt ({by}, {at})", "{device}: {parts} failed ({by}, {at})"),
            (
                "Sửa hoặc đổi máy, rồi mở /selftest trên máy đó thử lại.",
                "Mend or replace it, then open /selftest there and try again.",
            ),
        ),
        "tests_missing": unknown(
            ("{device}: hôm nay chưa thử {parts}", "{device}: {parts} not tried today"), _TRY
        ),
    }
)

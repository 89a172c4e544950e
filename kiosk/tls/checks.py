"""Where other machines reach the hall, and what they trust, before the day (`kiosk doctor`)."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.core.checks import Check, Finding, Group, Scene, bad, good, register, say, unknown, warn
from kiosk.core.clock import dmy
from kiosk.core.doors import Hall
from kiosk.core.errors import Refused
from kiosk.tls import known, store
from kiosk.tls.keeper import FACT, Keeper


def _hall(scene: Scene) -> Hall:
    found: Hall = scene.extensions.get("kiosk_hall", Hall())
    return found


def address(scene: Scene) -> Iterator[Finding]:
    """Where gates, tablets and walls come in; nobody knows while no server runs."""
    hall = _hall(scene)
    if hall.encrypted:
        yield Finding("address_there", {"address": hall.best, "trust": hall.trust[0]})
    elif not scene.is_serving:
        yield Finding("address_unknown")
    elif hall.https_port and not hall.alone:
        yield Finding("address_no_network")
    else:
        yield Finding("address_alone")


def certificate(scene: Scene) -> Iterator[Finding]:
    """The authority that devices trust, and the leaf that the encrypted door answers with: the one
    that is served now, whatever lies in the folder."""
    hall = _hall(scene)
    try:
        authority = known.authority(scene.instance)
    except Refused as refused:
        yield Finding("certificate_damaged", cause=refused)
        return
    if not scene.settings.tls or (scene.is_serving and not hall.https_port):
        yield Finding("certificate_not_used")
        return
    keeper: Keeper | None = scene.extensions.get("kiosk_tls")
    served = keeper.served if keeper is not None and scene.is_serving else None
    issued = served or store.issued(scene.instance)
    if authority is None or issued is None:
        yield Finding("certificate_none" if scene.is_serving else "certificate_not_yet")
        return
    facts: dict[str, str | int] = {
        "until": dmy(issued.not_after),
        "mark": f"{authority.mark[:4]} {authority.mark[4:8]}",
        "days": (issued.not_after - scene.now).days,
    }
    if not authority.holds(scene.now):
        held = {"since": dmy(authority.not_before), "until": dmy(authority.not_after)}
        yield Finding("authority_not_valid", held)
    elif issued.authority != authority.mark:
        yield Finding("certificate_of_another", facts)
    elif not issued.not_before <= scene.now <= issued.not_after:
        yield Finding("certificate_not_valid", facts)
    elif not all(_host(each) in issued.addresses for each in hall.encrypted):
        yield Finding("certificate_other_address", facts)
    else:
        yield Finding("certificate_fine", facts)


def _host(encrypted: str) -> str:
    """`192.168.1.10` of `https://192.168.1.10:8443`; the hall has IPv4 alone (decision 15)."""
    return encrypted.partition("://")[2].partition(":")[0]


register(
    Check(
        key="network.address",
        group=Group.NETWORK,
        order=410,
        name=("Địa chỉ cho các máy", "Address for the devices"),
        run=address,
        page="console.home",
        follows=frozenset({FACT}),
    ),
    Check(
        key="network.certificate",
        group=Group.NETWORK,
        order=420,
        name=("Chứng chỉ", "Certificate"),
        run=certificate,
        page="console.home",
        follows=frozenset({FACT}),
    ),
)

_SERVE = (
    "Chạy «kiosk serve».",
    "Run `kiosk serve`.",
)
_AGAIN = (
    "Đợi một phút; vẫn vậy thì chạy lại «kiosk serve» và xem nhật ký của máy chủ.",
    "Wait a minute; else run `kiosk serve` again and read the server's log.",
)

say(
    {
        "address_there": good("{address}; máy mới mở {trust}", "{address}; new devices: {trust}"),
        "address_unknown": unknown(
            ("Không rõ khi máy chủ chưa chạy", "Not known while no server runs"), _SERVE
        ),
        "address_no_network": bad(
            ("Máy này chưa nối mạng nào", "This laptop is on no network"),
            (
                "Nối Wi-Fi hoặc cắm dây mạng của hội trường. Không cần khởi động lại.",
                "Join the hall's Wi-Fi or plug its cable in. Nothing has to be restarted.",
            ),
        ),
        "address_alone": warn(
            ("Chỉ máy này vào được", "Only this laptop comes in"),
            (
                "Cần máy khác vào thì chạy «kiosk serve» không kèm --no-tls hoặc --host.",
                "For other devices, run `kiosk serve` without --no-tls or --host.",
            ),
        ),
        "certificate_fine": good(
            "Dùng đến {until}, dấu vân tay bắt đầu bằng {mark}",
            "Holds until {until}; the fingerprint begins with {mark}",
        ),
        "certificate_not_used": warn(
            ("Không dùng: chỉ máy này vào được", "Not used: only this laptop comes in"),
            (
                "Cần máy khác vào thì chạy «kiosk serve» không kèm --no-tls.",
                "For other devices, run `kiosk serve` without --no-tls.",
            ),
        ),
        "certificate_not_yet": unknown(("Chưa lập: không rõ", "Not made yet: not known"), _SERVE),
        "certificate_none": bad(("Chưa lập được", "Could not be made"), _AGAIN),
        "certificate_damaged": bad(
            ("Tệp chứng chỉ gốc hỏng", "The authority's file is damaged"), ("…", "…")
        ),
        "certificate_of_another": bad(
            ("Không do chứng chỉ gốc của hội nghị này ký", "Signed by another authority"), _AGAIN
        ),
        "authority_not_valid": bad(
            (
                "Chứng chỉ gốc chỉ dùng được từ {since} đến {until}: không máy nào nhận",
                "The authority holds from {since} to {until} only: no device accepts it",
            ),
            (
                "Xem ngày giờ của máy. Ngày giờ đúng thì đổi tên tệp authority.pem, chạy lại"
                " «kiosk serve», rồi làm lại bước tin cậy trên mọi máy.",
                "See the laptop's date and time. If they are right, rename authority.pem, run"
                " `kiosk serve` again, and let every device trust the hall anew.",
            ),
        ),
        "certificate_not_valid": bad(
            (
                "Không có hiệu lực vào giờ của máy (đến {until})",
                "Not valid at this laptop's time (until {until})",
            ),
            (
                "Xem ngày giờ của máy, rồi chạy lại «kiosk serve».",
                "See the laptop's date and time, then run `kiosk serve` again.",
            ),
        ),
        "certificate_other_address": bad(
            ("Chưa có địa chỉ hiện nay của máy", "It lacks an address that the laptop has"), _AGAIN
        ),
    }
)

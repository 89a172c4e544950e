"""Which addresses a server binds, and what the terminal says about them."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from kiosk.config import Settings
from kiosk.core import qr
from kiosk.core.doors import Hall
from kiosk.core.errors import Refused
from kiosk.core.messages import Sentence
from kiosk.tls import addresses, rules

EVERYWHERE = "0.0.0.0"  # noqa: S104 (public addresses of the laptop are refused at each connection)
LOOPBACK = "127.0.0.1"


def bound(settings: Settings) -> tuple[str, ...]:
    """The addresses to bind. This laptop itself is always among them: rehearsals and the command
    line need it.

    Raises:
        Refused: `no_tls_needs_loopback`, `host_not_ours`.
    """
    host = settings.host
    if host is None:
        return (EVERYWHERE,) if settings.tls else (LOOPBACK,)
    if host.startswith("127."):
        return tuple(dict.fromkeys((LOOPBACK, host)))
    if not settings.tls:
        raise Refused("no_tls_needs_loopback", host=host)
    if host == EVERYWHERE:
        return (EVERYWHERE,)
    present = addresses.present()
    if host not in present:
        raise Refused("host_not_ours", host=host, known=", ".join((*present, LOOPBACK)))
    return LOOPBACK, host


def is_alone(bound_to: tuple[str, ...]) -> bool:
    """True where no other machine can ever come in."""
    return all(each.startswith("127.") for each in bound_to)


def offered(bound_to: tuple[str, ...]) -> tuple[str, ...]:
    """The LAN addresses at which a server that is bound so is reached now, the best first."""
    present = addresses.present()
    if EVERYWHERE in bound_to:
        return present
    return tuple(each for each in present if each in bound_to)


#: Words of the terminal, by the language of the settings.
_OTHERS = Sentence("Máy khác, khi đã tin cậy", "Other machines, once they trust it")
_NEW = Sentence("Máy mới, mở trang này trước", "New machines open this first")
_MARK = Sentence("Dấu vân tay chứng chỉ (SHA-256)", "Fingerprint of the certificate (SHA-256)")
_NO_NETWORK = Sentence(
    "Máy này chưa nối mạng nội bộ. Nối vào là các máy khác vào được, không cần khởi động lại.",
    "This laptop is on no local network yet. Once it is, others get in without a new start.",
)


def told(hall: Hall, language: str) -> Iterator[str]:
    """The lines for the terminal about the doors for other machines."""

    def said(words: Sentence) -> str:
        return words.en if language == "en" else words.vi

    if not hall.https_port or hall.alone:
        return
    if not hall.encrypted:
        yield said(_NO_NETWORK)
        return
    yield f"{said(_OTHERS)}:"
    yield from (f"  {address}" for address in hall.encrypted)
    yield f"{said(_NEW)}:"
    yield from (f"  {address}" for address in hall.trust)
    yield f"{said(_MARK)}:"
    groups = rules.grouped(hall.fingerprint)
    for at in range(0, len(groups), 8):
        yield f"  {' '.join(groups[at : at + 8])}"


def pictures(hall: Hall, language: str) -> Iterator[str]:
    """The two codes to scan from the terminal: for new machines first."""
    if not hall.encrypted:
        return
    for words, address in ((_NEW, hall.trust[0]), (_OTHERS, hall.best)):
        yield f"{words.en if language == 'en' else words.vi}: {address}"
        yield qr.terminal(address, encoding=sys.stdout.encoding, level="M")

"""`kiosk` with its addresses told in a file: for machines that give the tests no second host.

    python tests/served_elsewhere.py FILE [kiosk's own arguments]

Replaced in this process alone: what the system says about its addresses; and, where the file names
127.0.0.2, that this one is a network. The product has no switch for either.
"""

import sys
from ipaddress import ip_address
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
TOLD = Path(sys.argv.pop(1))

from kiosk import cli  # noqa: E402  (patches sockets first, as `kiosk` itself does)
from kiosk.core import doors  # noqa: E402
from kiosk.core.doors import Door  # noqa: E402
from kiosk.tls import addresses, rules  # noqa: E402

_is_lan = rules.is_lan


def present() -> tuple[str, ...]:
    return tuple(TOLD.read_text(encoding="ascii").split())


def of_socket(local: str, peer: str, *, encrypted: bool) -> Door:
    if encrypted:
        return Door.TLS
    itself = local != "127.0.0.2" and ip_address(local).is_loopback and ip_address(peer).is_loopback
    return Door.LOOPBACK if itself else Door.LAN


addresses.present = present
rules.is_lan = lambda address: address == "127.0.0.2" or _is_lan(address)
doors.of_socket = of_socket
cli.main()

"""The doors for other machines: a tablet that trusts the hall, and what others get (decision 15).

Where this laptop has an address of a local network, the server of the first minutes opens its doors
there, as on the real day; elsewhere its encrypted door is opened on the laptop alone. Windows would
ask the technician whether that is allowed, so there it is never the network.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
from contextlib import closing

import httpx

from kiosk.core.errors import Refused
from kiosk.rehearsal.hall import Browser, Server, client_of, program_path
from kiosk.rehearsal.pairing import by_code
from kiosk.rehearsal.told_devices import NO_NETWORK, AtPlainDoor, Encrypted
from kiosk.rehearsal.walk import Walk
from kiosk.tls import addresses

#: The name of the tablet that comes this way.
NAME = "Máy nối mã hóa"
#: Seconds for one handshake, and for the program that plays the thief.
PATIENCE = 15.0
THIEF_WITHIN = 60.0

#: What other machines ask at the plain door.
_PATHS = (
    *("/trust", "/trust/hall.crt", "/trust/hall.pem", "/", "/pair", "/tablet", "/gate", "/console"),
    *("/sign-in", "/healthz", "/live/wall", "/start", "/static/js/kiosk.js"),
)
#: What a device asks when it looks whether this network leads anywhere.
_PROBE = ("/generate_204", "connectivitycheck.gstatic.com")


def open_doors(server: Server) -> str:
    """Start the server with an encrypted door; the address of the network at which it stands, empty
    where there is none.

    Raises:
        Refused: `rehearsal_server_silent`.
    """
    lan = addresses.present()[:1] if sys.platform != "win32" else ()
    for address in lan:
        try:
            server.start(("--host", address, "--https-port", "0"))
        except Refused:
            # The port that is free here is taken there, or the address has just gone.
            continue
        return address
    server.start(("--host", "127.0.0.1", "--https-port", "0"))
    return ""


def come_in(walk: Walk, lan: str) -> None:
    """Learn to trust the hall, be paired and speak over TLS, be revoked."""
    host, port = lan or "127.0.0.1", walk.server.https_port
    plain = walk.server.address.replace("127.0.0.1", host)
    authority = _authority(plain)
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.load_verify_locations(cadata=authority)
    try:
        _speak(walk, host, port, trusting)
    except httpx.TransportError as failed:
        # Nobody came in; the invariants will say so.
        walk.tell(f"the encrypted door did not open: {failed}")
    if lan:
        _ask_at_the_plain_door(walk, plain)
    else:
        walk.noted.untried.append(NO_NETWORK)


def _speak(walk: Walk, host: str, port: int, trusting: ssl.SSLContext) -> None:
    browser = Browser(f"https://{host}:{port}", walk.statuses, trusting=trusting)
    tablet = by_code(walk, "tablet", NAME, browser=browser)
    beat = tablet.beat()
    cookies = list(tablet.browser.client.cookies.jar)
    walk.secretary.must(f"/console/devices/{tablet.id}/revoke")
    forged = _forged(walk)
    walk.noted.encrypted.append(
        Encrypted(
            device_id=tablet.id,
            version=_shaken(host, port, trusting, host),
            stranger_stays_out=not _shaken(host, port, ssl.create_default_context(), host),
            other_name_fails=not _shaken(host, port, trusting, "hoinghi.example"),
            cookies_are_safe=bool(cookies)
            and all(each.secure and each.has_nonstandard_attr("HttpOnly") for each in cookies),
            local_name_holds=forged.get("local") is True,
            foreign_name_holds=forged.get("foreign") is not False,
            is_critical=forged.get("critical") is True,
            beat=beat,
            beat_after=tablet.beat(),
        )
    )


def _authority(address: str) -> bytes:
    """What a tablet downloads before it trusts anybody here."""
    with client_of(address) as client:
        answer = client.get("/trust/hall.crt")
    if answer.status_code != 200:
        raise Refused("rehearsal_stuck", step="/trust/hall.crt", status=answer.status_code)
    return answer.content


def _shaken(host: str, port: int, context: ssl.SSLContext, name: str) -> str:
    """The version of TLS on which both agree; empty where this client does not trust the other."""
    with closing(socket.create_connection((host, port), timeout=PATIENCE)) as plain:
        try:
            with context.wrap_socket(plain, server_hostname=name) as shaken:
                return shaken.version() or ""
        except ssl.SSLCertVerificationError:
            return ""


def _forged(walk: Walk) -> dict[str, bool]:
    """What the hall's authority can be used for by whoever steals it (`forging`), in a process of
    its own: this one must never load what signs certificates."""
    done = subprocess.run(  # noqa: S603 (our own program, no shell)
        [sys.executable, "-m", "kiosk.rehearsal.forging", str(walk.settings.instance)],
        env={**os.environ, "PYTHONPATH": program_path()},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=THIEF_WITHIN,
        check=False,
    )
    found: dict[str, bool] = json.loads(done.stdout) if done.returncode == 0 else {}
    return found


def _ask_at_the_plain_door(walk: Walk, address: str) -> None:
    """As a machine that is new in this network, with the cookies of a device that is not."""
    gate = walk.fleet.gates[0].browser
    stolen = {"Cookie": gate.cookies()}
    for path in _PATHS:
        _note(walk, address, path, stolen)
    probe, host = _PROBE
    _note(walk, address, probe, {"Host": host}, host)


def _note(walk: Walk, address: str, path: str, headers: dict[str, str], host: str = "") -> None:
    with client_of(address) as client:
        answer: httpx.Response = client.get(path, headers=headers)
    walk.statuses.saw(answer.status_code)
    walk.noted.at_plain_door.append(
        AtPlainDoor(
            path=path,
            host=host,
            status=answer.status_code,
            leads=answer.headers.get("Location", ""),
            sets_cookie="Set-Cookie" in answer.headers,
        )
    )

"""`kiosk serve` and `make run`: upgrade, lock, listen, say where, answer until stopped."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress

from flask import Flask

from kiosk import create_app, instance
from kiosk.backup import copying, recovery
from kiosk.config import Settings
from kiosk.core import qr
from kiosk.core.doors import Hall
from kiosk.core.errors import Refused
from kiosk.founding import real_plan
from kiosk.tls import known, opening
from kiosk.tls.keeper import Keeper
from kiosk.tls.opening import LOOPBACK

Say = Callable[[str], None]


def run(
    settings: Settings, *, say: Say, welcome: Callable[[Flask, str], None] | None = None
) -> None:
    """Serve one instance until Ctrl+C.

    Raises:
        Refused: `no_tls_needs_loopback`, `host_not_ours`, `instance_in_use`, `port_taken`,
            `https_port_taken`, `keys_missing`, `authority_damaged` …: before anything is changed.
    """
    from kiosk import server

    bound_to = opening.bound(settings)
    with instance.locked(settings.instance), ExitStack() as ending:
        plain = _listen(bound_to, settings.port, ending)
        port = plain[0].getsockname()[1]
        encrypted, door_80 = [], []
        if settings.tls:
            encrypted = _listen(bound_to, settings.encrypted_port, ending, encrypted=True)
            known.authority(settings.instance)  # a damaged one is said before all else
            door_80 = _probed(bound_to, settings.port, ending)
        instance.upgrade(settings, before=copying.before_upgrade)
        app = create_app(settings)
        address = f"http://{LOOPBACK}:{port}"
        tls: Keeper = app.extensions["kiosk_tls"]
        if encrypted:
            tls.addresses = lambda: opening.offered(bound_to)
            tls.alone = opening.is_alone(bound_to)
            tls.told = lambda hall: _told(settings, address, hall, say)
            tls.ready(http_port=80 if door_80 else port, https_port=encrypted[0].getsockname()[1])
        hall: Hall = app.extensions["kiosk_hall"]
        _open_door(settings, address, hall)
        ending.callback(instance.close_door, settings.instance)
        if welcome is not None:
            with app.app_context():
                welcome(app, address)
        else:
            say(f"{address}/console")
        for line in (*opening.told(hall, settings.language), *_pictures(settings, address, hall)):
            say(line)
        for work in (app.extensions["kiosk_backup"], app.extensions["kiosk_fallback_list"]):
            work.start()
            ending.callback(work.stop)
        if encrypted:
            tls.start()
            ending.callback(tls.stop)
        server.serve(
            app,
            [
                *(server.Listening(each) for each in (*plain, *door_80)),
                *(server.Listening(each, tls.present_context) for each in encrypted),
            ],
        )


def _listen(
    hosts: Sequence[str], port: int, ending: ExitStack, *, encrypted: bool = False
) -> list[socket.socket]:
    """Bind one port at several addresses; the first decides which free one is taken."""
    from kiosk import server

    found: list[socket.socket] = []
    for host in hosts:
        chosen = found[0].getsockname()[1] if found else port
        found.append(server.listen(host, chosen, encrypted=encrypted))
        ending.callback(found[-1].close)
    return found


def _probed(hosts: Sequence[str], port: int, ending: ExitStack) -> list[socket.socket]:
    """Port 80 too, where the system lets us have it: devices ask there whether this network leads
    anywhere (`tls/probes.py`), and `http://192.168.1.10` is easier to type."""
    others = [host for host in hosts if host != LOOPBACK]
    if port in {0, 80} or not others or others[0].startswith("127."):
        return []
    with suppress(Refused, OSError):
        return _listen(others, 80, ending)
    return []


def _open_door(settings: Settings, address: str, hall: Hall) -> None:
    instance.open_door(
        settings.instance, address=address, lan=hall.best, https_port=hall.https_port
    )


def _told(settings: Settings, address: str, hall: Hall, say: Say) -> None:
    """The network has changed while the hall is served."""
    _open_door(settings, address, hall)
    for line in opening.told(hall, settings.language):
        say(line)


def _pictures(settings: Settings, address: str, hall: Hall) -> Iterator[str]:
    if hall.encrypted:
        yield from opening.pictures(hall, settings.language)
    else:
        yield qr.terminal(address, encoding=sys.stdout.encoding)


def run_demo(settings: Settings, *, delegates: int, say: Say) -> None:
    """The real plan with invented people, in a folder of its own with a watermark.

    Where the user already has a conference in the instance folder, that one is served instead:
    `make run` must never put a rehearsal in front of the real thing.
    """
    if instance.exists(settings.instance):
        say(f"{settings.instance}")
        run(settings, say=say)
        return
    from kiosk.rehearsal.demo import prepare, welcome

    rehearsal = settings.model_copy(
        update={"instance": settings.instance / "rehearsal", "rehearsal": True}
    )
    made = prepare(rehearsal, plan=real_plan(), delegates=delegates)
    if made is not None:
        for line in recovery.told_once(made.recovery_key, settings.language):
            say(line)
    run(rehearsal, say=say, welcome=lambda app, address: welcome(app, address, say))

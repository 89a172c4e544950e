"""`kiosk serve` and `make run`: upgrade, lock, listen, say where, answer until stopped."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from importlib import resources

from flask import Flask

from kiosk import create_app, instance
from kiosk.backup import copying, recovery
from kiosk.backup.keeper import Keeper
from kiosk.config import Settings
from kiosk.core import qr
from kiosk.documents.renewer import Renewer

Say = Callable[[str], None]


def run(
    settings: Settings, *, say: Say, welcome: Callable[[Flask, str], None] | None = None
) -> None:
    """Serve one instance until Ctrl+C.

    Raises:
        Refused: `instance_in_use`, `port_taken`, `keys_missing` …: before anything is changed.
    """
    from kiosk import server

    with instance.locked(settings.instance):
        listener = server.listen(settings.host, settings.port)
        try:
            instance.upgrade(settings, before=copying.before_upgrade)
            app = create_app(settings)
            keeper: Keeper = app.extensions["kiosk_backup"]
            renewer: Renewer = app.extensions["kiosk_fallback_list"]
            address = _address(settings, listener)
            instance.open_door(settings.instance, address=address)
            if welcome is not None:
                with app.app_context():
                    welcome(app, address)
            else:
                say(f"{address}/console")
            say(qr.terminal(address, encoding=sys.stdout.encoding))
            keeper.start()
            renewer.start()
            try:
                server.serve(app, listener)
            finally:
                renewer.stop()
                keeper.stop()
        finally:
            listener.close()
            instance.close_door(settings.instance)


def _address(settings: Settings, listener: socket.socket) -> str:
    port = listener.getsockname()[1]
    return f"http://{settings.host}:{port}"


def real_plan() -> tuple[str, bytes]:
    """The plan of the first conference, shipped with the program."""
    name = "ke-hoach-hoi-nghi-2026.txt"
    return name, resources.files("kiosk").joinpath("data", "plan", name).read_bytes()


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

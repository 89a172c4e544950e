"""Copies of the conference in a second place, and the way back from one (design 10).

Stands above the rooms, as the server does: it knows core, the settings and the instance folder,
and no room knows it. The copies are age files that only the recovery key opens.
"""

from flask import Flask


def init_app(app: Flask) -> None:
    """Give the app its keeper of copies; `kiosk serve` starts it, nobody else does."""
    # Its events and refusals are registered as they are loaded.
    from kiosk.backup import events as _events  # noqa: F401
    from kiosk.backup import keeper

    app.extensions["kiosk_backup"] = keeper.Keeper(app)

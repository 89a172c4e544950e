"""The encrypted door of the hall: its certificate authority, its addresses, and `/trust`.

Stands above the rooms, as the server does: it knows core, the settings and the instance folder,
and no room knows it. Where the hall is reached now the rooms ask `core.doors.hall()`.
"""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add `/trust`, and put the doors before the application. `kiosk serve` opens them."""
    # Its events and refusals are registered as they are loaded.
    from kiosk.core.doors import Hall
    from kiosk.tls import events as _events  # noqa: F401
    from kiosk.tls import routes
    from kiosk.tls.doors import Doors
    from kiosk.tls.keeper import Keeper

    app.extensions["kiosk_hall"] = Hall()
    app.extensions["kiosk_tls"] = Keeper(app)
    routes.init_app(app)
    app.wsgi_app = Doors(app.wsgi_app, lambda: app.extensions["kiosk_hall"])  # type: ignore[method-assign]

"""The door: scans, presence, quorum. The one source of *present*."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add this room's pages to the application."""
    from kiosk.checkin import desk_routes, routes
    from kiosk.checkin import events as _events  # noqa: F401 (registers its catalogue)

    routes.init_app(app)
    desk_routes.init_app(app)

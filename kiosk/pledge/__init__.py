"""The emulation pledge: its text, who signs it, and their drawn signatures. Named by design."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add this room's pages, its topic, and its act for tablets."""
    from kiosk.pledge import events as _events  # noqa: F401 (registers its catalogue)
    from kiosk.pledge import routes, tablet_routes

    routes.init_app(app)
    tablet_routes.init_app(app)

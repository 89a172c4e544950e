"""Face: the secretary's home, built from the rooms' own panels."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add this room's pages to the application."""
    from kiosk.console import routes, script_page

    routes.init_app(app)
    script_page.init_app(app)

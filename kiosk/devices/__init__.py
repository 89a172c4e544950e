"""Gates, tablets and projectors: pairing, kinds, revoking."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add this room's pages to the application."""
    from kiosk.devices import events as _events  # noqa: F401 (registers its catalogue)
    from kiosk.devices import routes

    routes.init_app(app)

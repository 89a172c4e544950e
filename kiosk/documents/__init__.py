"""The official papers, one module per paper; each has one frozen object as its only source."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add this room's pages, and the keeper of the fall-back list; `kiosk serve` starts it."""
    from kiosk.documents import events as _events  # noqa: F401 (registers its catalogue)
    from kiosk.documents import renewer, routes

    app.extensions["kiosk_fallback_list"] = renewer.Renewer(app)
    routes.init_app(app)

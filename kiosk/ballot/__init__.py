"""The secret election: slips from a bag, ballots sealed on the tablet, a box that tellers open.

The protocol and its threats: `docs/ballot-secrecy.md`. Files that know no person and no page
(`box.py`, `keys.py`, `judging.py`, `outcome.py` …) stand beside the room's usual ones.
"""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add this room's pages to the application, and what its acts keep in memory."""
    from pathlib import Path

    from kiosk.ballot import counting_routes as _counting  # noqa: F401 (adds to rounds_routes)
    from kiosk.ballot import engine_events as _refusals  # noqa: F401 (registers its sentences)
    from kiosk.ballot import events as _events  # noqa: F401 (registers its catalogue)
    from kiosk.ballot import issuing_routes, photo_routes, rounds_routes, routes, voting_routes
    from kiosk.ballot.boxes import Boxes
    from kiosk.ballot.counting import Throttle
    from kiosk.ballot.locking import Ceremony
    from kiosk.ballot.slip_throttle import SlipThrottle

    app.extensions["kiosk_boxes"] = Boxes(Path(app.instance_path))
    app.extensions["kiosk_ceremony"] = Ceremony()
    app.extensions["kiosk_ballot_throttle"] = Throttle()
    app.extensions["kiosk_slip_throttle"] = SlipThrottle()
    for pages in (routes, photo_routes, rounds_routes, issuing_routes, voting_routes):
        pages.init_app(app)

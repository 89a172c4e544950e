"""Where each kind of device lives, and the address by which another machine comes here."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for

from kiosk.core.access import Kind

#: Endpoints by name; the rooms above own them.
HOME = {Kind.GATE: "checkin.gate", Kind.TABLET: "tablet.home", Kind.PROJECTOR: "projector.wall"}

#: Names of this laptop for itself.
_THIS_LAPTOP = frozenset({"127.0.0.1", "localhost"})


def elsewhere(endpoint: str, **values: Any) -> str:
    """An address of ours for a QR: for the machine that scans it, not for this one.

    Whoever asks over the network has proved that the address leads here. The laptop itself asks at
    127.0.0.1, which is another machine's own; there the hall's encrypted address is taken, where
    there is one.
    """
    # Put there by the encrypted door, when there is one and a network to be reached by.
    best = str(getattr(current_app.extensions.get("kiosk_hall"), "best", ""))
    if best and request.host.partition(":")[0] in _THIS_LAPTOP:
        return best + url_for(endpoint, **values)
    return url_for(endpoint, _external=True, **values)

"""Where each kind of device lives: the address that pairing leads to."""

from kiosk.core.access import Kind

#: Endpoints by name; the rooms above own them.
HOME = {Kind.GATE: "checkin.gate", Kind.TABLET: "tablet.home", Kind.PROJECTOR: "projector.wall"}

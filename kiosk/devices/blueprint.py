"""The room's one blueprint; its pages stand in `routes`, `pairing_routes` and `shell_routes`."""

from flask import Blueprint

bp = Blueprint("devices", __name__)

"""`docs/events.md`: every event that the conference book may hold, and what it means.

    python tools/events.py           write the list anew
    python tools/events.py --check   change nothing; exit code 1 names every trouble

The book keeps codes and numbers. Whoever reads it years later, without the program, needs this
list. Values come from the rooms' catalogues; the meanings are written here, one sentence each.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "events.md"

#: Rooms with a catalogue, in the order in which they may import each other.
ROOMS = ("staff", "conference", "devices", "checkin", "agenda", "motions")

MEANINGS = {
    "staff:account:added": "An account with a role was added.",
    "staff:account:closed": "An account was closed and its browsers were signed out.",
    "staff:password:reset": "An account got a new password and its browsers were signed out.",
    "staff:session:signed_in": "Somebody signed in with the right password.",
    "staff:session:signed_out": "Somebody signed out.",
    "staff:session:refused": "A sign-in failed; the account is named only if there is one.",
    "conference:conference:created": "The conference of this database was made.",
    "conference:details:changed": "Title, day, hour or place was set before the opening.",
    "conference:plan:imported": "A plan was taken over; `sha256` is the hash of its file.",
    "conference:conference:opened": "The conference was opened, with the attendance then.",
    "conference:conference:ended": "The conference ended; nothing more can be recorded.",
    "conference:roster:imported": "A roster was taken over; the numbers count its rows by kind.",
    "conference:standing:set": "A person's standing (delegate or guest) and rights were set.",
    "conference:unit_flags:set": "The rights of every delegate of a unit were set at once.",
    "conference:badges:printed": "A sheet of badges was made for printing; `count` says how many.",
    "conference:badge:replaced": "A badge was revoked with a reason; a new issue replaced it.",
    "devices:device:added": "A gate, tablet or projector was added and got a one-time address.",
    "devices:device:paired": "A browser became this device by its one-time address.",
    "devices:device:revoked": "A device lost its rights at once.",
    "devices:address:renewed": "A device got a new one-time address; the old one is void.",
    "checkin:stay:entered": "A gate let a person in; `outcome` tells first time, again or guest.",
    "checkin:scan:turned_away": "A gate recorded nobody for a scan; `outcome` tells why.",
    "checkin:stay:entered_by_hand": "A person was recorded as present by hand, with a reason.",
    "checkin:stay:undone": "A check-in was taken back with a reason; its line stays in the book.",
    "checkin:base:fixed": "The number convened, on which the quorum stands, was fixed.",
    "agenda:agenda:laid_out": "The agenda was laid out anew, from a plan.",
    "agenda:item:added": "An item was added to the draft of the agenda.",
    "agenda:item:edited": "An item of the draft was edited.",
    "agenda:item:moved": "An item of the draft moved from place `was` to place `number`.",
    "agenda:item:removed": "An item was removed from the draft.",
    "agenda:item:started": "An item began.",
    "agenda:item:left_waiting": "An item was left open while others go on.",
    "agenda:item:resumed": "A waiting item is on again.",
    "agenda:item:ended": "An item ended.",
    "agenda:item:skipped": "An item was skipped with a reason.",
    "agenda:item:reopened": "An ended or skipped item was opened again with a reason, and waits.",
    "motions:motion:opened": "A question was put to a vote by hands.",
    "motions:motion:counted": "The first count of a vote by hands, and whether it was adopted.",
    "motions:count:corrected": "A later count of the same vote, with a reason; both stay.",
    "motions:motion:withdrawn": "A question was withdrawn before it was counted, with a reason.",
    "motions:motion:put_away": "The result of a vote was taken off the projector.",
}

HEAD = """\
# Events of the conference book

Made by `tools/events.py` from the rooms' catalogues; do not edit it by hand.

Every act is one line of the book: number, time, event, who, facts, and the hash that chains it to
the line before (`kiosk/core/audit.py`). An event reads `room:thing:past_verb`. Facts are numbers
and codes; a person is a delegate's number, an account is its number, never a password or a badge's
whole code. A line is never changed or deleted: a correction is a new line.
"""


def catalogue() -> dict[str, str]:
    """Event → the room whose `events.py` catalogues it, in the order of the rooms."""
    sys.path.insert(0, str(ROOT))
    try:
        for room in ROOMS:
            importlib.import_module(f"kiosk.{room}.events")
        from kiosk.core.audit import CATALOGUE
    finally:
        sys.path.remove(str(ROOT))
    rooms = {value: events.__module__.split(".")[1] for value, events in CATALOGUE.items()}
    strangers = set(rooms.values()) - set(ROOMS)
    if strangers:
        raise ValueError(f"rooms that this tool does not know: {sorted(strangers)}")
    return {value: room for known in ROOMS for value, room in rooms.items() if room == known}


def page() -> str:
    """The list as Markdown."""
    parts = [HEAD]
    for room in ROOMS:
        parts.append(f"\n## {room}\n\n| Event | Room | Meaning |\n| --- | --- | --- |\n")
        parts += [
            f"| `{value}` | {room} | {MEANINGS.get(value, '')} |\n"
            for value, owner in catalogue().items()
            if owner == room
        ]
    return "".join(parts)


def troubles(path: Path = PAGE) -> Iterator[str]:
    """One English line for everything that is wrong with the list; none when it is whole."""
    known = catalogue()
    for value in known.keys() - MEANINGS.keys():
        yield f"no meaning yet: {value}"
    for value in MEANINGS.keys() - known.keys():
        yield f"no event of the program: {value}"
    for value, meaning in MEANINGS.items():
        if not meaning.endswith(".") or "|" in meaning:
            yield f"not one plain sentence: {value}: {meaning!r}"
    try:
        written = path.read_text(encoding="utf-8")
    except OSError as error:
        yield f"{path.name} cannot be read: {error}"
        return
    if written != page():
        yield f"{path.name} is not what the program says: run tools/events.py"


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; returns the exit code."""
    parser = argparse.ArgumentParser(description="Write or check the list of events.")
    parser.add_argument("--check", action="store_true", help="only look; change nothing")
    if not parser.parse_args(arguments).check:
        PAGE.write_text(page(), encoding="utf-8", newline="\n")
    found = sorted(troubles())
    for trouble in found:
        sys.stderr.write(trouble + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())

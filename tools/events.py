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
ROOMS = (
    "staff",
    "conference",
    "devices",
    "checkin",
    "agenda",
    "motions",
    "ballot",
    "pledge",
    "documents",
    "backup",
    "tls",
    "doctor",
)

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
    "conference:roster:undone": "An import was taken back; `new` and `changed` count its rows.",
    "conference:duty:assigned": "A preparation duty was given to a person, with its day.",
    "conference:duty:done": "A preparation duty was ticked as done.",
    "conference:duty:opened_again": "The tick of a preparation duty was taken back.",
    "conference:committee:member_added": "A person joined a committee; `committee` tells which.",
    "conference:committee:member_moved": "A committee's order of introduction was changed.",
    "conference:committee:member_ended": "A person left a committee.",
    "conference:committee:head_set": "A person became the head of a committee.",
    "conference:bar:set": "It was decided whether a person may stand; `bar` says why not.",
    "devices:device:added": "A gate, tablet or projector was added and got a one-time address.",
    "devices:device:paired": "A browser became this device, by address or by confirmed code.",
    "devices:device:revoked": "A device lost its rights at once.",
    "devices:address:renewed": "A device got a new one-time address; the old one is void.",
    "devices:gate:turned": "A gate was set to scan people `in` or `out`.",
    "devices:device:renamed": "A device got another name.",
    "devices:device:kind_changed": "A device became another kind, without being paired anew.",
    "devices:tablet:told": "A tablet was pinned to an act, or let follow what is open.",
    "devices:tablets:told": "The same for all tablets at once; `count` were changed.",
    "devices:code:confirmed": "The browser that showed a code at this address may be the device.",
    "devices:codes:cleared": "All codes that waited to be paired were taken back at once.",
    "devices:code:refused": "A pairing code was typed that no waiting browser showed.",
    "devices:device:doubled": "One device's cookie was used from these addresses at once.",
    "devices:device:one_machine": "Somebody looked: these addresses are one machine's, no copy.",
    "checkin:stay:entered": "A gate let a person in; `outcome` tells first time, again or guest.",
    "checkin:scan:turned_away": "A gate recorded nobody for a scan; `outcome` tells why.",
    "checkin:stay:entered_by_hand": "A person was recorded as present by hand, with a reason.",
    "checkin:stay:undone": "A check-in was taken back with a reason; its line stays in the book.",
    "checkin:base:fixed": "The number convened, on which the quorum stands, was fixed.",
    "checkin:stay:left_by_hand": "A member of staff recorded, with a reason, that a person left.",
    "checkin:stay:left": "An exit gate recorded that a person left the hall.",
    "checkin:leaving:undone": "A check-out was taken back with a reason; its line stays.",
    "checkin:paper:merged": "A paper list was typed in: `delegates` are present from that moment.",
    "checkin:person:walked_in": "A person who was on no list was added, with standing and rights.",
    "checkin:substitute:seated": "A substitute was named for a person, with the rights passed on.",
    "checkin:substitute:ended": "A substitution ended with a reason.",
    "checkin:absence:recorded": "An absence was recorded; `kind` tells whether it has a reason.",
    "checkin:absence:withdrawn": "A recorded absence was taken back.",
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
    "agenda:note:written": "Notes of an item were begun or taken up again.",
    "agenda:note:branched": "Notes written at the same time as others were kept apart.",
    "agenda:note:settled": "Notes that were kept apart were joined into `version`.",
    "agenda:file:attached": "A PDF was attached to an item; `sha256` is the hash of the file.",
    "agenda:file:removed": "An attachment was removed from an item.",
    "agenda:script:written": "The chair's script of an item was edited, or put back to the sample.",
    "agenda:wall:stepped_aside": "The projector went dark so that other slides can be shown.",
    "agenda:wall:taken_back": "The projector shows the conference again.",
    "agenda:break:called": "A break began; `until` is when the conference goes on.",
    "agenda:break:ended": "A break was ended by hand.",
    "motions:motion:opened": "A question was put to a vote by hands.",
    "motions:motion:counted": "The first count of a vote by hands, and whether it was adopted.",
    "motions:count:corrected": "A later count of the same vote, with a reason; both stay.",
    "motions:motion:withdrawn": "A question was withdrawn before it was counted, with a reason.",
    "motions:motion:put_away": "The result of a vote was taken off the projector.",
    "ballot:settings:changed": "The election was set up, or its settings were changed.",
    "ballot:candidate:nominated": "A person was put on the list; `source` tells by whom.",
    "ballot:candidate:consented": "It was recorded whether a nominated person agrees to stand.",
    "ballot:candidate:birth_recorded": "A date of birth was kept or dropped, for the tie rule.",
    "ballot:candidate:photo": "A photo was kept, or dropped.",
    "ballot:candidate:withdrawn": "A person was taken off the list, with a reason.",
    "ballot:candidate:returned": "A withdrawn person was put back on the list.",
    "ballot:question:put_to_vote": "Number, list or rule was put to a vote by hands.",
    "ballot:slips:printed": "New slips of a round were printed; its earlier ones are void.",
    "ballot:round:prepared": "A round was prepared; `kind` tells why, `way` how it is voted.",
    "ballot:slips:counted": "The tellers recorded how many slips they counted before the round.",
    "ballot:teller:came": "A teller scanned the badge at the laptop and was given a code.",
    "ballot:witness:came": "A witness scanned the badge at the laptop.",
    "ballot:code:typed_back": "A teller typed the code back from the card.",
    "ballot:envelope:signed": "A teller's card lies in an envelope signed over the flap.",
    "ballot:ceremony:started_again": "The locking of a box began anew; every code before is void.",
    "ballot:box:locked": "A box was locked; `fingerprint` covers key, round and ballot.",
    "ballot:fingerprint:compared": "A teller found the same fingerprint at a tablet drawn by lot.",
    "ballot:voting:opened": "Voting opened; `entitled` counts the list, `issued` the slips drawn.",
    "ballot:slip:issued": "A person drew a slip; which one, nobody knows.",
    "ballot:slip:not_drawn": "A badge was scanned by mistake; no slip was drawn.",
    "ballot:roll:added": "A person was added to the list of electors, with a witness.",
    "ballot:slip:reported_used": "Somebody told the tellers that another used the own slip; neither"
    " person nor slip is in the book.",
    "ballot:helper:recorded": "Somebody helped a voter; neither name is in the book.",
    "ballot:voting:closed": "The voting was closed; `present` is the electorate (R25).",
    "ballot:sums:recorded": "Slips were counted by hand; `set_fingerprint` is of the sealed set.",
    "ballot:codes:refused": "Codes were typed that do not open the box together.",
    "ballot:box:opened": "The box was opened with the tellers' codes and every ballot judged.",
    "ballot:paper:typed": "A teller typed the counts of a round on paper.",
    "ballot:paper:typed_anew": "Both typings were dropped, to count and type again.",
    "ballot:paper:counted": "Two equal typings were taken as the count of the round.",
    "ballot:figures:read_out": "Figures of candidates were shown on the wall as they were read.",
    "ballot:result:declared": "The result of a round was announced.",
    "ballot:result:put_away": "The result of a round was taken off the projector.",
    "ballot:complaint:recorded": "Complaints during the count were written down for the report.",
    "ballot:smaller_board:put_to_vote": "A smaller board was put to a vote by hands.",
    "ballot:no_further_round:put_to_vote": "The hall was asked to vote no further.",
    "ballot:tablet:drawn_again": "Another tablet was drawn by lot for the comparison.",
    "ballot:void:asked": "Somebody asked in writing to void a round.",
    "ballot:round:voided": "A second account confirmed; the round is void and its box deleted.",
    "pledge:text:saved": "A version of the pledge was saved; `sha256` is the hash of its text.",
    "pledge:form:chosen": "All units sign one sheet, or each with the head of the office.",
    "pledge:signatory:added": "A person is to sign; `side` says for a unit or for the office.",
    "pledge:signatory:removed": "A person who had not signed was taken off the list.",
    "pledge:capacity:set": "The capacity over a signature was corrected.",
    "pledge:proxy:named": "Another person signs for `principal` (KT.).",
    "pledge:proxy:ended": "The principal signs after all.",
    "pledge:signatory:excused": "A person does not sign, with a reason.",
    "pledge:excuse:taken_back": "A person who was excused signs after all.",
    "pledge:signing:opened": "The text was fixed and signing opened; `sha256` is its hash.",
    "pledge:signing:taken_back": "Before anybody had signed, the text became a draft again.",
    "pledge:signature:given": "A signature: hashes of the text and of the strokes, no picture.",
    "pledge:signature:replaced": "The same person signed again; the line of the first stays.",
    "pledge:signing:closed": "Signing was closed; everyone had signed or was excused.",
    "pledge:signing:reopened": "A closing was taken back, with a reason.",
    "pledge:sheet:printed": "The pledge was made as PDF, with the signatures in force then.",
    "documents:invitations:printed": "Invitations were made for printing; `count` says how many.",
    "documents:invitation:sent": "An invitation was recorded as sent; `way` tells how.",
    "documents:unit_invitations:sent": "The open invitations of a unit were recorded as sent.",
    "documents:invitation:taken_back": "A sent invitation was recorded as not sent after all.",
    "backup:instance:restored": "The data came back from a backup; `book_seq` is its last line.",
    "tls:authority:made": "The hall's certificate authority was made; devices trust this one.",
    "tls:certificate:made": "A certificate was made; `why` tells for what, `addresses` for where.",
    "doctor:self_test:passed": "A person tried a part of a device or the laptop; it works.",
    "doctor:self_test:failed": "A person tried a part of a device or the laptop; it does not work.",
    "doctor:route:found": "The laptop has a way to the internet, which the hall does not need.",
    "doctor:route:gone": "The way to the internet that was found is gone.",
    "doctor:sheet:printed": "The go / no-go sheet was printed; `to_mend` counts what stood open.",
    "doctor:test_page:printed": "The printer's test page was made.",
    "backup:key:made": "The recovery key was replaced; `recipient` is its public half.",
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
        importlib.import_module("kiosk.vocabulary")  # every room's events
        from kiosk.core.audit import CATALOGUE
    finally:
        sys.path.remove(str(ROOT))
    rooms = {value: events.__module__.split(".")[1] for value, events in CATALOGUE.items()}
    strangers = set(rooms.values()) - set(ROOMS)
    if strangers:
        raise ValueError(f"rooms that this tool does not know: {sorted(strangers)}")
    # In the order of the meanings: the rooms' modules may be loaded in any.
    place = {value: number for number, value in enumerate(MEANINGS)}
    ordered = sorted(rooms, key=lambda value: place.get(value, len(place)))
    return {value: known for known in ROOMS for value in ordered if rooms[value] == known}


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

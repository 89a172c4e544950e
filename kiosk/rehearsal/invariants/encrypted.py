"""The doors for other machines: encrypted for who trusts the hall, and silent for all others."""

from __future__ import annotations

from kiosk.rehearsal.invariants.registry import Findings, Maybe, invariant
from kiosk.rehearsal.told import Day
from kiosk.rehearsal.told_devices import NO_NETWORK

#: What a machine that does not trust the hall yet may have (design 2.3).
OPEN = {"/trust", "/trust/hall.crt", "/trust/hall.pem"}


@invariant
def encrypted_door_is_for_who_trusts(day: Day) -> Findings:
    """A tablet that has the hall's authority is paired and speaks over TLS 1.2 or newer with safe
    cookies; without the authority, or under another name, no connection comes about; revoked, it is
    nobody."""
    findings = []
    for each in day.encrypted:
        wrong = {
            f"spoke {each.version or 'nothing'}": each.version not in {"TLSv1.2", "TLSv1.3"},
            "was believed by a stranger": not each.stranger_stays_out,
            "was believed under another name": not each.other_name_fails,
            "sent a cookie that is not safe": not each.cookies_are_safe,
            f"answered a beat with {each.beat}": each.beat != 204,
            f"answered a revoked device with {each.beat_after}": each.beat_after != 401,
        }
        findings += [f"the encrypted door {what}" for what, is_so in wrong.items() if is_so]
        if each.device_id not in {one.device_id for one in day.paired if one.by_code}:
            findings.append(f"device {each.device_id} was never paired there")
    return findings if day.encrypted else ["nobody came by the encrypted door"]


@invariant
def authority_signs_for_the_local_network_alone(day: Day) -> Findings:
    """Whoever steals the hall's authority is believed for a name of the local network and for none
    of the internet, and no reader may skip that constraint (decision 15)."""
    findings = []
    for each in day.encrypted:
        wrong = {
            "is believed for nothing": not each.local_name_holds,
            "is believed on the internet": each.foreign_name_holds,
            "has a constraint that may be skipped": not each.is_critical,
        }
        findings += [f"the authority {what}" for what, is_so in wrong.items() if is_so]
    return findings if day.encrypted else ["nobody stole the authority"]


@invariant
def plain_door_speaks_of_trust_alone(day: Day) -> Maybe:
    """Over plain HTTP another machine gets `/trust`, its files, and answers to its probes; no page,
    no stream, no cookie, whatever cookie it brings (design 2.3)."""
    if NO_NETWORK in day.untried:
        return None
    findings = [f"{each.path} set a cookie" for each in day.at_plain_door if each.sets_cookie]
    for each in day.at_plain_door:
        wanted = 200 if each.path in OPEN else 303 if each.path == "/" else 404
        if each.host:
            wanted = 204
        if each.status != wanted or (each.status == 303 and each.leads != "/trust"):
            findings.append(f"{each.host}{each.path}: {each.status} {each.leads}".rstrip())
    tried = {each.path in OPEN for each in day.at_plain_door}
    probed = any(each.host for each in day.at_plain_door)
    return findings if tried == {True, False} and probed else [*findings, "nobody asked there"]

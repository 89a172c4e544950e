"""The files of certificates in the instance folder, read with the standard library alone.

`authority.pem` holds the authority's key and certificate, and is opened only by the short-lived
process that signs (`authority.py`); what everybody may know of it that process writes beside it, in
`authority-known.pem`. `certificate.pem` is a leaf and its key. All are 0600 where the system knows
it, like `keys.json`. A line of JSON before the first block, which PEM readers skip (RFC 7468
section 2), says what lies below, and one rename replaces all that belongs together.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import ssl
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.tls.rules import Authority, Issued

#: Kept for ever and in every backup: what the tablets trust.
AUTHORITY = "authority.pem"
#: What may be known of it, without the key; written anew whenever it is missing; in no backup.
KNOWN = "authority-known.pem"
#: Made anew whenever it does not fit; in no backup.
CERTIFICATE = "certificate.pem"

_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----\n.+?\n-----END CERTIFICATE-----\n", re.S)


def fingerprint(der: bytes) -> str:
    """SHA-256 of a certificate, as every device shows it: 64 capital hex digits."""
    return hashlib.sha256(der).hexdigest().upper()


def known_authority(folder: Path) -> Authority | None:
    """The authority as it was when the process that signs last looked at it; None where there is
    none, or where its file is another since: that process must look again (`known.authority`).

    The file with the key is not opened for this; size and time of it tell whether it is the same.
    """
    try:
        said = _head(folder / KNOWN)
        if said["file"] != seen(folder):
            return None
        block = _BLOCK.search((folder / KNOWN).read_text(encoding="ascii"))
        der = ssl.PEM_cert_to_DER_cert(block[0]) if block else b""
        if fingerprint(der) != said["mark"]:
            return None
        return Authority(
            der=der,
            mark=str(said["mark"]),
            bare=str(said["bare"]),
            not_before=datetime.fromisoformat(said["not_before"]),
            not_after=datetime.fromisoformat(said["not_after"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(folder: Path, authority: Authority) -> None:
    """Write down what everybody may know of the authority that lies in the folder now.

    Raises:
        OSError: when the disk does not take it.
    """
    facts = {
        "file": seen(folder),
        "mark": authority.mark,
        "bare": authority.bare,
        "not_before": authority.not_before.isoformat(),
        "not_after": authority.not_after.isoformat(),
    }
    write(folder, KNOWN, facts, ssl.DER_cert_to_PEM_cert(authority.der).encode("ascii"))


def seen(folder: Path) -> list[int]:
    """By which the authority's file is known again, without opening it. Raises OSError."""
    found = (folder / AUTHORITY).stat()
    return [found.st_size, found.st_mtime_ns]


def bare_of(folder: Path) -> str:
    """What the first line of `authority.pem` says of it; for the process that signs."""
    try:
        return str(_head(folder / AUTHORITY)["bare"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def issued(folder: Path) -> Issued | None:
    """What the leaf in the folder carries; None for a missing or a spoiled one: it is made anew."""
    try:
        said = _head(folder / CERTIFICATE)
        return Issued(
            names=tuple(map(str, said["names"])),
            addresses=tuple(map(str, said["addresses"])),
            not_before=datetime.fromisoformat(said["not_before"]),
            not_after=datetime.fromisoformat(said["not_after"]),
            authority=str(said["authority"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _head(path: Path) -> dict[str, Any]:
    with path.open(encoding="ascii") as file:
        said: dict[str, Any] = json.loads(file.readline(100_000))
    return said


def as_json(issued: Issued) -> dict[str, Any]:
    return asdict(issued) | {
        "not_before": issued.not_before.isoformat(),
        "not_after": issued.not_after.isoformat(),
    }


def context(folder: Path) -> ssl.SSLContext | None:
    """What the encrypted door answers with: TLS 1.2 and 1.3 alone. None for a spoiled leaf."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        made.load_cert_chain(folder / CERTIFICATE)
    except OSError:
        return None
    return made


def write(folder: Path, name: str, facts: dict[str, Any], *blocks: bytes) -> None:
    """Store what belongs together, whole or not at all.

    Raises:
        OSError: when the disk does not take it.
    """
    head = json.dumps(facts, ensure_ascii=True).encode("ascii") + b"\n"
    part = folder / f"{name}.{secrets.token_hex(4)}.part"
    try:
        # 0600 where the system knows it; on Windows the folder's own rights decide.
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(b"".join((head, *blocks)))
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / name)
    finally:
        part.unlink(missing_ok=True)

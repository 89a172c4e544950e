"""The two files of certificates in the instance folder, read with the standard library alone.

`authority.pem` holds the authority's certificate and its key, `certificate.pem` a leaf and its
key; both 0600 where the system knows it, like `keys.json`. A line of JSON before the first block,
which PEM readers skip (RFC 7468 section 2), says what lies below: so the server that answers the
network needs neither `cryptography` nor the authority's key, and one rename replaces all that
belongs together.
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

from kiosk.core.errors import Refused
from kiosk.tls.rules import Issued

#: Kept for ever and in every backup: what the tablets trust.
AUTHORITY = "authority.pem"
#: Made anew whenever it does not fit; in no backup.
CERTIFICATE = "certificate.pem"

_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----\n.+?\n-----END CERTIFICATE-----\n", re.S)


def fingerprint(der: bytes) -> str:
    """SHA-256 of a certificate, as every device shows it: 64 capital hex digits."""
    return hashlib.sha256(der).hexdigest().upper()


def authority_certificate(folder: Path) -> bytes | None:
    """The authority's certificate as DER, what a tablet installs; None where none was made yet.

    Raises:
        Refused: `authority_damaged`: a new one in its place would turn every tablet away.
    """
    path = folder / AUTHORITY
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as broken:
        raise Refused("authority_damaged", file=AUTHORITY) from broken
    block = _BLOCK.search(text)
    try:
        # OpenSSL itself compares key and certificate.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(path)
        if block is None:
            raise ValueError("no certificate")
        return ssl.PEM_cert_to_DER_cert(block[0])
    except (OSError, ValueError) as broken:
        raise Refused("authority_damaged", file=AUTHORITY) from broken


def permitted_bare(folder: Path) -> str:
    """The name of the laptop without `.local` that the authority may sign; nothing where it may
    sign none (`rules.bare_label`)."""
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

"""The thief of a rehearsal: what the hall's authority signs, and who believes it.

    python -m kiosk.rehearsal.forging INSTANCE

A process of its own, for the program that serves and rehearses never loads what signs certificates.
Prints JSON: whether a machine that trusts the hall believes a certificate for a name of the local
network, and for one of the internet; and whether the constraint is one that no reader may skip.
"""

from __future__ import annotations

import json
import shutil
import ssl
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from kiosk.core.clock import utc_now
from kiosk.tls import authority, store
from kiosk.tls.rules import Wanted

LOCAL, FOREIGN = "may-khac.local", "cong-dich-vu.example"

#: Steps of a handshake over memory; a whole one needs three.
STEPS = 10


def tried(instance: Path) -> dict[str, bool]:
    """Sign with a copy of the authority, and let OpenSSL judge.

    Raises:
        OSError: when there is no authority in that folder.
    """
    certificate = x509.load_pem_x509_certificate((instance / store.AUTHORITY).read_bytes())
    trusted = certificate.public_bytes(serialization.Encoding.DER)
    constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        shutil.copy(instance / store.AUTHORITY, folder / store.AUTHORITY)
        return {
            "critical": constraints.critical,
            "local": _is_believed(folder, LOCAL, trusted),
            "foreign": _is_believed(folder, FOREIGN, trusted),
        }


def _is_believed(folder: Path, name: str, trusted: bytes) -> bool:
    """Make a certificate for this name, and shake hands with a client that trusts the authority
    (`trusted`, DER)."""
    authority.make_leaf(folder, Wanted(names=(name,), addresses=()), now=utc_now())
    serving = store.context(folder)
    if serving is None:
        raise OSError("no certificate was made")
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.load_verify_locations(cadata=trusted)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(to_client, to_server, server_hostname=name)
    server = serving.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(STEPS):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError:
                return False
            if side is client:
                return True
    return False


if __name__ == "__main__":
    print(json.dumps(tried(Path(sys.argv[1]))))

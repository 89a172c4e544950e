"""The hall's own certificate authority and its leaves, made in a process of their own.

The server never loads this file: `keeper.py` asks for a job (`core/jobs.py`), so the authority's
key is in no process that answers the network, and no scan waits for a signature. The authority is
name-constrained (RFC 5280 4.2.1.10): whoever steals its key can sign for `.local` and for
addresses of local networks, and for nothing on the internet.
"""

from __future__ import annotations

import json
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kiosk.core.clock import dmy, utc_now
from kiosk.core.errors import Refused
from kiosk.tls import rules, store
from kiosk.tls.rules import Authority, Issued, Wanted


class _Progress(Protocol):
    def __call__(self, done: int, total: int, /) -> None: ...


def job(payload: dict[str, Any], progress: _Progress) -> bytes:
    """Make a leaf for `addresses` of the machine called `hostname`, and its authority before it
    where there is none, or one that a wrong clock made useless. The answer is JSON: what was
    issued, and whether the authority is new.

    Raises:
        Refused: `authority_damaged`, `clock_impossible`.
    """
    folder, now = Path(payload["instance"]), utc_now()
    present = looked_at(folder)
    new_authority = present is None or present.is_of_a_wrong_clock(now)
    if present is None or new_authority:
        if present is not None:
            # Kept under another name: who knows what a person still wants of it.
            (folder / store.AUTHORITY).replace(folder / f"authority-{present.mark[:8]}.old.pem")
        present = make_authority(folder, hostname=payload["hostname"], now=now)
    wanted = Wanted(
        names=rules.names_of(payload["hostname"], permitted_bare=present.bare),
        addresses=tuple(payload["addresses"]),
    )
    issued = make_leaf(folder, wanted, now=now)
    progress(1, 1)
    return json.dumps({"issued": store.as_json(issued), "new_authority": new_authority}).encode()


def look_job(payload: dict[str, Any], progress: _Progress) -> bytes:
    """Look at an authority that came from elsewhere, and write down what may be known of it.

    Raises:
        Refused: `authority_damaged`.
    """
    looked_at(Path(payload["instance"]))
    progress(1, 1)
    return b"{}"


def looked_at(folder: Path) -> Authority | None:
    """The authority in the folder, key and certificate compared; None where there is none.

    Raises:
        Refused: `authority_damaged`.
    """
    if not (folder / store.AUTHORITY).exists():
        return None
    certificate, _ = _loaded(folder)
    found = _known(certificate, store.bare_of(folder))
    store.remember(folder, found)
    return found


def _known(certificate: x509.Certificate, bare: str) -> Authority:
    der = certificate.public_bytes(serialization.Encoding.DER)
    return Authority(
        der=der,
        mark=store.fingerprint(der),
        bare=bare,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def make_authority(folder: Path, *, hostname: str, now: datetime) -> Authority:
    """Make and store the authority of an instance.

    Raises:
        Refused: `clock_impossible`: it would hold at a time that is over, and for no device.
        OSError: when the disk does not take it.
    """
    if now < rules.RELEASED:
        raise Refused("clock_impossible", day=dmy(now))
    key = ec.generate_private_key(ec.SECP256R1())
    identity = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    # Every conference has another name in the tablet's list, so that last year's can be told apart.
    short = identity.digest.hex().upper()[:8]
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Kiosk"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Kiosk Hoi nghi {short[:4]} {short[4:]}"),
        ]
    )
    bare = rules.bare_label(hostname)
    certificate = (
        _builder(name, name, key.public_key(), now - rules.AUTHORITY_BACK)
        .not_valid_after(now + rules.AUTHORITY_LIVES)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign_certificates=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_permitted(bare), critical=True)
        .add_extension(identity, critical=False)
        .sign(key, hashes.SHA256())
    )
    # The constraints are said a second time where the server can read them.
    store.write(folder, store.AUTHORITY, {"bare": bare}, _pem(certificate), _pem_key(key))
    made = _known(certificate, bare)
    store.remember(folder, made)
    return made


def make_leaf(folder: Path, wanted: Wanted, *, now: datetime) -> Issued:
    """Make and store a leaf with a key of its own.

    Raises:
        Refused: `authority_damaged`.
        OSError: when the disk does not take it.
    """
    authority, signing = _loaded(folder)
    now = rules.leaf_made_at(now, _known(authority, ""))
    key = ec.generate_private_key(ec.SECP256R1())
    issued = Issued(
        names=wanted.names,
        addresses=wanted.addresses,
        not_before=(now - rules.LEAF_BACK).replace(microsecond=0),
        not_after=(now + rules.LEAF_LIVES).replace(microsecond=0),
        authority=store.fingerprint(authority.public_bytes(serialization.Encoding.DER)),
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Kiosk Hoi nghi")])
    carried = [
        *(x509.DNSName(name) for name in issued.names),
        *(x509.IPAddress(ip_address(each)) for each in ("127.0.0.1", *issued.addresses)),
    ]
    certificate = (
        _builder(subject, authority.subject, key.public_key(), issued.not_before)
        .not_valid_after(issued.not_after)
        .add_extension(x509.SubjectAlternativeName(carried), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()),
            critical=False,
        )
        .sign(signing, hashes.SHA256())
    )
    store.write(folder, store.CERTIFICATE, store.as_json(issued), _pem(certificate), _pem_key(key))
    return issued


def _loaded(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    try:
        data = (folder / store.AUTHORITY).read_bytes()
        certificate = x509.load_pem_x509_certificate(data)
        key = serialization.load_pem_private_key(data, password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as broken:
        raise Refused("authority_damaged", file=store.AUTHORITY) from broken
    belongs = key.public_key() == certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not belongs:
        raise Refused("authority_damaged", file=store.AUTHORITY)
    return certificate, key


def _permitted(bare: str) -> x509.NameConstraints:
    names = [rules.LOCAL, "localhost", *filter(None, [bare])]
    networks = [*rules.NETWORKS, rules.LOOPBACK, rules.LATER]
    return x509.NameConstraints(
        permitted_subtrees=[
            *(x509.DNSName(name) for name in names),
            *(x509.IPAddress(network) for network in networks),
            # A form of which nothing is said is permitted as a whole; so each gets a place that is
            # nobody's (RFC 2606), and no mail and no address of the web is signed for.
            x509.RFC822Name(rules.NOBODY),
            x509.UniformResourceIdentifier(rules.NOBODY),
        ],
        excluded_subtrees=None,
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, not_before: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
    )


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _pem_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )

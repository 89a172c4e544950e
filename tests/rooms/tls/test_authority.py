"""What the certificates hold, and what the constrained authority cannot be made to vouch for.

Every verdict is a real verifier's: Python's `ssl`, which is OpenSSL, in a handshake in memory, and
the one of `cryptography`.
"""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import verification
from cryptography.x509.oid import ExtendedKeyUsageOID
from support import authority_in

from kiosk.core.errors import Refused
from kiosk.tls import authority, rules, store
from kiosk.tls.rules import Wanted

NOW = datetime.now(UTC).replace(microsecond=0)
WANTED = Wanted(names=("pc1.local", "pc1", "localhost"), addresses=("192.168.1.10", "10.0.0.5"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    authority.make_authority(tmp_path, hostname="PC1", now=NOW)
    return tmp_path


def certificate(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def value(file: Path, kind: type[Any]) -> Any:
    return certificate(file).extensions.get_extension_for_class(kind).value


# -- what is in them -------------------------------------------------------------------------------


def test_the_authority_is_a_constrained_one_on_p256_and_signs_no_other(folder: Path) -> None:
    file = folder / store.AUTHORITY
    key = certificate(file).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert isinstance(key.curve, ec.SECP256R1)
    basic = value(file, x509.BasicConstraints)
    assert (basic.ca, basic.path_length) == (True, 0)
    constraints = certificate(file).extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    permitted = constraints.value.permitted_subtrees
    assert permitted is not None
    names = {each.value for each in permitted if isinstance(each, x509.DNSName)}
    assert names == {"local", "localhost", "pc1"}
    networks = {each.value for each in permitted if isinstance(each, x509.IPAddress)}
    assert networks == {*rules.NETWORKS, rules.LOOPBACK, rules.LATER}


def test_the_authority_is_for_servers_alone_and_no_form_of_name_is_left_open(
    folder: Path,
) -> None:
    """A form of which nothing is said is permitted as a whole (RFC 5280 4.2.1.10)."""
    file = folder / store.AUTHORITY
    assert list(value(file, x509.ExtendedKeyUsage)) == [ExtendedKeyUsageOID.SERVER_AUTH]
    constraints = value(file, x509.NameConstraints)
    for form in (x509.RFC822Name, x509.UniformResourceIdentifier):
        permitted = [each.value for each in constraints.permitted_subtrees if type(each) is form]
        assert permitted == ["nobody.invalid"], form


def test_two_conferences_have_authorities_of_two_names(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    authority.make_authority(other, hostname="PC1", now=NOW)
    subjects = [certificate(each / store.AUTHORITY).subject for each in (folder, other)]
    assert subjects[0] != subjects[1]


def test_a_leaf_carries_names_and_addresses_and_serves_alone(folder: Path) -> None:
    issued = authority.make_leaf(folder, WANTED, now=NOW)
    file = folder / store.CERTIFICATE
    names = value(file, x509.SubjectAlternativeName)
    assert names.get_values_for_type(x509.DNSName) == list(WANTED.names)
    assert names.get_values_for_type(x509.IPAddress) == [
        IPv4Address(each) for each in ("127.0.0.1", *WANTED.addresses)
    ]
    assert list(value(file, x509.ExtendedKeyUsage)) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert not value(file, x509.BasicConstraints).ca
    leaf = certificate(file)
    whole = leaf.not_valid_after_utc - leaf.not_valid_before_utc
    assert whole <= timedelta(days=397)
    assert leaf.not_valid_before_utc <= NOW - timedelta(days=1)
    assert leaf.not_valid_before_utc >= certificate(folder / store.AUTHORITY).not_valid_before_utc
    assert store.issued(folder) == issued
    assert issued.authority == store.fingerprint(
        certificate(folder / store.AUTHORITY).public_bytes(serialization.Encoding.DER)
    )


@pytest.mark.skipif(sys.platform == "win32", reason="the folder's own rights decide there")
def test_nobody_else_on_the_laptop_reads_the_keys(folder: Path) -> None:
    old = os.umask(0)
    try:
        authority.make_leaf(folder, WANTED, now=NOW)
    finally:
        os.umask(old)
    for name in (store.AUTHORITY, store.CERTIFICATE, store.KNOWN):
        assert (folder / name).stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in folder.iterdir()) == sorted(
        [store.AUTHORITY, store.CERTIFICATE, store.KNOWN]
    )


def test_a_renewed_leaf_has_a_new_key_and_the_same_authority(folder: Path) -> None:
    before = (folder / store.AUTHORITY).read_bytes()
    keys = []
    for _ in range(2):
        authority.make_leaf(folder, WANTED, now=NOW)
        keys.append(certificate(folder / store.CERTIFICATE).public_key().public_numbers())  # type: ignore[union-attr]
    assert keys[0] != keys[1]
    assert (folder / store.AUTHORITY).read_bytes() == before


# -- what a verifier says --------------------------------------------------------------------------


def shaken(folder: Path, leaf: Path, name: str) -> ssl.SSLError | None:
    """A handshake in memory by a client that trusts the authority; what the client refuses for."""
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    der = authority_in(folder)
    assert der is not None
    trusting.load_verify_locations(cadata=der)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(leaf)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(to_client, to_server, server_hostname=name)
    server = serving.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError as refused:
                return refused
    return None


def judged(folder: Path, leaf: Path, subject: x509.DNSName | x509.IPAddress) -> bool:
    """The verdict of the verifier in `cryptography`, which follows the web's rules."""
    store_of_one = verification.Store([certificate(folder / store.AUTHORITY)])
    verifier = (
        verification.PolicyBuilder().store(store_of_one).time(NOW).build_server_verifier(subject)
    )
    try:
        verifier.verify(certificate(leaf), [])
    except verification.VerificationError:
        return False
    return True


@pytest.mark.parametrize(
    "name", ["pc1.local", "pc1", "localhost", "192.168.1.10", "10.0.0.5", "127.0.0.1"]
)
def test_who_trusts_the_authority_reaches_the_hall_by_each_of_its_names(
    folder: Path, name: str
) -> None:
    authority.make_leaf(folder, WANTED, now=NOW)
    assert shaken(folder, folder / store.CERTIFICATE, name) is None


def test_a_name_that_is_not_in_the_leaf_is_refused(folder: Path) -> None:
    authority.make_leaf(folder, WANTED, now=NOW)
    for name in ("pc2.local", "192.168.1.11", "example.com"):
        assert shaken(folder, folder / store.CERTIFICATE, name) is not None, name


def forged(
    folder: Path,
    *names: x509.GeneralName,
    usage: x509.ObjectIdentifier | None = ExtendedKeyUsageOID.SERVER_AUTH,
) -> Path:
    """What a thief of the authority's key would sign for himself."""
    signing = serialization.load_pem_private_key((folder / store.AUTHORITY).read_bytes(), None)
    assert isinstance(signing, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(certificate(folder / store.AUTHORITY).subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()),
            critical=False,
        )
    )
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    made = builder.sign(signing, hashes.SHA256())
    file = folder / "forged.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@pytest.mark.parametrize(
    ("name", "permitted"),
    [
        ("printer.local", True),
        ("example.com", False),
        ("vietcombank.com.vn", False),
        ("local.example.com", False),
        ("notlocal", False),
        ("192.168.200.3", True),
        ("8.8.8.8", False),
        ("113.160.1.1", False),
    ],
)
def test_a_stolen_authority_can_vouch_for_local_names_and_addresses_alone(
    folder: Path, name: str, permitted: bool
) -> None:
    subject: x509.DNSName | x509.IPAddress
    try:
        subject = x509.IPAddress(ip_address(name))
    except ValueError:
        subject = x509.DNSName(name)
    leaf = forged(folder, subject)
    refused = shaken(folder, leaf, name)
    assert (refused is None) == permitted, refused
    if not permitted:
        assert "subtree" in str(refused)  # OpenSSL: «permitted subtree violation»
    assert judged(folder, leaf, subject) == permitted


def test_a_permitted_name_does_not_cover_for_a_foreign_one_beside_it(folder: Path) -> None:
    leaf = forged(folder, x509.DNSName("pc1.local"), x509.DNSName("example.com"))
    assert shaken(folder, leaf, "pc1.local") is not None
    assert not judged(folder, leaf, x509.DNSName("pc1.local"))


def openssl_says(folder: Path, leaf: Path, purpose: str) -> str:
    """What `openssl verify` says of a leaf for a purpose; nothing where it is fine."""
    tool = shutil.which("openssl")
    if tool is None:
        pytest.skip("no openssl on this machine")
    der = authority_in(folder)
    assert der is not None
    trusted = folder / "trusted.pem"
    trusted.write_text(ssl.DER_cert_to_PEM_cert(der), encoding="ascii")
    done = subprocess.run(
        [tool, "verify", "-CAfile", str(trusted), "-purpose", purpose, str(leaf)],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize(
    "name",
    [
        x509.RFC822Name("chu.tich@haiduong.gov.vn"),
        x509.UniformResourceIdentifier("https://dichvucong.gov.vn/"),
    ],
    ids=["mail", "address"],
)
def test_a_stolen_authority_vouches_for_no_mail_and_no_address_of_the_web(
    folder: Path, name: x509.GeneralName
) -> None:
    assert openssl_says(folder, forged(folder, x509.DNSName("pc1.local")), "sslserver") == ""
    assert "subtree" in openssl_says(folder, forged(folder, name), "sslserver")
    beside = forged(folder, x509.DNSName("pc1.local"), name)
    assert shaken(folder, beside, "pc1.local") is not None


@pytest.mark.parametrize("purpose", ["smimesign", "sslclient"])
def test_a_stolen_authority_vouches_for_servers_and_for_nobody_else(
    folder: Path, purpose: str
) -> None:
    leaf = forged(folder, x509.DNSName("pc1.local"), usage=None)
    assert openssl_says(folder, leaf, "sslserver") == ""
    assert "purpose" in openssl_says(folder, leaf, purpose)


# -- the files -------------------------------------------------------------------------------------


def test_a_missing_authority_is_none_and_a_damaged_one_is_never_replaced(folder: Path) -> None:
    file = folder / store.AUTHORITY
    whole = file.read_text(encoding="ascii")
    other = folder / "other"
    other.mkdir()
    assert authority_in(other) is None
    authority.make_authority(other, hostname="PC1", now=NOW)
    foreign_key = (
        "-----BEGIN PRIVATE"
        + (other / store.AUTHORITY).read_text().partition("-----BEGIN PRIVATE")[2]
    )
    own_certificate = whole.partition("-----BEGIN PRIVATE")[0]
    for damaged in ("", "{}", own_certificate, whole[:-60], own_certificate + foreign_key, "é"):
        file.write_text(damaged, encoding="utf-8")
        with pytest.raises(Refused, match="authority_damaged"):
            authority_in(folder)
        order = {"instance": str(folder), "hostname": "PC1", "addresses": []}
        with pytest.raises(Refused, match="authority_damaged"):
            authority.job(order, lambda _done, _total: None)
        assert file.read_text(encoding="utf-8") == damaged


def test_a_spoiled_leaf_counts_as_none(folder: Path) -> None:
    assert store.issued(folder) is None
    assert store.context(folder) is None
    authority.make_leaf(folder, WANTED, now=NOW)
    assert store.context(folder) is not None
    file = folder / store.CERTIFICATE
    for damaged in ("", "[]\n", "{}\n", '{"names": 7}\n', file.read_text()[:400]):
        file.write_text(damaged, encoding="ascii")
        assert store.context(folder) is None
    file.write_text("{}\n", encoding="ascii")
    assert store.issued(folder) is None


def test_the_job_makes_the_authority_once_and_a_leaf_each_time(tmp_path: Path) -> None:
    order = {"instance": str(tmp_path), "hostname": "pc1", "addresses": ["192.168.1.10"]}
    said = [authority.job(order, lambda _done, _total: None) for _ in range(2)]
    assert b'"new_authority": true' in said[0]
    assert b'"new_authority": false' in said[1]
    moved = authority.job({**order, "hostname": "pc2"}, lambda _done, _total: None)
    assert b'"pc2.local"' in moved
    assert b'"pc2"' not in moved


def test_the_door_speaks_tls_12_and_13_alone(folder: Path) -> None:
    authority.make_leaf(folder, WANTED, now=NOW)
    made = store.context(folder)
    assert made is not None
    assert made.minimum_version == ssl.TLSVersion.TLSv1_2

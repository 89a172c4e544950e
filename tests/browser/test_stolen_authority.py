"""What a thief of the authority's key could do with it, as Chromium judges on a trusting tablet."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from lan import LanServer, network
from playwright.sync_api import Error, sync_playwright
from trusting import ARGUMENTS, trust

from kiosk import config, founding
from kiosk.founding import real_plan
from kiosk.tls import store

pytestmark = pytest.mark.browser

LOCAL = x509.DNSName("printer.local")
MAIL = x509.RFC822Name("chu.tich@haiduong.gov.vn")
PAGE = x509.UniformResourceIdentifier("https://dichvucong.gov.vn/")


@pytest.fixture(scope="module")
def stolen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanServer]:
    """A hall as `kiosk serve` makes it; its folder is what was stolen."""
    place = tmp_path_factory.mktemp("stolen")
    founding.make_conference(config.load(place / "instance"), plan=real_plan())
    with network(place) as lan:
        server = LanServer(place / "instance").on(lan)
        server.start()
        trust(server, place / "home")
        yield server
        server.stop()


def forged(folder: Path, names: list[x509.GeneralName], file: Path) -> Path:
    data = (folder / store.AUTHORITY).read_bytes()
    authority = x509.load_pem_x509_certificate(data)
    signing = serialization.load_pem_private_key(data, None)
    assert isinstance(signing, ec.EllipticCurvePrivateKey)
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=True)
        .sign(signing, hashes.SHA256())
    )
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@contextmanager
def pretending(leaf: Path) -> Iterator[int]:
    """A server that answers every handshake with this leaf, on a port of this machine."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf)
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            with suppress(OSError), context.wrap_socket(plain, server_side=True) as safe:
                safe.recv(65_536)
                safe.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")

    threading.Thread(target=answer, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()


@pytest.mark.parametrize(
    ("names", "asked", "refused"),
    [
        ([LOCAL], "printer.local", ""),
        ([x509.DNSName("example.com")], "example.com", "ERR_CERT"),
        ([x509.DNSName("vietcombank.com.vn")], "vietcombank.com.vn", "ERR_CERT"),
        ([LOCAL, MAIL], "printer.local", "ERR_CERT"),
        ([LOCAL, PAGE], "printer.local", "ERR_CERT"),
    ],
    ids=["local", "example", "bank", "mail beside", "page beside"],
)
def test_the_tablet_believes_a_thief_in_local_networks_and_nowhere_else(
    *,
    stolen: LanServer,
    browser_path: str,
    tmp_path: Path,
    names: list[x509.GeneralName],
    asked: str,
    refused: str,
) -> None:
    leaf = forged(stolen.folder, names, tmp_path / "forged.pem")
    home = stolen.folder.parent / "home"
    with pretending(leaf) as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path,
            args=[*ARGUMENTS, f"--host-resolver-rules=MAP {asked} 127.0.0.1"],
            env={"HOME": str(home)},
        )
        page = browser.new_page()
        said = ""
        try:
            page.goto(f"https://{asked}:{port}/")
        except Error as failed:
            said = failed.message
        browser.close()
    assert (refused in said) if refused else said == "", said

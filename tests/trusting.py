"""A Chromium of one test that trusts a hall as a tablet does, or does not.

The hall is reached by its name on the network; the authority is installed as a person would, into
the store of certificates of this Chromium alone (`certutil`, Debian's libnss3-tools).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lan import LanServer
from playwright.sync_api import Browser, sync_playwright

from kiosk.tls import store

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def called(server: LanServer) -> str:
    """The hall's name on the network, which is nobody's own machine to a browser; its address where
    the machine of the test has no usable name."""
    issued = store.issued(server.folder)
    assert issued is not None
    names = [name for name in issued.names if name.endswith(".local")]
    return (names or [server.there.address])[0]


@contextmanager
def chromium(path: str, server: LanServer, name: str, *more: str, home: Path) -> Iterator[Browser]:
    """A browser with a store of certificates of its own, to which the hall's name is known."""
    arguments = [*ARGUMENTS, *more]
    if not name[0].isdigit():
        arguments.append(f"--host-resolver-rules=MAP {name} {server.there.address}")
    home.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=arguments, env={**os.environ, "HOME": str(home)}
        )
        yield browser
        browser.close()


def trust(server: LanServer, home: Path) -> None:
    """Install the authority where Chromium on Linux looks for those that a person has added."""
    certutil = shutil.which("certutil")
    assert certutil, "no certutil: on Debian, apt install libnss3-tools"
    place = home / ".pki" / "nssdb"
    place.mkdir(parents=True)
    database = f"sql:{place}"
    file = home / "hall.crt"
    file.write_bytes(server.ca)
    for step in (
        ("-N", "--empty-password"),
        ("-A", "-n", "hall", "-t", "C,,", "-i", str(file)),
    ):
        subprocess.run([certutil, "-d", database, *step], check=True, capture_output=True)

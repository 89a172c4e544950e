"""What imports what: the contracts of `pyproject.toml`, held on every test run."""

from __future__ import annotations

import subprocess
import sys

from support import ROOT, clean_environment

HEAVY = [
    "docx",
    "python_calamine",
    "typst",
    "qrcode",
    "PIL",
    "xlsxwriter",
    "httpx",
    "numpy",
    "nacl",
]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=clean_environment(PYTHONIOENCODING="utf-8"),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_every_import_contract_is_kept() -> None:
    done = run(
        "-c", "from importlinter.cli import lint_imports_command as run; run(['--no-cache'])"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_the_server_starts_without_the_heavy_libraries() -> None:
    """They are loaded where they are used; the start of the day does not wait for them."""
    script = (
        "import sys, kiosk\n"
        "from kiosk import agenda, checkin, conference, console, devices, errors, motions, pages\n"
        "import kiosk.agenda.routes, kiosk.checkin.routes, kiosk.conference.routes\n"
        "import kiosk.console.routes, kiosk.devices.routes, kiosk.motions.routes\n"
        "import kiosk.pledge.routes, kiosk.pledge.tablet_routes\n"
        "import kiosk.projector.routes, kiosk.staff.routes, kiosk.tablet.routes\n"
        "import kiosk.ballot.box, kiosk.ballot.keys, kiosk.ballot.opening, kiosk.ballot.slips\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))\n"
    )
    done = run("-c", script)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr

"""The pictures of the election in `docs/img`: taken by the browser tests, which play it anyway.

python tools/ballot_pictures.py              play the election and take them
python tools/ballot_pictures.py --from DIR   take those that a run with ELECTION_PICTURES left
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "img"

#: What a test calls its picture, and its name in the documentation.
WANTED = {
    "slip-wide": "ballot-slip-wide",
    "slip-tall": "ballot-slip-tall",
    "faces-A-1280": "ballot-choose-wide",
    "faces-A-800": "ballot-choose-tall",
    "faces-review-A-1280": "ballot-review-wide",
    "faces-review-A-800": "ballot-review-tall",
    "done-wide": "ballot-thanks-wide",
    "done-tall": "ballot-thanks-tall",
    "voting": "ballot-console",
    "wall-voting": "ballot-wall-turnout",
    "wall-result": "ballot-wall-result",
}


def play(folder: Path) -> None:
    """Run the tests that leave pictures. Raises CalledProcessError when one of them fails."""
    tests = ("tests/browser/test_election.py", "tests/browser/test_ballot_page.py")
    subprocess.run(  # noqa: S603 (our own interpreter and our own tests)
        [sys.executable, "-m", "pytest", "-q", "-m", "browser", "-k", "election or photos", *tests],
        cwd=ROOT,
        env={**os.environ, "ELECTION_PICTURES": str(folder)},
        check=True,
    )


def take(folder: Path) -> list[str]:
    """Copy the wanted pictures; returns the names of those that are not there."""
    missing = []
    for told, name in WANTED.items():
        # The election numbers its pictures in the order of the day.
        found = sorted([*folder.glob(f"[0-9][0-9]-{told}.png"), *folder.glob(f"{told}.png")])
        if found:
            shutil.copyfile(found[0], IMAGES / f"{name}.png")
        else:
            missing.append(told)
    return missing


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--from", dest="folder", type=Path, help="pictures of an earlier run")
    folder = parser.parse_args().folder
    if folder is not None:
        missing = take(folder)
    else:
        with tempfile.TemporaryDirectory() as made:
            play(Path(made))
            missing = take(Path(made))
    for name in missing:
        print(f"no picture: {name}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())

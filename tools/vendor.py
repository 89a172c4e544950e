"""Bring the browser libraries into the program, and prove later that nobody changed them.

    python tools/vendor.py           npm ci --ignore-scripts, copy the named files, write manifests
    python tools/vendor.py --check   recompute every SHA-256; needs neither npm nor a network

The files are committed, so the program starts without Node. npm itself checks what it fetches
against the integrity values of `tools/vendor/package-lock.json`; the manifest beside the copied
files then guards the copies. Exit code 1 names every file that is missing, changed or unlisted.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK_FOLDER = ROOT / "tools" / "vendor"
SHIPPED = ROOT / "kiosk" / "static" / "vendor"
DEVELOPMENT = ROOT / "tests" / "browser" / "vendor"
MANIFEST = "MANIFEST.json"


@dataclass(frozen=True)
class Source:
    """One file of one package: where npm puts it and the name under which we carry it.

    `{version}` in `target` becomes the installed version, so that an upgrade changes the address
    and no browser can mix an old cached file with a new page.
    """

    package: str
    path: str
    target: str


SHIPPED_SOURCES = (
    Source("htmx.org", "dist/htmx.min.js", "htmx-{version}.min.js"),
    Source("htmx.org", "LICENSE", "LICENSE-htmx-{version}.txt"),
    Source("idiomorph", "dist/idiomorph-ext.min.js", "idiomorph-ext-{version}.min.js"),
    Source("idiomorph", "LICENSE", "LICENSE-idiomorph-{version}.txt"),
    Source("barcode-detector", "dist/iife/ponyfill.js", "barcode-detector-{version}.js"),
    Source("barcode-detector", "LICENSE", "LICENSE-barcode-detector-{version}.txt"),
    Source("zxing-wasm", "dist/reader/zxing_reader.wasm", "zxing-reader-{version}.wasm"),
    Source("zxing-wasm", "LICENSE", "LICENSE-zxing-wasm-{version}.txt"),
    # Not nacl.min.js: smaller, and several times slower on a weak tablet.
    Source("tweetnacl", "nacl-fast.min.js", "tweetnacl-{version}.min.js"),
    Source("tweetnacl", "LICENSE", "LICENSE-tweetnacl-{version}.txt"),
    Source("tweetnacl-sealedbox-js", "sealedbox.web.js", "tweetnacl-sealedbox-{version}.js"),
    Source("tweetnacl-sealedbox-js", "LICENSE.txt", "LICENSE-tweetnacl-sealedbox-{version}.txt"),
    # Its BLAKE2b is compiled into the file above.
    Source("blakejs", "LICENSE", "LICENSE-blakejs-{version}.txt"),
    Source("signature_pad", "dist/signature_pad.min.js", "signature-pad-{version}.min.js"),
    Source("signature_pad", "LICENSE", "LICENSE-signature-pad-{version}.txt"),
)
# The wasm is zxing-cpp compiled. That licence asks to travel along; the npm package leaves it out.
ZXING_CPP_LICENCE = "LICENSE-zxing-cpp.txt"
DEVELOPMENT_SOURCES = (
    Source("axe-core", "axe.min.js", "axe-core-{version}.min.js"),
    Source("axe-core", "LICENSE", "LICENSE-axe-core-{version}.txt"),
    Source("axe-core", "LICENSE-3RD-PARTY.txt", "LICENSE-axe-core-third-party-{version}.txt"),
)


def sha256(path: Path) -> str:
    """Hex SHA-256 of the file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check(folder: Path) -> list[str]:
    """Compare `folder` with its manifest; returns one English line per trouble, none when whole."""
    try:
        entries = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        expected = {str(entry["file"]): str(entry["sha256"]) for entry in entries}
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [f"{folder.name}/{MANIFEST}: cannot be read ({error})"]
    present = {path.name for path in folder.iterdir() if path.is_file()} - {MANIFEST}
    troubles = [f"{folder.name}/{name}: missing" for name in sorted(expected.keys() - present)]
    troubles += [f"{folder.name}/{name}: not listed" for name in sorted(present - expected.keys())]
    troubles += [
        f"{folder.name}/{name}: changed"
        for name in sorted(present & expected.keys())
        if sha256(folder / name) != expected[name]
    ]
    return troubles


def bring(modules: Path, sources: tuple[Source, ...], folder: Path) -> None:
    """Replace the content of `folder` by the named files of `modules`, with a fresh manifest."""
    licences = [LOCK_FOLDER / ZXING_CPP_LICENCE] if folder == SHIPPED else []
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.is_file():
            old.unlink()
    entries: list[dict[str, Any]] = []
    for source in sources:
        package = json.loads((modules / source.package / "package.json").read_text("utf-8"))
        target = folder / source.target.format(version=package["version"])
        shutil.copyfile(modules / source.package / source.path, target)
        entries.append(
            {
                "name": source.package,
                "version": package["version"],
                "licence": package["license"],
                "source": source.path,
                "file": target.name,
                "sha256": sha256(target),
            }
        )
    for licence in licences:
        target = folder / licence.name
        shutil.copyfile(licence, target)
        entries.append(
            {
                "name": "zxing-cpp",
                "version": "compiled into zxing-wasm",
                "licence": "Apache-2.0",
                "source": licence.name,
                "file": target.name,
                "sha256": sha256(target),
            }
        )
    text = json.dumps({"files": entries}, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")


def install() -> None:
    """Install exactly what the lock names into a folder that is thrown away, and copy from it."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm was not found: install Node.js, or run with --check")
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copyfile(LOCK_FOLDER / name, Path(scratch) / name)
        subprocess.run(  # noqa: S603 - fixed words, no shell, nothing from outside
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=scratch, check=True
        )
        modules = Path(scratch) / "node_modules"
        bring(modules, SHIPPED_SOURCES, SHIPPED)
        bring(modules, DEVELOPMENT_SOURCES, DEVELOPMENT)


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; returns the exit code."""
    parser = argparse.ArgumentParser(description="Bring or check the vendored browser files.")
    parser.add_argument("--check", action="store_true", help="only recompute the hashes")
    if not parser.parse_args(arguments).check:
        install()
    troubles = check(SHIPPED) + check(DEVELOPMENT)
    for trouble in troubles:
        sys.stderr.write(trouble + "\n")
    return 1 if troubles else 0


if __name__ == "__main__":
    raise SystemExit(main())

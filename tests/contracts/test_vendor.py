"""The browser libraries that we carry are the ones that we chose, byte by byte."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]

# The hashes that were tried by hand before the libraries were chosen. The wasm is pinned because
# the next patch release of it crashed on detect.
CHOSEN = {
    "signature-pad-5.1.4.min.js": (
        "bb87a53b8604a234f207017b314408a73c4d309fec195c992f18d53adf31eb21"
    ),
    "htmx-2.0.11.min.js": "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
    "idiomorph-ext-0.8.0.min.js": (
        "5811b9a7eda14878b7dab4378bf60432e1bb6f11fcfb970cc26540642650181e"
    ),
    "zxing-reader-3.1.3.wasm": "2ebda08a93eea3efcd8399cda6b276e6a0b1de4fec60b4d8988a047de4c6d1ba",
    "tweetnacl-1.0.3.min.js": "3ec535c004aeeb225785d8e93fb33bf99f52e399bd7dfc01969b5629baea5131",
    "tweetnacl-sealedbox-1.2.0.js": (
        "badaf1e4afb6c804cbfb03e415f96f072c4ac2a34673eed855d2b738d1c06cbb"
    ),
}


@pytest.fixture(scope="module")
def vendor() -> ModuleType:
    """The tool, loaded from its file: `tools` is no package."""
    spec = importlib.util.spec_from_file_location("vendor_tool", ROOT / "tools" / "vendor.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["vendor_tool"] = module
    spec.loader.exec_module(module)
    return module


def test_every_carried_file_has_the_hash_of_its_manifest(vendor: ModuleType) -> None:
    assert vendor.main(["--check"]) == 0


@pytest.mark.parametrize(("name", "expected"), CHOSEN.items())
def test_the_carried_libraries_are_the_ones_that_were_tried(
    vendor: ModuleType, name: str, expected: str
) -> None:
    assert vendor.sha256(vendor.SHIPPED / name) == expected


def test_every_library_comes_with_its_licence(vendor: ModuleType) -> None:
    for folder in (vendor.SHIPPED, vendor.DEVELOPMENT):
        files = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))["files"]
        carried = {entry["name"] for entry in files}
        licensed = {entry["name"] for entry in files if entry["file"].startswith("LICENSE-")}
        assert carried == licensed
        assert {entry["licence"] for entry in files} <= {
            "0BSD",
            "MIT",
            "MPL-2.0",
            "Apache-2.0",
            "Unlicense",
        }


def test_the_lock_names_no_registry_and_pins_every_package() -> None:
    lock = json.loads((ROOT / "tools/vendor/package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    for name, entry in packages.items():
        assert "resolved" not in entry, name
        assert entry["integrity"].startswith("sha512-"), name
    wanted = json.loads((ROOT / "tools/vendor/package.json").read_text(encoding="utf-8"))
    versions = {**wanted["dependencies"], **wanted["devDependencies"]}
    assert all(version[0].isdigit() for version in versions.values())


@pytest.mark.parametrize("harm", ["changed", "missing", "not listed"])
def test_a_tampered_copy_is_named(vendor: ModuleType, tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "vendor"
    shutil.copytree(vendor.SHIPPED, folder)
    victim = folder / "htmx-2.0.11.min.js"
    if harm == "changed":
        victim.write_bytes(victim.read_bytes() + b";")
    elif harm == "missing":
        victim.unlink()
    else:
        victim = folder / "stranger.js"
        victim.write_text("1", encoding="utf-8")
    assert vendor.check(folder) == [f"vendor/{victim.name}: {harm}"]


def test_a_manifest_that_cannot_be_read_is_no_proof(vendor: ModuleType, tmp_path: Path) -> None:
    assert len(vendor.check(tmp_path)) == 1
    (tmp_path / "MANIFEST.json").write_text("[]", encoding="utf-8")
    assert len(vendor.check(tmp_path)) == 1

"""The letters: every shipped font whole, and a page with stacked marks really made of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from kiosk.core import typeset
from kiosk.core.checks import Check, Finding, Group, Scene, bad, good, register, say

#: Letters with two marks, capitals and small, in both forms of Unicode once they are printed.
STACKED = "Ấ Ầ Ẩ Ẫ Ậ Ắ Ằ Ẳ Ẵ Ặ Ế Ề Ể Ễ Ệ Ố Ồ Ổ Ỗ Ộ Ớ Ờ Ở Ỡ Ợ Ứ Ừ Ử Ữ Ự ấ ặ ệ ỗ ợ ự đ Đ"

_TRIAL = """#let data = json(bytes(sys.inputs.data))
#set text(lang: "vi")
#for family in data.families [#text(font: family, fallback: false)[#data.words] #parbreak()]
"""

MANIFEST = "MANIFEST.json"
FAMILIES = ("Tinos", "Be Vietnam Pro")


def fonts(scene: Scene) -> Iterator[Finding]:
    spoiled = spoiled_files(typeset.FONTS)
    if spoiled is None:
        yield Finding("fonts_unlisted")
        return
    if spoiled:
        yield Finding("fonts_spoiled", {"files": ", ".join(spoiled)})
        return
    try:
        made = typeset.pdf(_TRIAL, data={"words": STACKED, "families": list(FAMILIES)})
    except typeset.TypesetError:
        yield Finding("fonts_not_set")
        return
    yield Finding("fonts_whole" if made.startswith(b"%PDF-") else "fonts_not_set")


def spoiled_files(folder: Path) -> list[str] | None:
    """Files of the manifest that are missing or differ by SHA-256; None without a manifest."""
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        wanted = {str(row["file"]): str(row["sha256"]) for row in listed}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return sorted(name for name, digest in wanted.items() if _sha256(folder / name) != digest)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


register(
    Check(
        key="paper.fonts",
        group=Group.PAPER,
        order=700,
        name=("Phông chữ và dàn trang", "Fonts and typesetting"),
        run=fonts,
        measured=True,
    )
)

_AGAIN = (
    "Cài lại chương trình từ bộ cài đã tải về.",
    "Install the program again from the files that were brought along.",
)

say(
    {
        "fonts_whole": good(
            "Đủ phông, dàn được trang có dấu chồng", "All there; a page with stacked marks was made"
        ),
        "fonts_spoiled": bad(("Hỏng hoặc thiếu: {files}", "Damaged or missing: {files}"), _AGAIN),
        "fonts_unlisted": bad(("Mất danh sách phông", "The list of fonts is gone"), _AGAIN),
        "fonts_not_set": bad(
            ("Không dàn được trang thử", "The trial page could not be made"), _AGAIN
        ),
    }
)

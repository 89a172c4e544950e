"""The recovery key: the instance knows how to lock its copies, never how to open them.

`kiosk init` makes an age X25519 identity (age-encryption.org/v1). Its public half, the recipient,
lies in the instance folder and travels in every copy; the secret half is printed once and kept on
paper. Whoever steals the stick, or the laptop's second disk, has nothing.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from kiosk.core.errors import Refused
from kiosk.core.messages import Sentence

FILE = "recovery.txt"

#: Said once, on standard error, above the key.
WRITE_DOWN = Sentence(
    "KHÓA KHÔI PHỤC, chỉ hiện một lần này. Hãy chép hoặc in ra giấy, cất riêng khỏi máy. Thiếu khóa"
    " này thì không ai mở được bản sao lưu.",
    "RECOVERY KEY, shown this once. Write it down or print it and keep it away from the laptop."
    " Without it nobody can open a backup.",
)

#: Said below a key that replaces another.
OLDER_COPIES = Sentence(
    "Các bản sao lưu làm trước đây vẫn cần khóa cũ.",
    "Copies made before this moment still need the old key.",
)

_LONGEST = 4096


def told_once(key: str, language: str, *, replaces: bool = False) -> list[str]:
    """The lines for the terminal of whoever must keep the key; no file ever holds them."""
    said = [WRITE_DOWN, *([OLDER_COPIES] if replaces else [])]
    first, *more = [words.en if language == "en" else words.vi for words in said]
    return [first, key, *more]


def make(folder: Path, *, replace: bool = False) -> str:
    """Make a key for this instance; stores the recipient, returns the secret to be told once.

    Raises:
        Refused: `recovery_key_exists` unless it may be replaced.
    """
    from pyrage import x25519

    path = folder / FILE
    if path.exists() and not replace:
        raise Refused("recovery_key_exists", file=FILE)
    identity = x25519.Identity.generate()
    aside = path.with_suffix(".part")
    with aside.open("w", encoding="ascii", newline="\n") as file:
        file.write(f"{identity.to_public()}\n")
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    return str(identity)


def recipient_text(folder: Path) -> str:
    """The public half, as stored.

    Raises:
        Refused: `backup_no_recipient` for an instance that has none, or a spoiled one: a copy that
            cannot be locked is not made at all (lesson 53).
    """
    try:
        text = (folder / FILE).read_text(encoding="ascii").strip()
    except (OSError, ValueError) as missing:
        raise Refused("backup_no_recipient", file=FILE) from missing
    parse_recipient(text)
    return text


def parse_recipient(text: str) -> Any:
    """The recipient that pyrage encrypts to. Refused: `backup_no_recipient`."""
    from pyrage import RecipientError, x25519

    try:
        return x25519.Recipient.from_str(text)
    except RecipientError as spoiled:
        raise Refused("backup_no_recipient", file=FILE) from spoiled


def parse_key(text: str) -> Any:
    """The identity that a person typed or a key file holds.

    Spaces, small letters and the comment lines of age key files are taken as they come; a slip of
    the pen is found by the key's own check sum (Bech32).

    Raises:
        Refused: `recovery_key_wrong`.
    """
    from pyrage import IdentityError, x25519

    lines = [line for line in text[:_LONGEST].splitlines() if not line.lstrip().startswith("#")]
    plain = "".join("".join(lines).split()).upper()
    try:
        return x25519.Identity.from_str(plain)
    except IdentityError as wrong:
        raise Refused("recovery_key_wrong") from wrong

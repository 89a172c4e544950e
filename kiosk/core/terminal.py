"""What a verb of the command line prints: lines that no code page can refuse, and JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from kiosk.core.names import without_marks

#: Kinds of arguments.
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


def say(text: str, *, to_error: bool = False) -> None:
    """Print a line that no code page can refuse.

    Where the terminal cannot write Vietnamese (an old Windows window), the marks are dropped: a
    sentence without marks can be read, a row of question marks cannot.
    """
    stream = sys.stderr if to_error else sys.stdout
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = without_marks(text).encode(encoding, errors="replace").decode(encoding)
    stream.write(text + "\n")
    stream.flush()


def say_json(value: Any) -> None:
    """One JSON document; letters outside ASCII are escaped where the stream cannot carry them."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") not in {"utf8", "utf16"}
    say(json.dumps(value, ensure_ascii=plain, indent=2))


def read_file(file: Path) -> bytes:
    """The bytes of a file that was named; wrong usage where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as missing:
        raise click.UsageError(f"cannot read {file}: {missing.strerror}") from missing

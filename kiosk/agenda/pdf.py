"""A light look at an attached PDF (R22: nothing of it is read, shown or run by this program).

Only what a clerk would notice: it is a PDF, it is whole, and it opens without a password. Pure.
"""

from __future__ import annotations

import re
import unicodedata

from kiosk.core.errors import Refused
from kiosk.core.names import tidy

#: Letters of a name, its ending included; longer names break on Windows.
NAME_MOST = 120

#: Attachments of one item; more is a folder, not an item.
MOST_FILES = 30

#: ISO 32000-1, 7.5.2: the header stands at the start; programs put up to 1 KB before it.
_HEADER = re.compile(rb"%PDF-[12]\.\d")
_HEADER_WITHIN = 1_024
#: 7.5.5: `%%EOF` is the last line; programs add a little behind it.
_END = b"%%EOF"
_END_WITHIN = 2_048
#: 7.6.1: the trailer of an encrypted file names its encryption dictionary.
_LOCKED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")

_ENDING = ".pdf"


def ensure_pdf(data: bytes) -> None:
    """Raises:
    Refused: `attachment_not_pdf`, `attachment_cut_off`, `attachment_locked`.
    """
    if _HEADER.search(data[: _HEADER_WITHIN + 8]) is None:
        raise Refused("attachment_not_pdf")
    if _END not in data[-_END_WITHIN:]:
        raise Refused("attachment_cut_off")
    if _LOCKED.search(data) is not None:
        raise Refused("attachment_locked")


def file_name(name: str) -> str:
    """A name for people and for downloads: no path, no hidden signs, always `.pdf`."""
    last = tidy(name).replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(
        sign for sign in last if unicodedata.category(sign)[0] != "C" and sign not in '<>:"|?*'
    )
    stem = seen.removesuffix(_ENDING).removesuffix(".PDF").strip(" .")
    return f"{stem[: NAME_MOST - len(_ENDING)].strip() or 'tai-lieu'}{_ENDING}"

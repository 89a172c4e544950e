"""Codes of digits with two check digits (ISO/IEC 7064, MOD 97-10): badges, slips, tellers' codes.

Digits only, because a Vietnamese keyboard changes letters (domain.md 7, scanners and typing). The
check digits catch every wrong digit and every exchange of two neighbours. Pure.
"""

from __future__ import annotations

# A scanner adds a newline, a person adds blanks; nobody needs more than this for a code.
_LONGEST_INPUT = 64

# What people and office programs put between digits: blanks, hyphens, dots, marks without width.
_BETWEEN = dict.fromkeys(
    map(
        ord,
        " \t\r\n\v\f-."
        "\u00a0\u2007\u2009\u202f\u3000"  # no-break, figure, thin, narrow, wide blanks
        "\u00ad\u2010\u2011\u2012\u2013\u2014\u2212"  # soft hyphen, hyphens, dashes, minus
        "\u200b\u200c\u200d\u2060\ufeff",  # no width at all
    )
)


def check_digits(body: str) -> str:
    """The two check digits, "02" to "98".

    Raises ValueError when `body` is not made of ASCII digits.
    """
    if not _ascii_digits(body):
        raise ValueError("check digits are made from digits")
    return f"{98 - int(body) * 100 % 97:02d}"


def well_formed(code: str, *, length: int) -> bool:
    """So many ASCII digits, the last two fitting the others ("00", "01" and "99" never do)."""
    return len(code) == length and _ascii_digits(code) and check_digits(code[:-2]) == code[-2:]


def squeezed(raw: str) -> str | None:
    """The text without what stands between digits; None when it is too long to be looked at.

    Long input is thrown away unread, so a scan of 1 MB costs nothing.
    """
    return None if len(raw) > _LONGEST_INPUT else raw.translate(_BETWEEN)


def clean(raw: str, *, length: int) -> str | None:
    """What a scanner or a person typed, as well-formed digits; else None.

    Full-width and other scripts' digits are not digits here: a person who typed them is asked
    again rather than half understood.
    """
    code = squeezed(raw)
    return code if code is not None and well_formed(code, length=length) else None


def grouped(code: str, *, size: int = 4) -> str:
    """For people who read aloud: "5260 1815 9083 75"."""
    return " ".join(code[start : start + size] for start in range(0, len(code), size))


def _ascii_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()

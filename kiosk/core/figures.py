"""Figures for people: shares of whole people, exact to the last digit, never by a float."""

from __future__ import annotations


def percent(part: int, whole: int, language: str = "vi") -> str:
    """A share with two decimals, a half rounded up: `66,67%`, in English `66.67%`.

    Only integers are computed with, so that 0,005 is rounded as a person does it on paper and the
    same count gives the same digits on the wall, in the minutes and in the archive.

    Raises:
        ValueError: a share of nothing, or a count below zero.
    """
    if whole <= 0 or part < 0:
        raise ValueError(f"no share: {part} of {whole}")
    hundredths = (2 * 10_000 * part + whole) // (2 * whole)
    sign = "." if language == "en" else ","
    return f"{hundredths // 100}{sign}{hundredths % 100:02d}%"

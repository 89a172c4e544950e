"""Refusals: a code with facts. The sentence for people is found later, in `kiosk.messages`."""

from __future__ import annotations

from typing import Any


class KioskError(Exception):
    """Parent of every error that this program raises on purpose."""


class Refused(KioskError):
    """An act that may not be done, now or ever.

    `code` is a fact in snake_case (`already_checked_in`); `facts` fill the blanks of its
    sentence. Rules, services and readers of files raise it; a page or the command line turns it
    into one clear sentence. Never put a secret or a whole file into the facts.
    """

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        if not self.facts:
            return self.code
        return f"{self.code} ({', '.join(f'{key}={value}' for key, value in self.facts.items())})"


class NotSaved(Refused):
    """The disk did not take the act: nothing of it is stored, and nobody was told that it is."""

    def __init__(self, **facts: Any) -> None:
        super().__init__("not_saved", **facts)

"""Every event of the book is read to people in both languages."""

from kiosk.console.book_words import WORDS
from kiosk.core.audit import CATALOGUE


def test_every_event_has_words_in_both_languages(app: object) -> None:
    assert set(WORDS) == set(CATALOGUE)
    assert all(vi.strip() and en.strip() and vi != en for vi, en in WORDS.values())

"""A light look at an attached PDF."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.agenda import pdf
from kiosk.core.errors import Refused

WHOLE = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def test_a_whole_pdf_is_taken_also_with_a_little_before_and_behind() -> None:
    pdf.ensure_pdf(WHOLE)
    pdf.ensure_pdf(b"\r\n" * 200 + WHOLE + b"\x00" * 500)
    pdf.ensure_pdf(WHOLE.replace(b"1.7", b"2.0"))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "attachment_not_pdf"),
        (b"PK\x03\x04" + bytes(3_000), "attachment_not_pdf"),
        (b"<html>%PDF-</html>%%EOF", "attachment_not_pdf"),
        (bytes(2_000) + WHOLE, "attachment_not_pdf"),
        (WHOLE[:-8], "attachment_cut_off"),
        (WHOLE + bytes(5_000), "attachment_cut_off"),
        (WHOLE.replace(b"<</Root", b"<</Encrypt 5 0 R/Root"), "attachment_locked"),
        (WHOLE.replace(b"<</Root", b"<</Encrypt<</V 4>>/Root"), "attachment_locked"),
    ],
)
def test_what_is_no_whole_open_pdf_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refused, match=code):
        pdf.ensure_pdf(data)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Báo cáo.pdf", "Báo cáo.pdf"),
        ("BAO CAO.PDF", "BAO CAO.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\windows\\win.ini", "win.ini.pdf"),
        ("..", "tai-lieu.pdf"),
        ("", "tai-lieu.pdf"),
        (".pdf", "tai-lieu.pdf"),
        ("a\u202efdp.exe", "afdp.exe.pdf"),
        ('x"\r\nSet-Cookie: a=b.pdf', "x Set-Cookie a=b.pdf"),
    ],
)
def test_a_name_leads_nowhere_and_hides_nothing(typed: str, kept: str) -> None:
    assert pdf.file_name(typed) == kept


@given(st.text())
def test_every_name_is_short_and_plain(typed: str) -> None:
    name = pdf.file_name(typed)
    assert name.endswith(".pdf")
    assert 5 <= len(name) <= pdf.NAME_MOST
    assert not set(name) & set('/\\\n\r\0"<>|:*?')
    assert name.strip(" .") == name
    assert pdf.file_name(name) == name

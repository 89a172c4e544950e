"""The papers of the election: slips that a scanner reads, D4, D5, D6, and lists by unit."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from paper_reading import texts

from kiosk.ballot import counting, papers, report, slips
from kiosk.core.errors import Refused

AT = datetime(2026, 3, 12, 2, 0, tzinfo=UTC)


def set_of(order: Any) -> bytes:
    return papers.job(order, lambda done, total: None)


def test_slips_are_read_by_a_scanner_and_name_nobody() -> None:
    codes = slips.fresh(14)
    order = papers.slips_payload(
        codes, round_number=2, event="Hội nghị năm 2026", rehearsal=False, at=AT
    )
    made = set_of(order)
    pages = texts(made)
    assert len(pages) == 2
    assert pages[0].count("Lượt 2") == 12
    for place, code in enumerate(codes):
        assert slips.grouped(code) in pages[place // 12]
    read = []
    for page in pypdfium2.PdfDocument(io.BytesIO(made)):
        picture = page.render(scale=150 / 72).to_pil()
        read += [found.text for found in zxingcpp.read_barcodes(picture)]
    assert sorted(read) == sorted(codes)
    assert set_of(order) == made, "the same slips give the same bytes"


def test_slips_of_a_rehearsal_say_so() -> None:
    order = papers.slips_payload(
        slips.fresh(1), round_number=1, event="Hội nghị", rehearsal=True, at=AT
    )
    assert "DIỄN TẬP" in texts(set_of(order))[0]


def test_the_rule_is_printed_as_it_was_adopted(ballots: Any) -> None:
    ballots.ready(seats=3, candidates=5)
    words = " ".join(texts(set_of(papers.rule_order(ballots.session, rehearsal=False, at=AT))))
    assert "THỂ LỆ BẦU CỬ" in words
    assert "Điều 1. Số lượng, tiêu chuẩn" in words
    assert "50 trên 80 đại biểu có mặt tán thành (62,50%)" in words


@pytest.mark.parametrize(("candidates", "box"), [(5, False), (3, True)])
def test_the_ballot_on_paper_has_the_same_list(ballots: Any, candidates: int, box: bool) -> None:
    ballots.ready(seats=3, candidates=candidates)
    number = ballots.prepared("paper")
    found = ballots.round(number)
    order = papers.round_order(ballots.session, found, "ballots", rehearsal=False, at=AT)
    (words,) = texts(set_of(order))
    assert "PHIẾU BẦU CỬ" in words
    assert ("Không đồng ý" in words) is box
    places = [words.index(each.printed) for each in found.candidates]
    assert places == sorted(places)


def test_page_and_paper_of_the_report_say_the_same(ballots: Any) -> None:
    ballots.ready(seats=3, candidates=5)
    number = ballots.lock()
    for slip in ballots.draw(*range(10, 60)):
        ballots.bag.append(slip)
    ballots.open(number)
    for place, slip in enumerate(ballots.bag[-50:]):
        ballots.cast(number, slip, [1, 1, 1, 0, 0] if place < 45 else [0, 0, 0, 0, 0])
    ballots.close(number)
    ballots.sums(number)
    with pytest.raises(Refused, match="ballot_wrong_moment"):
        report.facts(ballots.session, ballots.round(number))
    ballots.count(number)
    counting.declare(number=number, **ballots.how)
    found = ballots.round(number)
    told = report.facts(ballots.session, found)
    assert (told.present, told.issued, told.valid, told.invalid) == (80, 50, 45, 5)
    assert told.invalid_reasons == [("phiếu trắng", 5)]
    assert [row.votes for row in told.elected] == [45, 45, 45]
    assert told.rows[0].share == "56,25%"
    order = papers.round_order(ballots.session, found, "report", rehearsal=False, at=AT)
    words = " ".join(texts(set_of(order)))
    assert "ít nhất 41 phiếu, quá nửa của 80 đại biểu có quyền bầu có mặt" in words
    assert "in 100, phát 50, còn lại 50, trong hòm trong suốt 50" in words
    for row in told.rows:
        assert row.name in words
    assert " ".join(told.set_fingerprint[:4]) in words


def test_the_list_to_sign_has_everybody_and_when_they_drew(ballots: Any) -> None:
    ballots.ready()
    number = ballots.lock()
    ballots.draw(10)
    order = papers.round_order(
        ballots.session, ballots.round(number), "issue", rehearsal=False, at=AT
    )
    words = " ".join(texts(set_of(order)))
    assert "Danh sách có 85 người" in words
    assert "08:00" in words
    with pytest.raises(Refused, match="field_wrong"):
        papers.round_order(ballots.session, ballots.round(1), "votes", rehearsal=False, at=AT)

"""Whatever file comes, the answer is a plan or one refusal, soon."""

from __future__ import annotations

import io
import struct
import zipfile
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import ensure_linear

from kiosk.conference.plan import Plan, read_plan
from kiosk.core.errors import Refused

REAL = (files("kiosk") / "data" / "plan" / "ke-hoach-hoi-nghi-2026.txt").read_bytes()
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def outcome(data: bytes, filename: str = "ke-hoach.docx") -> str:
    """The code of the refusal, or "read"."""
    try:
        plan = read_plan(data, filename=filename)
    except Refused as refusal:
        return refusal.code
    assert isinstance(plan, Plan)
    return "read"


def package(document: bytes, **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("word/document.xml", document)
        for name, content in more.items():
            members.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def body(inner: str, before: str = "") -> bytes:
    text = f'{before}<w:document xmlns:w="{W}"><w:body>{inner}</w:body></w:document>'
    return text.encode()


def paragraphs(*texts: str) -> str:
    return "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)


PLAIN = paragraphs("KẾ HOẠCH", "Hội nghị năm 2027", "I. CHƯƠNG TRÌNH", "1. Khai mạc", "2. Bầu cử")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "plan_empty"),
        (b" \r\n\t \n", "plan_empty"),
        (b"\xef\xbb\xbf", "plan_empty"),
        (OLE + b"\0" * 600, "plan_old_word"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "plan_encrypted"),
        (b"%PDF-1.7\n", "plan_wrong_kind"),
        (b"{\\rtf1 abc}", "plan_wrong_kind"),
        (b"\x89PNG\r\n", "plan_wrong_kind"),
        (b"x" * (20 * 1024 * 1024 + 1), "plan_too_large"),
        (b"x " * 600_000, "plan_too_long"),
        (b"PK\x03\x04 broken", "plan_unreadable"),
        ("Kế hoạch".encode("utf-16-le"), "plan_wrong_encoding"),
        (b"\xff\xfeK", "plan_wrong_encoding"),
        ("Hội nghị".encode("cp1258", "replace") + b"\xd2\xf0", "plan_wrong_encoding"),
        (b"K\xd5 ho\xb9ch t\xe6 ch\xf8c H\xe9i ngh\xde", "plan_wrong_encoding"),
        (b"K\xd5 ho\xb9ch H\xe9i ngh\xde ".decode("latin-1").encode() * 20, "plan_wrong_encoding"),
        (b"hello", "plan_not_a_plan"),
    ],
)
def test_a_file_that_cannot_be_a_plan_is_refused_by_what_it_is(data: bytes, code: str):
    assert outcome(data) == code


def test_a_refusal_names_the_file_shortly_and_never_its_folder():
    with pytest.raises(Refused) as refusal:
        read_plan(b"", filename="C:\\Users\\An\\" + "k" * 500 + "\x00.docx")
    assert refusal.value.facts["filename"] == "k" * 80


def test_other_packages_are_named():
    for member, found in (("xl/workbook.xml", "Excel"), ("content.xml", "OpenDocument")):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as members:
            members.writestr(member, "<x/>")
        with pytest.raises(Refused) as refusal:
            read_plan(out.getvalue(), filename="x.docx")
        assert (refusal.value.code, refusal.value.facts["found"]) == ("plan_wrong_kind", found)


def test_a_small_word_file_reads_so_that_the_next_refusals_mean_something():
    assert outcome(package(body(PLAIN))) == "read"


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_word_file_is_refused(keep: float):
    whole = package(body(PLAIN))
    assert outcome(whole[: int(len(whole) * keep)]) == "plan_unreadable"


def test_a_bomb_is_refused_by_its_claim_and_by_what_comes_out():
    claimed = package(body(PLAIN), bomb_xml=b"\0" * 60_000_000)
    assert outcome(claimed) == "plan_unreadable"
    # A directory that lies: the document claims one byte and unpacks to twelve million.
    lying = bytearray(package(body(PLAIN + " " * 12_000_000)))
    central = lying.rindex(b"PK\x01\x02")
    lying[central + 24 : central + 28] = struct.pack("<I", 1)
    assert outcome(bytes(lying)) == "plan_unreadable"
    assert outcome(package(body(PLAIN + " " * 9_000_000))) == "plan_unreadable"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_and_document_types_are_refused_unread(tmp_path, encoding: str):
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")
    for trick in (
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>',
        '<!DOCTYPE x [<!ENTITY e "ha"><!ENTITY f "&e;&e;&e;">]>',
        f'<!DOCTYPE x SYSTEM "{secret.as_uri()}">',
    ):
        document = body(PLAIN.replace("Khai", "&e;"), before=trick).decode().encode(encoding)
        assert outcome(package(document)) == "plan_unreadable"


def test_a_word_file_with_a_password_flag_is_told_apart():
    locked = bytearray(package(body(PLAIN)))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = locked.index(magic)
        locked[at + offset] |= 1
    assert outcome(bytes(locked)) == "plan_encrypted"


def test_text_that_is_not_on_the_page_is_not_read():
    inner = PLAIN + (
        "<w:p><w:del><w:r><w:delText>3. Xóa</w:delText></w:r></w:del></w:p>"
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>4. Ẩn</w:t></w:r></w:p>"
        "<w:p><w:ins><w:r><w:t>3. Bế mạc</w:t></w:r></w:ins></w:p>"
    )
    plan = read_plan(package(body(inner)), filename="x.docx")
    assert [item.title for item in plan.agenda] == ["Khai mạc", "Bầu cử", "Bế mạc"]


def test_a_number_out_of_all_measure_does_not_break_the_numbering():
    numbering = (
        f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0">'
        f'<w:start w:val="{"9" * 9000}"/><w:numFmt w:val="lowerLetter"/>'
        f'<w:lvlText w:val="{"%1" * 9000}"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
    ).encode()
    listed = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
        "<w:r><w:t>Khai mạc</w:t></w:r></w:p>"
    )
    assert outcome(package(body(PLAIN + listed), word__numbering_xml=numbering)) == "read"


def test_deep_nesting_is_refused_and_breaks_nothing():
    deep = "<w:tbl><w:tr><w:tc>" * 60 + PLAIN + "</w:tc></w:tr></w:tbl>" * 60
    assert outcome(package(body(deep))) == "plan_unreadable"
    deeper = "<w:sdt>" * 5_000 + PLAIN + "</w:sdt>" * 5_000
    assert outcome(package(body(deeper))) == "plan_unreadable"


SLOW_PIECES = [
    "a ", "1", "1.", " ", "-", "(", ")", ";", ". ", "ngày ", "tháng ", "từ 3 đến ", "người ",
    "Ban Thanh tra nhân dân công nhận trong thời hạn ", "xây dựng kế hoạch UBND ", "số ", ",",
    "Giao Phòng ", "Căn cứ Luật ", "và hướng dẫn của ", "8h", ":", "I. ", "\u0301", "–",
]  # fmt: skip


@pytest.mark.parametrize("piece", SLOW_PIECES)
def test_a_line_of_very_many_letters_costs_as_much_as_it_is_long(piece: str):
    plan = REAL.decode()

    def read(letters: int) -> None:
        line = piece * (letters // len(piece))
        for place in (
            "Thời gian: ",
            "1. Tuyên bố",
            "Căn cứ Luật",
            "- Nghiên cứu quy",
            "Địa điểm: ",
        ):
            outcome(plan.replace(place, place + line[: letters // 5], 1).encode(), "x.txt")
        outcome(plan.replace("Nơi nhận:", line + "\nNơi nhận:").encode(), "x.txt")

    ensure_linear(read, small=100_000)


@pytest.mark.parametrize(
    "line", ["1. x\n", "- \n", "I. CHƯƠNG TRÌNH\n", "a\n", "Thời gian:\n", "1.\n2)\na)\n"]
)
def test_very_many_lines_cost_as_much_as_they_are_many(line: str):
    def read(lines: int) -> None:
        outcome((REAL.decode() + line * (lines // line.count("\n"))).encode(), "x.txt")

    ensure_linear(read, small=1_200)


@given(data=st.binary(max_size=400))
def test_random_bytes_never_break_the_reader(data: bytes):
    outcome(data)
    outcome(b"PK\x03\x04" + data)
    outcome(b"\xff\xfe" + data)


LINES = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.sampled_from(REAL.decode().splitlines()),
        st.sampled_from([*SLOW_PIECES, "1. Chương trình", "\t", "- Thời gian: 31/02/2026"]),
    ),
    max_size=40,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(lines=LINES)
def test_random_lines_never_break_the_reader_and_no_fact_is_unclean(lines: list[str]):
    data = "\n".join(["KẾ HOẠCH Hội nghị", "I. CHƯƠNG TRÌNH", "1. Một", "2. Hai", *lines])
    try:
        plan = read_plan(data.encode("utf-8", "ignore"), filename="x.txt")
    except Refused:
        return
    assert all(item.title and item.title == " ".join(item.title.split()) for item in plan.agenda)
    assert plan.month is None or plan.date is None or plan.date.strftime("%Y-%m") == plan.month
    assert plan.seats is None or 1 <= plan.seats.min <= plan.seats.max


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(place=st.integers(0, len(REAL) - 1), byte=st.integers(0, 255))
def test_one_wrong_byte_never_breaks_the_reader(place: int, byte: int):
    outcome(REAL[:place] + bytes([byte]) + REAL[place + 1 :], "x.txt")


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(place=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
def test_one_wrong_byte_in_a_word_file_never_breaks_the_reader(place: float, byte: int):
    whole = bytearray(package(body(PLAIN)))
    whole[int(place * len(whole))] = byte
    outcome(bytes(whole))

"""The words of a pledge: its shape, a ready model of D8, and the bytes that are hashed. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.core.errors import Refused
from kiosk.core.names import tidy

#: Letters of one line, and lines in all: a pledge is read on a tablet before it is signed.
LINE_MOST = 1000
LINES_MOST = 400
HEADINGS_MOST = 12

#: What a model leaves to be filled in; a text that still holds one is never opened for signing.
BLANK = "……"
_BLANKS = re.compile(r"…+|\.{4,}|_{3,}")


@dataclass(frozen=True)
class Heading:
    """One numbered part and its aims, numbered within it."""

    title: str
    aims: tuple[str, ...]


@dataclass(frozen=True)
class Targets:
    """What one unit promises for itself; the unit by its name, so that the text stands alone."""

    unit: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """A whole pledge. Numbers are not written into it: the order gives them."""

    #: GIAO ƯỚC THI ĐUA
    title: str
    #: Thực hiện nhiệm vụ năm 2026
    about: str
    #: Noun phrases that read well after "Căn cứ".
    bases: tuple[str, ...]
    opening: str
    headings: tuple[Heading, ...]
    targets: tuple[Targets, ...]
    closing: str

    def as_json(self) -> dict[str, Any]:
        """JSON values, always with the same keys."""
        return {
            "title": self.title,
            "about": self.about,
            "bases": list(self.bases),
            "opening": self.opening,
            "headings": [{"title": each.title, "aims": list(each.aims)} for each in self.headings],
            "targets": [{"unit": each.unit, "lines": list(each.lines)} for each in self.targets],
            "closing": self.closing,
        }


def from_json(value: dict[str, Any]) -> Text:
    """The text of stored JSON, as `as_json` made it."""
    return Text(
        title=value["title"],
        about=value["about"],
        bases=tuple(value["bases"]),
        opening=value["opening"],
        headings=tuple(Heading(each["title"], tuple(each["aims"])) for each in value["headings"]),
        targets=tuple(Targets(each["unit"], tuple(each["lines"])) for each in value["targets"]),
        closing=value["closing"],
    )


def canonical(text: Text) -> bytes:
    """The bytes that a signature is bound to: JSON, keys sorted, no spaces, UTF-8 (R20)."""
    return json.dumps(
        text.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def text_hash(text: Text) -> str:
    """SHA-256 of `canonical`, 64 hex digits."""
    return hashlib.sha256(canonical(text)).hexdigest()


def lines_of(typed: str) -> tuple[str, ...]:
    """The lines of a field, tidied, without empty ones and without typed numbers or dashes."""
    found = (
        re.sub(r"^(?:[-–•+]|\d+(?:\.\d+)*[.)]) +", "", tidy(line)) for line in typed.splitlines()
    )
    return tuple(line for line in found if line)


def checked(
    *,
    title: str,
    about: str,
    bases: str,
    opening: str,
    headings: Sequence[tuple[str, str]],
    targets: Sequence[tuple[str, str]],
    closing: str,
) -> Text:
    """What a form brought, as a text that may be stored. Parts with nothing in them fall away.

    Raises:
        Refused: `pledge_title_missing`, `pledge_aims_missing` (a heading without aims, or none at
            all), `pledge_line_too_long`, `pledge_too_long`.
    """
    parts = [Heading(tidy(name), lines_of(aims)) for name, aims in headings]
    parts = [part for part in parts if part.title or part.aims]
    text = Text(
        title=tidy(title),
        about=tidy(about),
        bases=lines_of(bases),
        opening=tidy(opening),
        headings=tuple(parts),
        targets=tuple(
            Targets(tidy(unit), found) for unit, typed in targets if (found := lines_of(typed))
        ),
        closing=tidy(closing),
    )
    if not text.title:
        raise Refused("pledge_title_missing")
    bare = next((part for part in parts if not part.title or not part.aims), None)
    if bare is not None or not parts:
        raise Refused("pledge_aims_missing", heading=bare.title if bare else "")
    lines = list(all_lines(text))
    long = next((line for line in lines if len(line) > LINE_MOST), None)
    if long is not None:
        raise Refused("pledge_line_too_long", most=LINE_MOST, begins=long[:40])
    if len(lines) > LINES_MOST or len(parts) > HEADINGS_MOST:
        raise Refused("pledge_too_long", lines=LINES_MOST, headings=HEADINGS_MOST)
    return text


def all_lines(text: Text) -> Iterable[str]:
    """Every line, from top to bottom."""
    yield from (text.title, text.about, *text.bases, text.opening)
    for part in text.headings:
        yield from (part.title, *part.aims)
    for unit in text.targets:
        yield from (unit.unit, *unit.lines)
    yield text.closing


def blanks(text: Text) -> int:
    """How many places are still to be filled in."""
    return sum(len(_BLANKS.findall(line)) for line in all_lines(text))


# -- the ready model -------------------------------------------------------------------------------

_HEADINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Thực hiện nhiệm vụ chính trị, chuyên môn",
        (
            "Hoàn thành 100% nhiệm vụ được giao trong kế hoạch công tác năm {year}, đúng tiến độ,"
            " bảo đảm chất lượng.",
            "Giải quyết đúng hạn và trước hạn từ ……% hồ sơ thủ tục hành chính trở lên.",
            "Hoàn thành các chỉ tiêu của đơn vị nêu trong Giao ước này.",
        ),
    ),
    (
        "Chấp hành kỷ luật, kỷ cương; cải cách hành chính, chuyển đổi số",
        (
            "Chấp hành nghiêm chủ trương của Đảng, chính sách, pháp luật của Nhà nước, nội quy, quy"
            " chế của cơ quan.",
            "Tận tụy, lịch sự khi tiếp công dân; không gây phiền hà, sách nhiễu.",
            "Xử lý 100% văn bản, hồ sơ công việc trên môi trường điện tử, trừ văn bản mật.",
        ),
    ),
    (
        "Xây dựng khối đoàn kết, thực hiện dân chủ và văn hóa công sở",
        (
            "Thực hiện đầy đủ Luật Thực hiện dân chủ ở cơ sở, quy chế dân chủ trong cơ quan.",
            "Giữ gìn đoàn kết nội bộ; thực hiện văn hóa công sở, đạo đức công vụ.",
        ),
    ),
    (
        "Thực hành tiết kiệm, chống lãng phí; phòng, chống tham nhũng, tiêu cực",
        (
            "Sử dụng tiết kiệm, hiệu quả ngân sách, tài sản công, điện, nước, văn phòng phẩm.",
            "Không để xảy ra tham nhũng, lãng phí, tiêu cực; bảo vệ bí mật công tác.",
        ),
    ),
    (
        "Học tập và làm theo tư tưởng, đạo đức, phong cách Hồ Chí Minh",
        (
            "Mỗi tập thể, cá nhân đăng ký và thực hiện ít nhất một việc làm theo Bác trong năm"
            " {year}.",
            "Tham gia đầy đủ các phong trào thi đua do phường và thành phố phát động.",
        ),
    ),
    (
        "Chỉ tiêu danh hiệu thi đua",
        (
            "Tập thể: ……% phòng, ban, đơn vị đạt danh hiệu Tập thể lao động tiên tiến trở lên.",
            "Cá nhân: ……% đạt danh hiệu Lao động tiên tiến, ……% đạt danh hiệu Chiến sĩ thi đua cơ"
            " sở.",
        ),
    ),
)


def model(*, host: str, conference: str, year: int, bases: Sequence[str]) -> Text:
    """The model of D8, drawn from the plan: its legal bases in its own wording, its office.

    Figures that only the office knows are left as blanks (`BLANK`).
    """
    drawn = [base.strip().rstrip(".;") for base in bases if base.strip()]
    drawn.append(f"Kế hoạch tổ chức {conference}" + (f" của {host}" if host else ""))
    where = f"thuộc {host}" if host else "trong cơ quan"
    return Text(
        title="Giao ước thi đua",
        about=f"Thực hiện nhiệm vụ năm {year}",
        bases=tuple(map(tidy, drawn)),
        opening=f"Các phòng, ban, đơn vị {where} thống nhất ký kết giao ước thi đua năm {year} với"
        " các nội dung sau:",
        headings=tuple(
            Heading(title, tuple(aim.format(year=year) for aim in aims))
            for title, aims in _HEADINGS
        ),
        targets=(),
        closing="Các đơn vị cam kết thực hiện nghiêm túc Giao ước này sau khi ký kết. Giao ước có"
        f" hiệu lực từ ngày ký đến hết ngày 31/12/{year}; kết quả thực hiện là căn cứ bình xét thi"
        f" đua, khen thưởng năm {year}.",
    )

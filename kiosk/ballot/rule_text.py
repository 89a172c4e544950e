"""D4, the election rule (thể lệ bầu cử), written from the settings; the hall adopts it (R9).

An official text, so Vietnamese in every language of the screens. What the program does and what
the rule says come from the same settings, and the SHA-256 of the text goes into the book.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy.orm import Session

from kiosk.ballot import queries, rules
from kiosk.ballot.queries import CandidateRow, ElectionView
from kiosk.ballot.rules import Base, Electorate, Style, Tie
from kiosk.conference import queries as people


@dataclass(frozen=True)
class Article:
    """One article of the rule."""

    heading: str
    paragraphs: tuple[str, ...]
    #: "Điều 1"; given when the articles are put together.
    number: str = ""


@dataclass(frozen=True)
class RuleText:
    """The whole rule, as it is shown, printed and hashed."""

    title: str
    about: str
    grounds: tuple[str, ...]
    articles: tuple[Article, ...]


#: "more than half of …", as articles and pages say it.
BASES: dict[Base, str] = {
    Base.PRESENT: "số đại biểu có quyền bầu cử có mặt tại cuộc bầu cử",
    Base.COLLECTED: "số phiếu thu về",
    Base.VALID: "số phiếu hợp lệ",
    Base.SUMMONED: "số người được triệu tập",
}


def of(session: Session) -> RuleText:
    """The rule from the settings and the list as they are now. Refused: `ballot_not_prepared`."""
    standing = queries.candidates(session, standing_only=True)
    return text_of(
        queries.election(session),
        standing,
        tellers=len(queries.committee(session).tellers),
        host=people.conference(session).host,
    )


def digest(text: RuleText) -> str:
    """SHA-256 of the text, 64 hex digits."""
    plain = json.dumps(asdict(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def text_of(
    found: ElectionView, standing: Sequence[CandidateRow], *, tellers: int, host: str
) -> RuleText:
    """The articles for one set of settings."""
    kind = rules.ballot_type(len(standing), found.seats)
    term = f" nhiệm kỳ {found.term}" if found.term else ""
    return RuleText(
        title="THỂ LỆ BẦU CỬ",
        about=f"Ban Thanh tra nhân dân{term}",
        grounds=(
            "Căn cứ Luật Thực hiện dân chủ ở cơ sở ngày 10 tháng 11 năm 2022;",
            "Căn cứ Nghị định số 59/2023/NĐ-CP ngày 14 tháng 8 năm 2023 của Chính phủ quy định chi"
            " tiết một số điều của Luật Thực hiện dân chủ ở cơ sở;",
            f"Hội nghị của {host} quyết định thể lệ bầu cử như sau.",
        ),
        articles=_numbered(
            _number_and_standard(found),
            _who_elects(found, standing),
            _form(tellers),
            _how_to_vote(found, kind),
            _validity(found, kind),
            _elected(found, kind),
            _ties_and_shortage(found),
            _count(tellers),
            Article(
                "Hiệu lực",
                (
                    "Thể lệ này có hiệu lực khi được Hội nghị biểu quyết thông qua và áp dụng cho"
                    " mọi lượt bầu của Hội nghị.",
                ),
            ),
        ),
    )


def _numbered(*articles: Article) -> tuple[Article, ...]:
    return tuple(
        replace(article, number=f"Điều {place}") for place, article in enumerate(articles, start=1)
    )


def _number_and_standard(found: ElectionView) -> Article:
    more = f" Lý do bầu nhiều hơn 9 thành viên: {found.seats_reason}." if found.seats_reason else ""
    return Article(
        "Số lượng, tiêu chuẩn",
        (
            f"Bầu {found.seats} thành viên Ban Thanh tra nhân dân.{more}",
            "Người ứng cử đang làm việc tại cơ quan, có phẩm chất đạo đức tốt, có uy tín, có sức"
            " khỏe, hiểu biết chính sách, pháp luật, tự nguyện tham gia; không phải là người đứng"
            " đầu, cấp phó của người đứng đầu hoặc kế toán trưởng của cơ quan.",
        ),
    )


def _who_elects(found: ElectionView, standing: Sequence[CandidateRow]) -> Article:
    electors = (
        "đại biểu chính thức có quyền bầu Ban Thanh tra nhân dân"
        if found.electorate is Electorate.ELECTS
        else "đại biểu chính thức có quyền biểu quyết"
    )
    names = ", ".join(each.name for each in standing) or "(chưa có)"
    return Article(
        "Người bầu cử, danh sách bầu cử",
        (
            f"Người bầu cử là {electors}, có mặt trong thời gian bỏ phiếu. Khách mời không bầu cử.",
            f"Danh sách bầu cử do Hội nghị biểu quyết thông qua, xếp theo vần tên, gồm"
            f" {len(standing)} người: {names}.",
        ),
    )


def _form(tellers: int) -> Article:
    n = tellers or 3
    k = rules.needed_of(n)
    return Article(
        "Hình thức bầu cử",
        (
            "Bầu bằng phiếu kín trên máy tính bảng. Mỗi người bầu cử rút một thẻ bầu từ túi đã"
            " trộn; thẻ không ghi tên, không máy nào biết ai rút thẻ nào. Mỗi thẻ bỏ được một"
            " phiếu, ở bất kỳ máy nào.",
            "Phiếu được niêm phong ngay trên máy tính bảng. Trước khi bỏ phiếu, Ban kiểm phiếu"
            f" khóa hòm phiếu điện tử bằng mã của từng thành viên; chỉ khi có ít nhất {k} trong"
            f" {n} mã mới mở được hòm. Trước khi mở hòm không có số liệu nào ngoài số thẻ đã phát"
            " và số phiếu đã bỏ.",
            "Khi không dùng được máy, hoặc khi Hội nghị quyết định, bầu bằng phiếu giấy cho cả"
            " lượt; không bầu lẫn hai cách trong một lượt.",
        ),
    )


def _how_to_vote(found: ElectionView, kind: str) -> Article:
    if kind == "B":
        on_tablet = (
            "Trên máy: với mỗi người ứng cử, chọn «Đồng ý» hoặc «Không đồng ý»; xem lại phiếu, rồi"
            " bỏ phiếu."
        )
        on_paper = (
            "Trên phiếu giấy: đánh dấu vào ô «Đồng ý» hoặc «Không đồng ý» ở hàng của từng người."
        )
    elif found.style is Style.STRIKE:
        on_tablet = (
            f"Trên máy: gạch tên người không tín nhiệm, để lại nhiều nhất {found.seats} người; xem"
            " lại phiếu, rồi bỏ phiếu."
        )
        on_paper = "Trên phiếu giấy: gạch ngang cả họ và tên người không tín nhiệm."
    else:
        on_tablet = (
            f"Trên máy: chọn nhiều nhất {found.seats} người tín nhiệm; xem lại phiếu, rồi bỏ phiếu."
        )
        on_paper = "Trên phiếu giấy: đánh dấu vào ô «Đồng ý» ở hàng của người tín nhiệm."
    return Article(
        "Cách bỏ phiếu",
        (
            on_tablet,
            on_paper,
            "Người bầu cử không tự làm được có thể nhờ một người do mình chọn giúp; Ban kiểm phiếu"
            " ghi tên người giúp, không ghi tên người được giúp.",
            "Bỏ phiếu xong, thả thẻ bầu vào hòm trong suốt trước mặt hội trường.",
        ),
    )


def _validity(found: ElectionView, kind: str) -> Article:
    if kind == "B":
        valid = (
            "Phiếu hợp lệ là phiếu do Ban kiểm phiếu phát ra và có đánh dấu. Người nào không được"
            " đánh dấu, hoặc bị đánh dấu cả hai ô, thì không tính cho riêng người đó."
        )
        invalid = (
            "Phiếu không hợp lệ: phiếu trắng, phiếu không theo mẫu, có ghi tên người bầu, ghi thêm"
            " tên hoặc nội dung khác."
        )
    else:
        valid = (
            "Phiếu hợp lệ là phiếu do Ban kiểm phiếu phát ra, bầu ít nhất một người và nhiều nhất"
            f" {found.seats} người có trong danh sách."
        )
        invalid = (
            f"Phiếu không hợp lệ: phiếu trắng, phiếu bầu quá {found.seats} người (máy không cho"
            " gửi), phiếu không theo mẫu, có ghi tên người bầu, ghi thêm tên hoặc nội dung khác."
        )
    return Article("Phiếu hợp lệ, không hợp lệ", (valid, invalid))


def _elected(found: ElectionView, kind: str) -> Article:
    votes = "phiếu đồng ý" if kind == "B" else "phiếu bầu"
    return Article(
        "Điều kiện trúng cử",
        (
            f"Người trúng cử được quá nửa {BASES[found.base]}, lấy theo số {votes} từ cao xuống"
            f" thấp cho đến đủ {found.seats} người.",
        ),
    )


def _ties_and_shortage(found: ElectionView) -> Article:
    tie = (
        "chọn người nhiều tuổi hơn; cùng ngày sinh thì bầu lại giữa những người bằng phiếu"
        if found.tie is Tie.OLDER
        else "bầu lại giữa những người bằng phiếu"
    )
    return Article(
        "Bằng phiếu, bầu thiếu",
        (
            f"Nếu ở chỗ cuối cùng có nhiều người bằng phiếu nhau, {tie}. Không tự chọn ai khi bằng"
            " phiếu.",
            "Nếu số người quá nửa ít hơn số cần bầu, Hội nghị biểu quyết: bầu thêm cho số còn thiếu"
            " trong những người chưa trúng cử, hoặc giảm số lượng thành viên, nhưng không dưới 3.",
        ),
    )


def _count(tellers: int) -> Article:
    people_words = f"gồm {tellers} người" if tellers else "gồm 3 hoặc 5 người"
    return Article(
        "Ban kiểm phiếu",
        (
            f"Ban kiểm phiếu {people_words}, có trưởng ban, và 2 người chứng kiến, do Hội nghị biểu"
            " quyết; không ai trong số này là người ứng cử.",
            "Trưởng Ban kiểm phiếu cùng một người chứng kiến đóng bỏ phiếu; sau đó không ai bỏ"
            " phiếu nữa. Ban kiểm phiếu đếm thẻ còn lại, thẻ đã phát và thẻ trong hòm trước mặt hội"
            " trường rồi mới mở hòm phiếu.",
            "Số phiếu nhiều hơn số thẻ trong hòm thì lượt bầu bị hủy và bầu lại; ít hơn thì ghi rõ"
            " trong biên bản kiểm phiếu.",
        ),
    )

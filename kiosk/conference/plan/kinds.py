"""What an agenda item is, and its short name for the hall. Pure rules on the item's words."""

from __future__ import annotations

import re
from enum import StrEnum

from kiosk.conference.plan.letters import fold, tidy, without_stop

#: The hall's list has room for so many letters beside the item that is on now.
SHORT_TITLE_LETTERS = 38


class AgendaKind(StrEnum):
    """The kinds of agenda items that the program treats differently."""

    OPENING = "opening"
    REPORT = "report"
    DISCLOSURE = "disclosure"
    ELECTION = "election"
    SPEECH = "speech"
    EMULATION = "emulation"
    PLEDGE = "pledge"
    RESOLUTION = "resolution"
    OTHER = "other"


# The first rule that fits wins, so the order carries meaning: a report on the emulation movement is
# a report, electing the chair is part of the opening, the reply that launches the movement is no
# mere speech. Patterns look at folded text.
_RULES: tuple[tuple[AgendaKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            AgendaKind.REPORT,
            r"^(?:trinh bay|doc|nghe|cong bo|thong qua|trinh)?,? ?(?:cac |du thao |toan van )*"
            r"(?:bao cao|ban kiem diem)\b",
        ),
        (
            AgendaKind.OPENING,
            r"\btuyen bo ly do\b|\bkhai mac\b|\bgioi thieu (?:dai bieu|thanh phan)|\bchao co\b"
            r"|^on dinh\b|^don (?:tiep|dai bieu)|\bthong qua (?:noi dung,? ?(?:va )?)?chuong trinh"
            r"|\b(?:bau|cu|gioi thieu|moi) (?:doan )?(?:chu tich doan|chu tich hoi nghi|chu toa"
            r"|chu tri|thu ky|doan chu tich|doan thu ky)\b|\bdoan chu tich\b",
        ),
        (AgendaKind.PLEDGE, r"\bgiao uoc\b|\bky cam ket\b|\bky ket\b"),
        (
            AgendaKind.ELECTION,
            r"^(?:tien hanh |to chuc |gioi thieu nhan su )?(?:bau|bo phieu|kiem phieu)\b"
            r"|\bbau(?: cu)?(?: bo sung)? (?:ban |thanh vien )?(?:thanh tra|ttnd)"
            r"|\bket qua (?:bau|kiem phieu)|\bbau cu\b|\bbau ban\b",
        ),
        (AgendaKind.RESOLUTION, r"\bnghi quyet\b"),
        (AgendaKind.DISCLOSURE, r"\bcong khai\b|\blay y kien\b|\bdieu 53\b"),
        (AgendaKind.EMULATION, r"\bphat dong\b|\bkhen thuong\b|\bton vinh\b|\bbieu duong\b"),
        (AgendaKind.SPEECH, r"\bphat bieu\b|\btham luan\b|\bdap tu\b|\by kien chi dao\b"),
        (
            AgendaKind.DISCLOSURE,
            r"\bthao luan\b|\b(?:tham gia|dong gop|gop) y(?: kien)?\b|\bdoi thoai\b|\bkien nghi\b",
        ),
        (AgendaKind.EMULATION, r"\bthi dua\b"),
        (AgendaKind.REPORT, r"\bbao cao\b|\bkiem diem\b"),
    )
)


def kind_of(title: str) -> AgendaKind:
    """The kind that the words of an agenda item speak for; `OTHER` when none does."""
    words = fold(without_stop(title))
    for kind, pattern in _RULES:
        if pattern.search(words):
            return kind
    return AgendaKind.OTHER


# Words that a list on the wall can do without, wherever they stand: (folded pattern, replacement).
_FILLER: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"^(?:trinh bay|thong qua|doc) (?=(?:du thao )?bao cao)", ""),
        (r"^(?:to chuc|tien hanh|du kien) (?=ky|bau|le|thao|lay|trao|cong|bo)", ""),
        (r"(?<=^phat bieu) chi dao(?= cua)", ""),
        (r"^phat bieu (?=tiep thu|dap tu|phat dong|khai mac|be mac)", ""),
        (r"(?<=^bao cao) (?:ve )?(?:tinh hinh|ket qua)(?= \w)", ""),
        (r"(?<=^cong khai) thong tin", ""),
        (r"(?<=thong qua) noi dung,? ?(?:va )?(?=chuong trinh)", " "),
        (r"(?<=chuong trinh) hoi nghi$", ""),
        (r" va (?=phat dong)", ", "),
    )
)

# What a short name may carry after its first words, by kind, the most telling first.
_TELLING: dict[AgendaKind, tuple[re.Pattern[str], ...]] = {
    kind: tuple(map(re.compile, patterns))
    for kind, patterns in {
        AgendaKind.OPENING: (
            r"thong qua chuong trinh",
            r"khai mac",
            r"gioi thieu dai bieu",
            r"bau doan chu tich",
        ),
        AgendaKind.REPORT: (
            r"thuc hien dan chu",
            r"(?:phuong huong, )?nhiem vu nam \d{4}",
            r"phuong huong nam \d{4}",
            r"phong trao thi dua",
            r"nam \d{4}",
        ),
        AgendaKind.DISCLOSURE: (r"lay y kien(?= |$)", r"thao luan", r"kien nghi"),
        AgendaKind.ELECTION: (r"ban thanh tra nhan dan", r"ban ttnd"),
        AgendaKind.EMULATION: (
            r"phat dong phong trao thi dua",
            r"phat dong thi dua",
            "khen thuong",
        ),
        AgendaKind.PLEDGE: (r"ky giao uoc thi dua", r"ky giao uoc"),
        AgendaKind.RESOLUTION: (r"thong qua nghi quyet(?: hoi nghi)?", r"be mac(?: hoi nghi)?"),
    }.items()
}

_BOARD = re.compile(r"\bban thanh tra nhân dân\b", re.IGNORECASE)
_ARTICLE = re.compile(r"\bdieu \d{1,3}\b")
#: Words that begin a trailing phrase: the head of an item ends before the first of them. They are
#: matched with their marks, because "do" is also the end of "lý do" once folded.
_CONNECTIVE = re.compile(
    r"và|của|về|theo|tại|cho|trong|để|với|việc|cùng|như|trên|nhằm|từ|đến|giữa|năm|gồm|thuộc|khi|sau"
    r"|trước|thông|bởi|giai"
)
#: Words that must not stand last, because they ask for more.
_DANGLING = re.compile(
    rf"{_CONNECTIVE.pattern}|các|những|một|đồng|đại|thực|số|điều|quy|nội|giới|tham|ban|phòng|ủy|uỷ|hội"
    r"|công|viên|người|nhiệm|tình|kết|phương|tổ|trình|đoàn|chủ|phó|bí|vào|dự|phát|phong|thi|giao|lấy|ý|cán|bộ"
    r"|kỳ|trào|thường|đường|chính|nhân|dân|thanh|tra|[-–&+]|"
)


def short_title(title: str, kind: AgendaKind) -> str:
    """A name of at most 38 letters for the hall, cut between words and never with dots.

    First the words that say nothing on a wall go. What is still too long keeps its head and the
    phrase that tells its kind best, if there is one; else as much of its beginning as makes sense.
    Only a single word longer than the line is cut inside.
    """
    short = _without_filler(without_stop(title))
    if len(short) <= SHORT_TITLE_LETTERS:
        return _capital(short)
    short = _BOARD.sub("Ban TTND", short)
    if len(short) <= SHORT_TITLE_LETTERS:
        return _capital(short)
    head = _head(short, kind)
    tail = _telling_tail(short, head, kind)
    return _capital(head + tail if tail else _beginning(short))


def _without_filler(text: str) -> str:
    for pattern, instead in _FILLER:
        found = pattern.search(fold(text))
        if found:
            text = tidy(text[: found.start()] + instead + text[found.end() :]).replace(" ,", ",")
    return text


def _head(text: str, kind: AgendaKind) -> str:
    """The first clause up to its first trailing phrase, and no longer than the line."""
    clause = re.split(r"[,;.:(]", text, maxsplit=1)[0].strip()
    words = clause.split()
    for place, word in enumerate(words):
        stem = " ".join(words[:place])
        if place >= 2 and len(stem) >= 8 and _CONNECTIVE.fullmatch(word.lower()):
            clause = stem
            break
    if kind is AgendaKind.REPORT:
        # "Báo cáo đội ngũ cán bộ" is known in the hall as "Báo cáo đội ngũ": the people are there.
        staff = re.match(r"(bao cao doi ngu) (?:can bo|cong chuc|vien chuc)", fold(clause))
        clause = clause[: staff.end(1)] if staff else clause
    return clause if len(clause) <= SHORT_TITLE_LETTERS else _words_that_fit(words)


def _beginning(text: str) -> str:
    """The longest beginning that ends where a phrase ends; else whole words that may end."""
    cut = 0
    for stop in re.finditer(r"[,;.:(]|\s+", text[: SHORT_TITLE_LETTERS + 1]):
        following = text[stop.end() :].split(maxsplit=1)
        ends = stop.group().strip() or (following and _CONNECTIVE.fullmatch(following[0].lower()))
        last = text[: stop.start()].split()
        if ends and last and not _DANGLING.fullmatch(last[-1].lower()):
            cut = stop.start()
    if cut * 2 > SHORT_TITLE_LETTERS:
        return text[:cut]
    return _words_that_fit(text.split())


def _words_that_fit(words: list[str]) -> str:
    kept: list[str] = []
    for word in words:
        if len(" ".join([*kept, word])) > SHORT_TITLE_LETTERS:
            break
        kept.append(word)
    if not kept:
        return words[0][:SHORT_TITLE_LETTERS] if words else ""
    whole = list(kept)
    while len(kept) > 1 and _DANGLING.fullmatch(kept[-1].lower()):
        kept.pop()
    return " ".join(kept if len(kept) > 1 else whole)


def _telling_tail(text: str, head: str, kind: AgendaKind) -> str:
    bare = fold(text)
    tail = ""
    for pattern in _TELLING.get(kind, ()):
        found = pattern.search(bare, len(head))
        if not found:
            continue
        phrase = ", " + text[found.start() : found.end()]
        if len(head) + len(phrase) <= SHORT_TITLE_LETTERS and found.group() not in fold(head):
            tail = phrase
            break
    article = _ARTICLE.search(bare) if kind is AgendaKind.DISCLOSURE else None
    if article:
        by_article = " theo " + text[article.start() : article.end()]
        if len(head) + len(tail) + len(by_article) <= SHORT_TITLE_LETTERS:
            tail += by_article
    return tail


def _capital(text: str) -> str:
    text = text.rstrip(" .,;:…-–")
    return text[:1].upper() + text[1:]

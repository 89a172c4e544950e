"""The data itself: the database whole, the book unbroken, the keys those that belong to it.

Read in a process of its own, through SQLite and nothing else: whoever opens the database file by
other means drops the server's locks when closing it (POSIX), and in the server's own process even
SQLite would stop every gate for the length of the look.
"""

from __future__ import annotations

import platform
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

import kiosk
from kiosk import config, instance
from kiosk.core import audit, keys, marks
from kiosk.core.checks import Check, Finding, Group, Scene, bad, good, register, say, unknown, warn
from kiosk.core.errors import Refused

#: Seconds for the look at the whole database; 100 MB take about one.
LONGEST = 8.0

#: Instructions of SQLite's machine between two looks at the clock.
_STEP = 20_000

#: `RETURNING`, which a scan uses, came with it (sqlite.org/lang_returning.html).
LEAST_SQLITE = (3, 35, 0)


#: What SQLite says of a file that it cannot reach, rather than of what stands in it.
_OUT_OF_REACH = frozenset(
    {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM}
)


def _connected(scene: Scene) -> sqlite3.Connection:
    address = f"{(scene.instance / config.DATABASE).absolute().as_uri()}?mode=ro"
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=2)


def _engine(connect: Callable[[], sqlite3.Connection]) -> Engine:
    return create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)


def whole(scene: Scene) -> Iterator[Finding]:
    """Pages and indexes of the database, then the chain of the book."""
    until = time.monotonic() + LONGEST

    def connect() -> sqlite3.Connection:
        raw = _connected(scene)
        raw.set_progress_handler(lambda: time.monotonic() > until, _STEP)
        return raw

    engine = _engine(connect)
    try:
        with closing(connect()) as raw:
            said = raw.execute("PRAGMA quick_check(1)").fetchone()
        if said != ("ok",):
            yield Finding("data_damaged", {"where": str(said and said[0])[:80]})
            return
        with Session(engine) as session:
            broken = audit.first_break(session)
            last = next(audit.read(session, newest_first=True, limit=1), None)
    except (sqlite3.Error, DBAPIError) as failed:
        yield _refused_by_sqlite(failed)
    except (ValueError, KeyError, TypeError) as spoiled:
        yield Finding("data_damaged", {"where": f"book: {type(spoiled).__name__}"})
    else:
        if broken is not None:
            yield Finding("book_broken", {"line": broken})
        else:
            yield Finding("data_whole", {"lines": last.seq if last else 0})
    finally:
        engine.dispose()


def _refused_by_sqlite(failed: sqlite3.Error | DBAPIError) -> Finding:
    cause: BaseException = (failed.orig or failed) if isinstance(failed, DBAPIError) else failed
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_INTERRUPT:
        return Finding("data_too_long", {"seconds": round(LONGEST)})
    if code == sqlite3.SQLITE_BUSY:
        return Finding("data_busy")
    kind = "data_unreadable" if code in _OUT_OF_REACH else "data_damaged"
    return Finding(kind, {"where": str(cause)[:80]})


def keys_fit(scene: Scene) -> Iterator[Finding]:
    """The key file that lies there now: a server that runs keeps the old one in memory."""
    engine = _engine(lambda: _connected(scene))
    try:
        with Session(engine) as session:
            marks.ensure_fits(
                session, keys.load(scene.instance), rehearsal=scene.settings.rehearsal
            )
    except Refused as refused:
        yield Finding("keys_wrong", cause=refused)
    except (sqlite3.Error, DBAPIError) as failed:
        yield _refused_by_sqlite(failed)
    else:
        yield Finding("keys_fit")
    finally:
        engine.dispose()


def program(scene: Scene) -> Iterator[Finding]:
    """What runs here, and whether the tables are those that it knows."""
    facts = {
        "version": kiosk.__version__,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }
    stored = instance.stored_revision(scene.instance)
    if sqlite3.sqlite_version_info < LEAST_SQLITE:
        yield Finding("program_sqlite_old", facts)
    elif stored is not None and stored != instance.newest_revision():
        yield Finding("program_tables_differ", facts)
    else:
        yield Finding("program_fine", facts)


register(
    Check(
        key="machine.data",
        group=Group.MACHINE,
        order=100,
        name=("Dữ liệu và nhật ký", "Data and book"),
        run=whole,
        measured=True,
    ),
    Check(
        key="machine.keys",
        group=Group.MACHINE,
        order=105,
        name=("Khóa của hội nghị", "Keys of the conference"),
        run=keys_fit,
        measured=True,
    ),
    Check(
        key="machine.program",
        group=Group.MACHINE,
        order=920,
        name=("Phiên bản", "Versions"),
        run=program,
        measured=True,
    ),
)

_RESTORE = (
    "Dừng chương trình, không sửa gì, chép cả thư mục ra nơi khác, rồi khôi phục bản sao lưu.",
    "Stop, change nothing, copy the whole folder away, then restore the last backup.",
)

say(
    {
        "data_whole": good(
            "Nguyên vẹn, nhật ký {lines} dòng không đứt", "Whole; {lines} lines of the book hold"
        ),
        "data_damaged": bad(
            ("Dữ liệu bị hỏng ({where})", "The data is damaged ({where})"), _RESTORE
        ),
        "data_unreadable": bad(
            ("Không đọc được dữ liệu ({where})", "The data cannot be read ({where})"),
            (
                "Xem quyền của thư mục và ổ đĩa, rồi bấm Kiểm tra lại.",
                "See the rights of the folder and the disk, then check again.",
            ),
        ),
        "book_broken": bad(
            ("Nhật ký bị đứt ở dòng {line}", "The book's chain breaks at line {line}"), _RESTORE
        ),
        "data_too_long": unknown(
            ("Chưa kiểm tra xong sau {seconds} giây", "Not finished after {seconds} seconds"),
            (
                "Tắt bớt chương trình khác rồi bấm Kiểm tra lại.",
                "Close other programs, then check again.",
            ),
        ),
        "data_busy": unknown(
            ("Dữ liệu đang bị chương trình khác giữ", "Another program holds the data"),
            (
                "Đóng công cụ khác đang mở dữ liệu rồi bấm Kiểm tra lại.",
                "Close whatever else has it open, then check again.",
            ),
        ),
        "keys_fit": good("Đúng khóa của dữ liệu này", "They belong to this data"),
        "keys_wrong": bad(("Khóa không dùng được", "The keys cannot be used"), ("…", "…")),
        "program_fine": good(
            "Chương trình {version}, Python {python}, SQLite {sqlite}",
            "Program {version}, Python {python}, SQLite {sqlite}",
        ),
        "program_tables_differ": warn(
            (
                "Dữ liệu của phiên bản khác; chương trình {version}",
                "The tables are of another version; program {version}",
            ),
            (
                "Chạy «kiosk serve»: máy tự sao lưu rồi nâng cấp.",
                "Run `kiosk serve`: it makes a backup and upgrades them.",
            ),
        ),
        "program_sqlite_old": bad(
            ("SQLite {sqlite} quá cũ", "SQLite {sqlite} is too old"),
            ("Cài Python mới hơn rồi chạy lại.", "Install a newer Python and start again."),
        ),
    }
)

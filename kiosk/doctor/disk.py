"""The disk under the conference: what kind it is, how much room it has, how fast it really stores.

All of it is measured on the instance's own folder, in a process of its own: a commit that waits for
a slow disk must not hold up a gate.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from kiosk.core.checks import (
    Check,
    Finding,
    Group,
    Said,
    Scene,
    bad,
    good,
    register,
    say,
    unknown,
    warn,
)
from kiosk.core.keys import FILE as KEYS
from kiosk.doctor import rules

#: Seconds for measuring commits, and the most of them: a fast disk need not be asked for long.
MEASURE_SECONDS, MOST_COMMITS = 0.3, 400

#: What the folder of a measurement is called while it lasts.
PROBE = ".doctor-"

#: File systems that forget at a power cut, and those that lie behind a network, where SQLite's WAL
#: does not work (sqlite.org/wal.html, "all processes on the same host").
IN_MEMORY = frozenset({"tmpfs", "ramfs", "devtmpfs"})
OVER_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.sshfs"}
)

#: `GetDriveTypeW`: removable, fixed, remote, CD, RAM disk.
_DRIVES = {2: "place_stick", 3: "place_disk", 4: "place_network", 6: "place_memory"}


# -- what kind of place ----------------------------------------------------------------------------


def place(scene: Scene) -> Iterator[Finding]:
    yield Finding(kind_of_place(scene.instance.resolve()))


def kind_of_place(folder: Path) -> str:
    """`place_disk`, `place_stick`, `place_memory`, `place_network`, or `place_unknown`."""
    if sys.platform == "win32":
        import ctypes

        drive = ctypes.windll.kernel32.GetDriveTypeW(folder.anchor)
        return _DRIVES.get(drive, "place_unknown")
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "place_unknown"
    return place_in(mounts, folder)


def place_in(mounts: str, folder: Path) -> str:
    """The same from the text of `/proc/self/mountinfo` (proc_pid_mountinfo(5))."""
    found, depth = "", -1
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        fields, system = left.split(" "), right.split(" ")[0]
        if len(fields) < 5 or not system:
            continue
        # Blanks of a mount point are written in octal.
        point = Path(fields[4].replace("\\040", " "))
        if (folder == point or point in folder.parents) and len(point.parts) >= depth:
            found, depth = system, len(point.parts)
    if not found:
        return "place_unknown"
    if found in IN_MEMORY:
        return "place_memory"
    return "place_network" if found in OVER_NETWORK else "place_disk"


# -- the folder ------------------------------------------------------------------------------------


def folder(scene: Scene) -> Iterator[Finding]:
    """Can be written, and by nobody else be read."""
    try:
        with tempfile.TemporaryFile(dir=scene.instance) as file:
            file.write(b"x")
    except OSError as refused:
        reason = refused.strerror or type(refused).__name__
        yield Finding("folder_unwritable", {"folder": str(scene.instance), "reason": reason})
        return
    yield Finding(privacy(scene.instance), {"folder": str(scene.instance)})


def privacy(instance: Path) -> str:
    """Who else on this laptop may read the names and the keys."""
    if os.name != "posix":
        # The rights of Windows lie in lists that only a domain explains.
        return "folder_rights_unknown"
    others = stat.S_IRWXG | stat.S_IRWXO
    keys = instance / KEYS
    open_folder = bool(instance.stat().st_mode & others)
    open_keys = keys.exists() and bool(keys.stat().st_mode & others)
    if not open_folder:
        # Keys inside a closed folder are closed, whatever their own bits say.
        return "folder_private"
    return "folder_open" if open_keys else "folder_listed"


def room(scene: Scene) -> Iterator[Finding]:
    free = shutil.disk_usage(scene.instance).free
    yield Finding(rules.space(free), {"free": rules.amount(free)})


# -- how fast it stores ----------------------------------------------------------------------------


def durable(scene: Scene) -> Iterator[Finding]:
    try:
        taken = measure_commits(scene.instance)
    except (OSError, sqlite3.Error) as refused:
        yield Finding("commits_failed", {"reason": str(refused)[:80]})
        return
    code, rate, micro = rules.commits(taken)
    middle = f"{micro / 1000:.1f}"
    yield Finding(code, {"rate": rate, "middle": Said(middle.replace(".", ","), middle)})


def measure_commits(instance: Path, *, seconds: float = MEASURE_SECONDS) -> list[float]:
    """Seconds that each of some durable commits took, on this very disk.

    As the writer commits (WAL, `synchronous=FULL`): one row, one commit, one after another. At
    least one is measured however slow the disk is, so a dead one is waited for.

    Raises:
        OSError, sqlite3.Error: when the disk refuses.
    """
    taken: list[float] = []
    # `ignore_cleanup_errors`: a scanner that holds the file for a moment is no finding.
    with tempfile.TemporaryDirectory(
        prefix=PROBE, dir=instance, ignore_cleanup_errors=True
    ) as there:
        probe = sqlite3.connect(Path(there) / "probe.sqlite3", isolation_level=None)
        try:
            probe.execute("PRAGMA journal_mode=WAL")
            probe.execute("PRAGMA synchronous=FULL")
            probe.execute("CREATE TABLE probe (id INTEGER PRIMARY KEY, text TEXT)")
            until = time.monotonic() + seconds
            while not taken or (time.monotonic() < until and len(taken) < MOST_COMMITS):
                begun = time.perf_counter()
                probe.execute("BEGIN IMMEDIATE")
                # About the size of a scan with its line of the book.
                probe.execute("INSERT INTO probe (text) VALUES (?)", ("x" * 600,))
                probe.execute("COMMIT")
                taken.append(time.perf_counter() - begun)
        finally:
            probe.close()
    return taken


register(
    Check(
        key="machine.place",
        group=Group.MACHINE,
        order=110,
        name=("Nơi chứa dữ liệu", "Where the data lies"),
        run=place,
        measured=True,
    ),
    Check(
        key="machine.folder",
        group=Group.MACHINE,
        order=120,
        name=("Thư mục hội nghị", "Folder of the conference"),
        run=folder,
        measured=True,
    ),
    Check(
        key="machine.space",
        group=Group.MACHINE,
        order=130,
        name=("Dung lượng trống", "Free disk space"),
        run=room,
        measured=True,
    ),
    Check(
        key="machine.durable",
        group=Group.MACHINE,
        order=140,
        name=("Tốc độ ghi chắc chắn", "Durable writes"),
        run=durable,
        measured=True,
    ),
)

_MOVE = (
    "Chép cả thư mục hội nghị sang ổ trong máy rồi chạy từ đó.",
    "Copy the whole folder of the conference to the laptop's own disk and run it there.",
)
_ROOM = (
    "Xóa bớt tệp ngoài thư mục hội nghị, hoặc chuyển sang ổ khác.",
    "Delete files outside the conference's folder, or move to another disk.",
)

say(
    {
        "place_disk": good("Ổ đĩa trong máy", "A disk of this laptop"),
        "place_stick": warn(("Ổ rời (USB): rút ra là mất", "A removable disk"), _MOVE),
        "place_memory": bad(
            ("Nằm trong bộ nhớ RAM: mất điện là mất hết", "In memory: a power cut takes it all"),
            _MOVE,
        ),
        "place_network": bad(
            ("Nằm trên ổ mạng: dữ liệu có thể hỏng", "On a network drive: the data may break"),
            _MOVE,
        ),
        "place_unknown": unknown(
            ("Không rõ loại ổ", "The kind of disk is not known"),
            ("Xem thư mục có nằm trên ổ trong máy không.", "See that it is the laptop's own disk."),
            blocks=False,
        ),
        "folder_private": good(
            "Ghi được, người khác trên máy không đọc được",
            "Can be written, and nobody else on this laptop reads it",
        ),
        "folder_listed": warn(
            (
                "Ghi được, người dùng khác trên máy xem được thư mục",
                "Can be written; other users of this laptop can look into it",
            ),
            ("Chạy chmod 700 cho thư mục {folder}.", "Run chmod 700 on {folder}."),
        ),
        "folder_open": bad(
            (
                "Người dùng khác trên máy đọc được khóa và danh sách",
                "Other users of this laptop can read keys and names",
            ),
            (
                "Chạy chmod 700 cho thư mục {folder}, rồi chmod 600 cho keys.json trong đó.",
                "Run chmod 700 on {folder}, then chmod 600 on keys.json in it.",
            ),
        ),
        "folder_rights_unknown": unknown(
            ("Ghi được; quyền đọc của người khác: không rõ", "Can be written; rights not known"),
            (
                "Chỉ để một tài khoản Windows có mật khẩu trên máy này.",
                "Keep one Windows account with a password on this laptop.",
            ),
            blocks=False,
        ),
        "folder_unwritable": bad(
            ("Không ghi được vào {folder} ({reason})", "{folder} cannot be written ({reason})"),
            (
                "Xem quyền ghi của thư mục, và ổ có bị khóa ghi không.",
                "See the rights of the folder, and whether the disk is write-protected.",
            ),
        ),
        "space_enough": good("Còn {free}", "{free} free"),
        "space_low": warn(("Chỉ còn {free}", "Only {free} free"), _ROOM),
        "space_none": bad(("Gần đầy, còn {free}", "Nearly full, {free} free"), _ROOM),
        "commits_fine": good(
            "{rate} lần ghi mỗi giây ({middle} ms một lần)",
            "{rate} commits a second ({middle} ms each)",
        ),
        "commits_slow": warn(
            (
                "Ổ chậm: {rate} lần ghi mỗi giây ({middle} ms một lần)",
                "A slow disk: {rate} commits a second ({middle} ms each)",
            ),
            (
                "Tắt chương trình khác đang ghi ổ; nên dùng máy có ổ SSD.",
                "Stop whatever else writes to it; a laptop with an SSD is better.",
            ),
        ),
        "commits_poor": bad(
            (
                "Ổ quá chậm: {rate} lần ghi mỗi giây ({middle} ms một lần)",
                "Too slow: {rate} commits a second ({middle} ms each)",
            ),
            (
                "Đổi sang máy có ổ SSD; ở cổng sẽ phải xếp hàng.",
                "Take a laptop with an SSD; with this one a queue forms at the gates.",
            ),
        ),
        "commits_doubtful": warn(
            (
                "{rate} lần ghi mỗi giây: nhanh khác thường, ổ có thể chưa ghi thật",
                "{rate} commits a second: too fast to be true, it may not store at once",
            ),
            (
                "Máy ảo hoặc ổ RAM không chịu được mất điện: dùng máy thật.",
                "A virtual machine or RAM disk does not survive a power cut: use a real laptop.",
            ),
        ),
        "commits_failed": bad(
            ("Không ghi thử được ({reason})", "The trial write failed ({reason})"),
            (
                "Xem ổ còn chỗ và còn ghi được không, rồi bấm Kiểm tra lại.",
                "See that the disk has room and can be written, then check again.",
            ),
        ),
    }
)

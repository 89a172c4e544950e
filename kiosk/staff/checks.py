"""Whether the people who run the hall can sign in, each as themselves (`kiosk doctor`)."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.core.access import Role
from kiosk.core.checks import Check, Finding, Group, Scene, bad, good, register, say, warn
from kiosk.staff import queries

#: Roles without which the day cannot be walked, and one without which trouble waits long.
_NEEDED = {Role.CHAIR: "accounts_no_chair", Role.SECRETARY: "accounts_no_secretary"}
_WANTED = {Role.TECHNICIAN: "accounts_no_technician", Role.DESK: "accounts_no_desk"}


def accounts(scene: Scene) -> Iterator[Finding]:
    """One account for each person: a shared one tells the book nothing."""
    session = scene.reading
    rows = [row for row in queries.accounts(session) if row.closed_at is None]
    roles = {row.role for row in rows}
    for role, code in (_NEEDED | _WANTED).items():
        if role not in roles:
            yield Finding(code)
    browsers = queries.browsers_by_account(session, scene.now)
    for row in rows:
        if browsers.get(row.id, 0) > 1:
            yield Finding("account_shared", {"name": row.name, "count": browsers[row.id]})
    if all(role in roles for role in _NEEDED):
        yield Finding("accounts_there", {"count": len(rows)})


register(
    Check(
        key="people.accounts",
        group=Group.PEOPLE,
        order=640,
        name=("Tài khoản", "Accounts"),
        run=accounts,
        page="staff.accounts",
        follows=frozenset({"staff", "access"}),
    )
)

_ADD = (
    "Lập ở trang Tài khoản, mỗi người một tài khoản.",
    "Add one on the page Accounts, one for each person.",
)

say(
    {
        "accounts_there": good("{count} tài khoản đang dùng", "{count} accounts in use"),
        "accounts_no_chair": bad(("Chủ tọa chưa có tài khoản", "The chair has no account"), _ADD),
        "accounts_no_secretary": bad(
            ("Thư ký chưa có tài khoản", "The secretary has no account"), _ADD
        ),
        "accounts_no_technician": warn(
            ("Kỹ thuật chưa có tài khoản riêng", "The technician has no account"), _ADD
        ),
        "accounts_no_desk": warn(
            ("Bàn đón tiếp chưa có tài khoản", "The desk has no account"), _ADD
        ),
        "account_shared": warn(
            (
                "«{name}» đang mở trên {count} trình duyệt",
                "“{name}” is signed in on {count} browsers",
            ),
            (
                "Hỏi xem có dùng chung không; mỗi người một tài khoản.",
                "Ask whether it is shared; each person needs an account.",
            ),
        ),
    }
)

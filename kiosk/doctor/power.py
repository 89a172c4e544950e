"""Power and memory, as far as the system tells; it asks nobody and needs no library.

Linux: `/sys/class/power_supply` (kernel ABI, testing/sysfs-class-power). Windows:
`GetSystemPowerStatus`. Elsewhere the machine does not tell, and a person says it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kiosk.core.checks import Check, Finding, Group, Scene, bad, good, register, say, unknown, warn
from kiosk.doctor import rules

SUPPLIES = Path("/sys/class/power_supply")
MEMINFO = Path("/proc/meminfo")


@dataclass(frozen=True)
class Power:
    """What the machine says; None for what it does not."""

    #: On the mains.
    plugged: bool | None = None
    #: False only where the machine says that it has none.
    has_battery: bool | None = None
    #: Per cent.
    level: int | None = None


def read_power() -> Power:
    """The laptop's own word about its power."""
    if sys.platform == "win32":
        return _of_windows()
    return of_supplies(SUPPLIES)


def of_supplies(folder: Path) -> Power:
    """From the power supplies of a Linux machine.

    Batteries of a mouse or a headset (`scope` Device) say nothing about the laptop.
    """
    levels, plugged, seen_battery = [], None, False
    try:
        supplies = sorted(folder.iterdir())
    except OSError:
        return Power()
    for supply in supplies:
        kind = _word(supply / "type")
        if _word(supply / "scope") == "Device":
            continue
        if kind == "Battery":
            seen_battery = True
            said = _word(supply / "capacity")
            if said.isdecimal():
                levels.append(int(said))
            if plugged is None and _word(supply / "status") == "Discharging":
                plugged = False
        elif kind in {"Mains", "USB", "USB_C", "Wireless"}:
            online = _word(supply / "online")
            # One of several sockets is enough.
            if online == "1":
                plugged = True
            elif online == "0" and plugged is None:
                plugged = False
    if not supplies:
        # A tower and a virtual machine look the same: nothing is known.
        return Power()
    level = round(sum(levels) / len(levels)) if levels else None
    return Power(plugged=plugged, has_battery=seen_battery or None, level=level)


def _word(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def _of_windows() -> Power:
    import ctypes

    class Status(ctypes.Structure):
        """SYSTEM_POWER_STATUS of winbase.h."""

        _fields_ = (
            ("ac_line", ctypes.c_ubyte),
            ("flag", ctypes.c_ubyte),
            ("percent", ctypes.c_ubyte),
            ("saver", ctypes.c_ubyte),
            ("life", ctypes.c_ulong),
            ("full_life", ctypes.c_ulong),
        )

    status = Status()
    library = getattr(ctypes, "windll", None)
    if library is None or not library.kernel32.GetSystemPowerStatus(ctypes.byref(status)):
        return Power()
    return of_windows(ac_line=status.ac_line, flag=status.flag, percent=status.percent)


def of_windows(*, ac_line: int, flag: int, percent: int) -> Power:
    """From the three bytes of SYSTEM_POWER_STATUS; 255 is "unknown" in each."""
    return Power(
        plugged={0: False, 1: True}.get(ac_line),
        has_battery=None if flag == 255 else not flag & 128,
        level=percent if percent <= 100 else None,
    )


def power_finding(power: Power, *, vouched: bool | None) -> Finding:
    """`vouched`: what a person said today where the machine does not tell; None for nothing."""
    level = "–" if power.level is None else f"{power.level} %"
    if power.plugged is False:
        is_low = power.level is not None and power.level <= rules.BATTERY_LOW
        return Finding("power_battery_low" if is_low else "power_battery", {"level": level})
    if power.plugged:
        if power.has_battery:
            return Finding("power_plugged", {"level": level})
        return Finding("power_no_battery")
    if vouched is None:
        return Finding("power_unknown")
    return Finding("power_vouched" if vouched else "power_denied")


# -- memory ----------------------------------------------------------------------------------------


def free_memory() -> int | None:
    """Bytes that programs can still take; None where the system does not tell."""
    if sys.platform == "win32":
        return _windows_memory()
    try:
        for line in MEMINFO.read_text(encoding="ascii", errors="replace").splitlines():
            name, _, rest = line.partition(":")
            if name == "MemAvailable":
                return int(rest.split()[0]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return None


def _windows_memory() -> int | None:
    import ctypes

    class Status(ctypes.Structure):
        """MEMORYSTATUSEX of sysinfoapi.h."""

        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            ("total", ctypes.c_ulonglong),
            ("free", ctypes.c_ulonglong),
            *((f"more_{number}", ctypes.c_ulonglong) for number in range(5)),
        )

    status = Status()
    status.length = ctypes.sizeof(Status)
    library = getattr(ctypes, "windll", None)
    if library is None or not library.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.free)


def memory(scene: Scene) -> Iterator[Finding]:
    free = free_memory()
    if free is None:
        yield Finding("memory_unknown")
    else:
        yield Finding(rules.memory(free), {"free": rules.amount(free)})


register(
    Check(
        key="machine.memory",
        group=Group.MACHINE,
        order=910,
        name=("Bộ nhớ trống", "Free memory"),
        run=memory,
        measured=True,
    )
)

_CLOSE = (
    "Đóng bớt chương trình và thẻ trình duyệt không cần.",
    "Close programs and browser tabs that are not needed.",
)
_PLUG = (
    "Cắm sạc, và xem ổ cắm có điện không.",
    "Plug the charger in, and see that the socket has power.",
)

say(
    {
        "memory_enough": good("Còn {free}", "{free} free"),
        "memory_low": warn(("Chỉ còn {free}", "Only {free} free"), _CLOSE),
        "memory_none": bad(("Gần hết, còn {free}", "Nearly none, {free} free"), _CLOSE),
        "memory_unknown": unknown(
            ("Không rõ", "Not known"),
            ("Xem trong hệ điều hành.", "Look into the system."),
            blocks=False,
        ),
        "power_plugged": good("Đang cắm điện, pin {level}", "On the mains, battery {level}"),
        "power_no_battery": warn(
            ("Đang cắm điện, máy không có pin", "On the mains, without a battery"),
            (
                "Mất điện là máy tắt: nên có bộ lưu điện (UPS).",
                "A power cut switches it off: use a UPS.",
            ),
        ),
        "power_battery": bad(("Đang chạy bằng pin ({level})", "On battery ({level})"), _PLUG),
        "power_battery_low": bad(
            ("Pin sắp hết ({level}), chưa cắm điện", "Battery low ({level}), not plugged in"), _PLUG
        ),
        "power_unknown": unknown(
            ("Máy không báo nguồn điện: không rõ", "The machine does not tell: not known"),
            (
                "Xem phích cắm, rồi bấm Đã cắm điện ở mục Thử tại máy này.",
                "Look at the plug, then press Plugged in under Tried at this laptop.",
            ),
        ),
        "power_vouched": good("Máy không báo; có người xác nhận đã cắm điện", "A person vouches"),
        "power_denied": bad(("Chưa cắm điện", "Not plugged in"), _PLUG),
    }
)

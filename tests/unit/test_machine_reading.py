"""What a machine says of its power and its disks, read from the text that the system gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.doctor import disk, power
from kiosk.doctor.power import Power, of_supplies, of_windows, power_finding


def supplies(folder: Path, **given: dict[str, str]) -> Path:
    for name, files in given.items():
        (folder / name).mkdir(parents=True)
        for file, text in files.items():
            (folder / name / file).write_text(f"{text}\n", encoding="ascii")
    return folder


def test_a_laptop_on_the_mains(tmp_path: Path) -> None:
    folder = supplies(
        tmp_path,
        AC={"type": "Mains", "online": "1"},
        BAT0={"type": "Battery", "capacity": "87", "status": "Charging"},
        BAT1={"type": "Battery", "capacity": "77", "status": "Full"},
    )
    assert of_supplies(folder) == Power(plugged=True, has_battery=True, level=82)


def test_a_laptop_on_its_battery(tmp_path: Path) -> None:
    folder = supplies(
        tmp_path,
        ADP1={"type": "Mains", "online": "0"},
        BAT0={"type": "Battery", "capacity": "63", "status": "Discharging"},
    )
    assert of_supplies(folder) == Power(plugged=False, has_battery=True, level=63)


def test_a_battery_that_empties_tells_without_a_socket(tmp_path: Path) -> None:
    folder = supplies(tmp_path, BAT0={"type": "Battery", "status": "Discharging"})
    assert of_supplies(folder) == Power(plugged=False, has_battery=True, level=None)


def test_one_of_several_sockets_is_enough(tmp_path: Path) -> None:
    folder = supplies(
        tmp_path,
        a={"type": "USB", "online": "0"},
        b={"type": "USB", "online": "1"},
        c={"type": "USB", "online": "0"},
    )
    assert of_supplies(folder).plugged is True


def test_the_battery_of_a_mouse_is_no_battery_of_the_laptop(tmp_path: Path) -> None:
    folder = supplies(
        tmp_path,
        AC={"type": "Mains", "online": "1"},
        hid={"type": "Battery", "scope": "Device", "capacity": "5", "status": "Discharging"},
    )
    assert of_supplies(folder) == Power(plugged=True)


def test_a_machine_that_tells_nothing_is_not_known(tmp_path: Path) -> None:
    assert of_supplies(tmp_path) == Power()
    assert of_supplies(tmp_path / "nothing") == Power()


@pytest.mark.parametrize(
    ("ac_line", "flag", "percent", "found"),
    [
        (1, 8, 90, Power(plugged=True, has_battery=True, level=90)),
        (0, 1, 70, Power(plugged=False, has_battery=True, level=70)),
        (1, 128, 255, Power(plugged=True, has_battery=False)),
        (255, 255, 255, Power()),
    ],
)
def test_the_bytes_of_windows(ac_line: int, flag: int, percent: int, found: Power) -> None:
    assert of_windows(ac_line=ac_line, flag=flag, percent=percent) == found


@pytest.mark.parametrize(
    ("said", "vouched", "code"),
    [
        (Power(plugged=True, has_battery=True, level=80), None, "power_plugged"),
        (Power(plugged=True), None, "power_no_battery"),
        (Power(plugged=False, has_battery=True, level=80), None, "power_battery"),
        (Power(plugged=False, has_battery=True, level=25), None, "power_battery_low"),
        # The machine's own word goes before a person's.
        (Power(plugged=False, has_battery=True, level=80), True, "power_battery"),
        (Power(), None, "power_unknown"),
        (Power(has_battery=True, level=50), None, "power_unknown"),
        (Power(), True, "power_vouched"),
        (Power(), False, "power_denied"),
    ],
)
def test_what_is_found_of_the_power(said: Power, vouched: bool | None, code: str) -> None:
    assert power_finding(said, vouched=vouched).code == code


def test_free_memory_is_read_or_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "meminfo"
    file.write_text("MemTotal: 8000 kB\nMemAvailable:    3000 kB\n", encoding="ascii")
    monkeypatch.setattr(power, "MEMINFO", file)
    assert power.free_memory() == 3_072_000


MOUNTS = """\
21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 21 0:25 / /run rw,nosuid - tmpfs tmpfs rw,size=1000k
31 21 0:40 / /media/hội\\040nghị rw - cifs //office/share rw
33 21 0:44 / /media/stick rw master:3 propagate_from:2 - vfat /dev/sdb1 rw
broken line
"""


@pytest.mark.parametrize(
    ("folder", "code"),
    [
        ("/home/hall/instance", "place_disk"),
        ("/run/instance", "place_memory"),
        ("/run", "place_memory"),
        ("/runway/instance", "place_disk"),
        ("/media/hội nghị/x", "place_network"),
        ("/media/stick/x", "place_disk"),
    ],
)
def test_the_disk_under_a_folder(folder: str, code: str) -> None:
    assert disk.place_in(MOUNTS, Path(folder)) == code


def test_a_table_of_mounts_that_says_nothing_is_not_known() -> None:
    assert disk.place_in("", Path("/instance")) == "place_unknown"

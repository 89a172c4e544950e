"""`kiosk ballot decide`: the engine for tellers with paper, and for anyone who checks."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from support import run_kiosk

ASKED: dict[str, Any] = {
    "type": "A",
    "seats": 3,
    "base": "present",
    "tie": "second_round",
    "counts": {
        "summoned": 100, "present": 90, "issued": 88, "collected": 88, "valid": 86, "invalid": 2
    },
    "candidates": [
        {"name": "Trần Dũng", "born": "1966-01-01", "votes": 50},
        {"name": "Đỗ Bình", "born": None, "votes": 55},
        {"name": "Lê Chi", "votes": 50},
        {"name": "Phạm Giang", "born": None, "votes": 45},
        {"name": "Nguyễn Văn An", "born": None, "votes": 58},
    ],
}  # fmt: skip


def decide(folder: Path, said: dict[str, Any], *more: str) -> subprocess.CompletedProcess[bytes]:
    file = folder / "kiểm phiếu.json"
    file.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    return run_kiosk(
        "ballot", "decide", str(file), *more, folder=folder / "none", PYTHONIOENCODING="utf-8"
    )


def test_the_outcome_is_one_json_document_as_the_issue_says(tmp_path: Path) -> None:
    done = decide(tmp_path, ASKED, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "threshold": 46,
        "elected": ["Nguyễn Văn An", "Đỗ Bình"],
        "tied": ["Lê Chi", "Trần Dũng"],
        "open_seats": 1,
        "second_round": {"candidates": ["Lê Chi", "Trần Dũng"], "seats": 1},
        "reasons": {
            "Nguyễn Văn An": "elected",
            "Đỗ Bình": "elected",
            "Lê Chi": "tied_last_seat",
            "Trần Dũng": "tied_last_seat",
            "Phạm Giang": "below_threshold",
        },
    }
    assert not (tmp_path / "none").exists(), "no conference is needed, and none is made"


def test_without_json_people_read_the_same(tmp_path: Path) -> None:
    done = decide(tmp_path, ASKED)
    assert done.returncode == 0
    said = done.stdout.decode("utf-8")
    assert "threshold 46" in said
    assert "second round for 1: Lê Chi, Trần Dũng" in said


def test_counts_that_disagree_exit_with_1_and_name_the_law(tmp_path: Path) -> None:
    wrong = {**ASKED, "counts": {**ASKED["counts"], "invalid": 3}}
    done = decide(tmp_path, wrong, "--json")
    assert done.returncode == 1
    assert done.stdout == b""
    said = done.stderr.decode("utf-8")
    assert "valid + invalid = collected" in said
    assert "hợp lệ + không hợp lệ = thu về" in said


def test_a_file_that_is_wrong_exits_with_1_and_names_the_place(tmp_path: Path) -> None:
    done = decide(tmp_path, {**ASKED, "seats": "three"}, "--json")
    assert done.returncode == 1
    assert "«seats»" in done.stderr.decode("utf-8")


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    done = run_kiosk("ballot", "decide", str(tmp_path / "none.json"), folder=tmp_path)
    assert done.returncode == 2

"""The worker process: `python -m kiosk.job NAME`, started by `core/jobs.py` and by nobody else.

This file stands above the rooms, so it may name them; a job's module is loaded only when the job
runs. A job is `def job(payload: dict, progress) -> bytes`; it raises `Refused` for what a person
can put right. The wire is described in `core/jobs.py`.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import IO, Any, Protocol

from kiosk.core import jobs
from kiosk.core.errors import Refused


class Progress(Protocol):
    """Told now and then how much of the work is done."""

    def __call__(self, done: int, total: int, /) -> None: ...


Job = Callable[[dict[str, Any], Progress], bytes]

#: Every job of the rooms: "module:function".
JOBS: dict[str, str] = {
    "attendance_list": "kiosk.documents.attendance_list:job",
    "backup_copy": "kiosk.backup.copying:job",
    "badge_sheet": "kiosk.conference.badge_sheet:job",
    "ballot_lock": "kiosk.ballot.keys:lock_job",
    "ballot_open": "kiosk.ballot.opening:job",
    "ballot_paper": "kiosk.ballot.papers:job",
    "ballot_photo": "kiosk.ballot.photos:job",
    "doctor": "kiosk.doctor.measuring:job",
    "doctor_sheet": "kiosk.doctor.paper:sheet_job",
    "doctor_test_page": "kiosk.doctor.paper:test_page_job",
    "fallback_list": "kiosk.documents.fallback_list:job",
    "hall_authority": "kiosk.tls.authority:look_job",
    "hall_certificate": "kiosk.tls.authority:job",
    "invitations": "kiosk.documents.invitation:job",
    "old_workbook": "kiosk.conference.roster.book_reader:job",
    "pledge_paper": "kiosk.documents.pledge_paper:job",
    "read_plan": "kiosk.conference.reading:plan_job",
    "read_roster": "kiosk.conference.reading:roster_job",
    "preview_roster": "kiosk.conference.reading:preview_job",
}


def main(arguments: list[str] | None = None) -> int:
    """Read one payload, do one job, write one answer. 0: done or refused; 1: crashed."""
    (name,) = sys.argv[1:] if arguments is None else arguments
    jobs.step_back()
    head: dict[str, Any]
    with _answer_pipe() as out:
        try:
            result = _function(name)(_payload(sys.stdin.buffer), _progress)
            head, body = {"ok": len(result)}, result
        except Refused as refusal:
            facts = json.loads(json.dumps(refusal.facts, default=str))
            head, body = {"refused": {"code": refusal.code, "facts": facts}}, b""
        except Exception:  # the last door of a process: the log is its only witness
            traceback.print_exc()
            head, body = {"failed": True}, b""
        out.write(json.dumps(head).encode("ascii") + b"\n")
        out.write(body)
    return 1 if "failed" in head else 0


def _function(name: str) -> Job:
    module, _, function = JOBS[name].partition(":")
    job: Job = getattr(importlib.import_module(module), function)
    return job


@contextlib.contextmanager
def _answer_pipe() -> Iterator[IO[bytes]]:
    """Standard output for the answer alone: what a library prints there goes to the log instead."""
    sys.stdout.flush()
    out: IO[bytes] = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with out:
        yield out


def _payload(source: IO[bytes]) -> dict[str, Any]:
    header = json.loads(source.readline())
    blobs = [source.read(length) for length in header["blobs"]]
    if [len(blob) for blob in blobs] != header["blobs"]:
        raise EOFError("the server went away before the payload was whole")

    def filled(value: Any) -> Any:
        match value:
            case {"$blob": int(index)} if len(value) == 1:
                return blobs[index]
            case dict():
                return {key: filled(inner) for key, inner in value.items()}
            case list():
                return [filled(inner) for inner in value]
            case _:
                return value

    payload: dict[str, Any] = filled(header["payload"])
    return payload


def _progress(done: int, total: int, /) -> None:
    print(f"progress {done} {total}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

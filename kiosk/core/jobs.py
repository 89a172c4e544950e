"""Long Python work in a process of its own, one at a time in each lane (design.md 2.3).

A badge sheet or an import would stop the server's loop for seconds: no scan, no stream, no clock.
So `run_job` starts one `python -m kiosk.job NAME`, hands it the payload and waits, while the loop
goes on (gevent patches `subprocess`, `threading` and `queue`; without gevent they are real). Never
`multiprocessing`, which hangs under gevent; no shell; nothing but pipes, so Windows is the same.

The wire, both ways: one line of JSON (ASCII), then raw bytes.
    in   {"payload": …, "blobs": [length, …]}    each bytes value is {"$blob": index} in the payload
    out  {"ok": length} | {"refused": {"code", "facts"}} | {"failed": true}
Progress comes on standard error as lines "progress DONE TOTAL"; all else there goes to the log.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from kiosk.core.errors import Refused

log = logging.getLogger(__name__)

#: The module that is started; it alone knows which rooms have jobs (core knows no room).
WORKER = "kiosk.job"

_ROOT = Path(__file__).resolve().parent.parent.parent
#: One job at a time in each: copies wait for disks that people pull out, papers wait for no copy.
#: Neither holds up the certificate of a network that has just come, and who asks whether all is
#: ready waits behind no badges; nor do the tellers.
_LANES = ("paper", "backup", "old_workbook", "certificate", "doctor", "ballot")
_TURNS = {lane: threading.BoundedSemaphore(1) for lane in _LANES}
# The last lines of a talkative job are the ones that say why it failed.
_KEPT_LINES = 200
_LONGEST_LINE = 4096
_CLOSED_GRACE = 5.0

_Event = tuple[str, Any]


def run_job(
    name: str,
    payload: Mapping[str, Any],
    *,
    on_progress: Callable[[int, int], None] | None = None,
    timeout: float = 120,
    lane: str = "paper",
) -> bytes:
    """The bytes that job `name` makes of `payload`, made in another process.

    `payload` is what JSON can hold, and `bytes` anywhere in it (an uploaded file travels as it
    is, without base64). `on_progress(done, total)` is called here, in the caller's own greenlet or
    thread. `timeout` in seconds holds for the wait for a turn and again for the work.

    Raises what the job refused, with code and facts; Refused("job_failed") when it crashed (the
    reason is in the log), Refused("job_timed_out") when it was stopped, Refused("jobs_busy") when
    the job before it did not end in time.
    """
    header, blobs = _packed(payload)
    turn = _TURNS[lane]
    if not turn.acquire(timeout=timeout):
        raise Refused("jobs_busy", job=name)
    try:
        return _run(name, header, blobs, on_progress, timeout)
    finally:
        turn.release()


def _run(
    name: str,
    header: bytes,
    blobs: list[bytes],
    on_progress: Callable[[int, int], None] | None,
    timeout: float,
) -> bytes:
    deadline = time.monotonic() + timeout
    said: deque[str] = deque(maxlen=_KEPT_LINES)
    with _started(name) as process:
        events: queue.Queue[_Event] = queue.Queue()
        for work in (
            lambda: _feed(process.stdin, header, blobs),
            lambda: _collect(process.stdout, events),
            lambda: _listen(process.stderr, events),
        ):
            threading.Thread(target=work, name=f"job-{name}", daemon=True).start()
        answer: bytes | None = None
        listening = True
        while answer is None or listening:
            try:
                kind, value = events.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                log.error("job %s stopped after %s s\n%s", name, timeout, "\n".join(said))
                raise Refused("job_timed_out", job=name, seconds=round(timeout)) from None
            if kind == "answer":
                answer = value
            elif kind == "silent":
                listening = False
            elif kind == "progress":
                if on_progress is not None:
                    on_progress(*value)
            else:
                said.append(value)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_CLOSED_GRACE)
        return _opened(name, answer, process.returncode, said)


def step_back() -> None:
    """Let the hall's scans go before the paper that this process is about to make.

    For whole processes only. Where the system knows no niceness (Windows) a worker is started with
    a low priority class instead.
    """
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(10)


@contextlib.contextmanager
def _started(name: str) -> Iterator[subprocess.Popen[bytes]]:
    """The worker; whatever happens to the caller, it does not outlive this block."""
    environment = dict(os.environ)
    # A Vietnamese Windows would give the worker code page 1258; it speaks UTF-8 like the rest.
    environment["PYTHONUTF8"] = "1"
    environment["PYTHONIOENCODING"] = "utf-8"
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(_ROOT), environment.get("PYTHONPATH")])
    )
    process = subprocess.Popen(  # noqa: S603  our own module, no shell
        # -P: a file called json.py in the current folder must not become ours.
        [sys.executable, "-P", "-m", WORKER, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        # Windows only (zero elsewhere): no black window; the hall's scans go before our paper.
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0)
        | getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _feed(pipe: IO[bytes] | None, header: bytes, blobs: list[bytes]) -> None:
    if pipe is None:
        return
    # A worker that crashed at once has closed its end; its own words tell why.
    with contextlib.suppress(OSError), pipe:
        pipe.write(header)
        for blob in blobs:
            pipe.write(blob)


def _collect(pipe: IO[bytes] | None, events: queue.Queue[_Event]) -> None:
    answer = b""
    try:
        if pipe is not None:
            with pipe:
                answer = pipe.read()
    except (OSError, ValueError):  # closed under us by a kill
        log.debug("the worker's answer broke off", exc_info=True)
    finally:
        events.put(("answer", answer))


def _listen(pipe: IO[bytes] | None, events: queue.Queue[_Event]) -> None:
    try:
        if pipe is not None:
            with pipe:
                while raw := pipe.readline(_LONGEST_LINE):
                    line = raw.decode("utf-8", errors="replace").rstrip()
                    match line.split(" "):
                        case ["progress", done, total] if done.isdecimal() and total.isdecimal():
                            events.put(("progress", (int(done), int(total))))
                        case _:
                            events.put(("line", line))
    except (OSError, ValueError):
        log.debug("the worker's words broke off", exc_info=True)
    finally:
        events.put(("silent", None))


def _opened(name: str, answer: bytes, code: int | None, said: deque[str]) -> bytes:
    """The result inside the answer, or the refusal."""
    line, _, body = answer.partition(b"\n")
    try:
        head = json.loads(line)
    except ValueError:
        head = None
    match head:
        case {"ok": int(length)} if length == len(body) and code == 0:
            for words in said:
                log.info("job %s: %s", name, words)
            return body
        case {"refused": {"code": str(refusal), "facts": dict(facts)}}:
            raise Refused(refusal, **facts)
        case _:
            log.error("job %s failed (exit %s)\n%s", name, code, "\n".join(said))
            raise Refused("job_failed", job=name)


def _packed(payload: Mapping[str, Any]) -> tuple[bytes, list[bytes]]:
    """The header line and the raw values behind it. Raises TypeError for what JSON cannot hold."""
    blobs: list[bytes] = []

    def aside(value: Any) -> Any:
        if isinstance(value, bytes | bytearray | memoryview):
            blobs.append(bytes(value))
            return {"$blob": len(blobs) - 1}
        raise TypeError(f"a payload holds JSON and bytes, not {type(value).__name__}")

    # `default` is asked once for each value that JSON does not know, in order.
    body = json.dumps(dict(payload), default=aside)
    header = f'{{"payload": {body}, "blobs": {json.dumps([len(blob) for blob in blobs])}}}\n'
    return header.encode("ascii"), blobs

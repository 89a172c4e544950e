"""The worker process: bytes in, bytes out, refusals carried back, nothing left running."""

from __future__ import annotations

import importlib
import logging
import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from kiosk import job as worker
from kiosk.core import jobs
from kiosk.core.errors import Refused
from kiosk.core.jobs import run_job

ROOT = Path(jobs.__file__).resolve().parents[2]

PROBES = """
    import os, sys, time
    from kiosk import job
    from kiosk.core.errors import Refused

    def echo(payload, progress):
        print("a library that prints to standard output: ắ")
        os.write(1, b"and one that writes to its file number\\n")
        for done in range(1, 4):
            progress(done, 3)
        return payload["text"].encode("utf-8") + b"|" + payload["files"][0] + payload["files"][1]

    def refuse(payload, progress):
        raise Refused("no_header_found", row=20, text="Đại biểu")

    def crash(payload, progress):
        raise RuntimeError("lỗi bất ngờ")

    def vanish(payload, progress):
        os._exit(3)

    def sleep(payload, progress):
        progress(1, 2)
        time.sleep(payload["seconds"])
        return str(os.getpid()).encode()

    job.JOBS.update({name: f"probe_jobs:{name}" for name in
                     ("echo", "refuse", "crash", "vanish", "sleep")})
    if __name__ == "__main__":
        sys.exit(job.main())
"""


@pytest.fixture
def probes(tmp_path, monkeypatch):
    """A worker whose jobs misbehave in every way we know."""
    (tmp_path / "probe_jobs.py").write_text(textwrap.dedent(PROBES), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(jobs, "WORKER", "probe_jobs")
    return tmp_path


def test_text_and_files_arrive_whole_and_progress_is_told(probes):
    blob = bytes(range(256)) * 8000
    told = []
    made = run_job(
        "echo",
        {"text": "Nguyễn Thị Ễ", "files": [blob, b"\n{}\n"]},
        on_progress=lambda done, total: told.append((done, total)),
        timeout=30,
    )
    assert made == "Nguyễn Thị Ễ".encode() + b"|" + blob + b"\n{}\n"
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_vietnamese_windows_code_page_changes_nothing(probes, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "cp1258")
    monkeypatch.setenv("PYTHONUTF8", "0")
    made = run_job("echo", {"text": "ẽ", "files": [b"1", b"2"]}, timeout=30)
    assert made == "ẽ".encode() + b"|12"


def test_a_refusal_travels_back_with_its_code_and_facts(probes):
    with pytest.raises(Refused) as refused:
        run_job("refuse", {}, timeout=30)
    assert refused.value.code == "no_header_found"
    assert refused.value.facts == {"row": 20, "text": "Đại biểu"}


@pytest.mark.parametrize(("name", "reason"), [("crash", "lỗi bất ngờ"), ("vanish", "exit 3")])
def test_a_crash_is_one_refusal_and_its_reason_is_in_the_log(probes, caplog, name, reason):
    with caplog.at_level(logging.ERROR), pytest.raises(Refused) as refused:
        run_job(name, {}, timeout=30)
    assert refused.value.code == "job_failed"
    assert reason in caplog.text
    assert reason not in str(refused.value)


def test_an_unknown_job_fails_and_does_not_hang(caplog):
    with caplog.at_level(logging.ERROR), pytest.raises(Refused, match="job_failed"):
        run_job("no_such_job", {"file": b"x" * 3_000_000}, timeout=30)
    assert "no_such_job" in caplog.text


def test_a_job_that_takes_too_long_is_killed_and_the_next_one_runs(probes, caplog):
    began = time.monotonic()
    with caplog.at_level(logging.ERROR), pytest.raises(Refused) as refused:
        run_job("sleep", {"seconds": 60}, timeout=1)
    assert refused.value.code == "job_timed_out"
    assert time.monotonic() - began < 10
    assert run_job("sleep", {"seconds": 0}, timeout=30).isdigit()


def test_the_worker_does_not_outlive_a_caller_that_gives_up(probes, monkeypatch):
    started = []
    real = subprocess.Popen

    def noted(*arguments, **keywords):
        started.append(real(*arguments, **keywords))
        return started[-1]

    def give_up(done, total):
        raise KeyboardInterrupt

    monkeypatch.setattr(jobs.subprocess, "Popen", noted)
    with pytest.raises(KeyboardInterrupt):
        run_job("sleep", {"seconds": 60}, on_progress=give_up, timeout=30)
    assert started[0].returncode is not None


def test_two_jobs_run_one_after_the_other(probes):
    spans = []

    def timed():
        edges = [0.0, 0.0]
        run_job("sleep", {"seconds": 0.4}, on_progress=lambda *_: _set(edges), timeout=30)
        edges[1] = time.monotonic()
        spans.append(edges)

    def _set(edges):
        edges[0] = time.monotonic()

    threads = [threading.Thread(target=timed) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    (_, first_end), (second_begin, _) = sorted(spans)
    assert second_begin > first_end - 0.1


def test_a_job_that_cannot_get_a_turn_says_so(probes):
    with jobs._TURNS["paper"], pytest.raises(Refused, match="jobs_busy"):
        run_job("echo", {"text": "", "files": [b"", b""]}, timeout=0.1)


def test_a_payload_that_json_cannot_hold_is_a_programming_error():
    with pytest.raises(TypeError, match="object"):
        run_job("echo", {"thing": object()})


def test_under_gevent_the_loop_goes_on_while_a_job_works(probes):
    script = """
        from gevent import monkey; monkey.patch_all()
        import gevent, time
        from kiosk.core import jobs
        jobs.WORKER = "probe_jobs"
        beats = []
        def beat():
            while True:
                gevent.sleep(0.02); beats.append(time.monotonic())
        heart = gevent.spawn(beat)
        told = []
        big = bytes(4_000_000)
        made = jobs.run_job("echo", {"text": "ắ", "files": [big, b"!"]}, timeout=30)
        assert made == "ắ|".encode() + big + b"!"
        jobs.run_job("sleep", {"seconds": 0.6}, on_progress=lambda *p: told.append(p), timeout=30)
        gaps = [b - a for a, b in zip(beats, beats[1:])]
        assert told == [(1, 2)], told
        assert len(beats) > 15, len(beats)
        assert max(gaps) < 0.5, max(gaps)
        print("alive")
    """
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(probes)]),
        "PYTHONUTF8": "1",
    }
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert ended.stdout.strip() == "alive", ended.stderr


@pytest.mark.parametrize("name", sorted(worker.JOBS))
def test_every_listed_job_exists(name):
    module, _, function = worker.JOBS[name].partition(":")
    assert callable(getattr(importlib.import_module(module), function))

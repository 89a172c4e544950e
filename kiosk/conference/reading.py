"""Reading an uploaded plan or roster outside the server's loop.

A roster of ten thousand rows keeps a processor busy for half a second; in the loop that would be
half a second in which no gate answers. Under `kiosk serve` a worker process reads it (design 2.3).
"""

from __future__ import annotations

import pickle
from typing import Any, cast

from kiosk.conference.plan.model import Plan
from kiosk.conference.roster.sheet import Sheet
from kiosk.core import jobs, pool, uploads


def plan(data: bytes, *, filename: str) -> Plan:
    """`plan.reader.read_plan`, off the loop. Raises its refusals."""
    return cast("Plan", _read("read_plan", data, filename))


def roster(data: bytes, *, filename: str) -> Sheet:
    """`roster.reader.read_roster`, off the loop. Raises its refusals."""
    return cast("Sheet", _read("read_roster", data, filename))


def _read(name: str, data: bytes, filename: str) -> object:
    uploads.ensure_size(data)
    order = {"data": data, "filename": filename}
    if not pool.under_gevent():
        return _JOBS[name](order)
    # Our own child process wrote these bytes a moment ago; nothing else can reach the pipe.
    return pickle.loads(jobs.run_job(name, order))  # noqa: S301


def _plan_of(order: dict[str, Any]) -> Plan:
    from kiosk.conference.plan.reader import read_plan

    return read_plan(order["data"], filename=order["filename"])


def _roster_of(order: dict[str, Any]) -> Sheet:
    from kiosk.conference.roster.reader import read_roster

    return read_roster(order["data"], filename=order["filename"])


_JOBS = {"read_plan": _plan_of, "read_roster": _roster_of}


def plan_job(order: dict[str, Any], progress: object) -> bytes:
    """For `kiosk.job`: the plan, pickled for the server that asked."""
    return pickle.dumps(_plan_of(order))


def roster_job(order: dict[str, Any], progress: object) -> bytes:
    """For `kiosk.job`: the roster, pickled for the server that asked."""
    return pickle.dumps(_roster_of(order))

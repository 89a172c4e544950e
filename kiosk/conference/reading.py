"""Reading an uploaded plan or roster outside the server's loop.

A roster of ten thousand rows keeps a processor busy for half a second; in the loop that would be
half a second in which no gate answers. Under `kiosk serve` a worker process reads it (design 2.3).
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any, cast

from kiosk.conference.plan.model import Plan
from kiosk.conference.roster.preview import Preview
from kiosk.conference.roster.sheet import AS_IT_IS, Choices, Sheet
from kiosk.core import jobs, pool, uploads


def plan(data: bytes, *, filename: str) -> Plan:
    """`plan.reader.read_plan`, off the loop. Raises its refusals."""
    return cast("Plan", _read("read_plan", data, filename))


def roster(data: bytes, *, filename: str, choices: Choices = AS_IT_IS) -> Sheet:
    """`roster.reader.read_roster`, off the loop. Raises its refusals."""
    return cast("Sheet", _read("read_roster", data, filename, choices))


def roster_preview(data: bytes, *, filename: str, choices: Choices = AS_IT_IS) -> Preview:
    """`roster.preview.preview_roster`, off the loop. Raises its refusals."""
    return cast("Preview", _read("preview_roster", data, filename, choices))


def _read(name: str, data: bytes, filename: str, choices: Choices = AS_IT_IS) -> object:
    uploads.ensure_size(data)
    order = {"data": data, "filename": filename, "choices": pickle.dumps(choices)}
    if not pool.under_gevent():
        return _JOBS[name](order)
    # Our own child process wrote these bytes a moment ago; nothing else can reach the pipe.
    return pickle.loads(jobs.run_job(name, order))  # noqa: S301


def _plan_of(order: dict[str, Any]) -> Plan:
    from kiosk.conference.plan.reader import read_plan

    return read_plan(order["data"], filename=order["filename"])


def _roster_of(order: dict[str, Any]) -> Sheet:
    from kiosk.conference.roster.reader import read_roster

    return read_roster(order["data"], filename=order["filename"], choices=_choices(order))


def _preview_of(order: dict[str, Any]) -> Preview:
    from kiosk.conference.roster.preview import preview_roster

    return preview_roster(order["data"], filename=order["filename"], choices=_choices(order))


def _choices(order: dict[str, Any]) -> Choices:
    # Made by `_read` of the process that started this one.
    return cast("Choices", pickle.loads(order["choices"]))  # noqa: S301


_JOBS: dict[str, Callable[[dict[str, Any]], object]] = {
    "read_plan": _plan_of,
    "read_roster": _roster_of,
    "preview_roster": _preview_of,
}


def plan_job(order: dict[str, Any], progress: object) -> bytes:
    """For `kiosk.job`: the plan, pickled for the server that asked."""
    return pickle.dumps(_plan_of(order))


def roster_job(order: dict[str, Any], progress: object) -> bytes:
    """For `kiosk.job`: the roster, pickled for the server that asked."""
    return pickle.dumps(_roster_of(order))


def preview_job(order: dict[str, Any], progress: object) -> bytes:
    """For `kiosk.job`: the look at a roster, pickled for the server that asked."""
    return pickle.dumps(_preview_of(order))

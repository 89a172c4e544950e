"""Which act a tablet shows (design 3: the act that is open, not the agenda item)."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def shown_act(*, task: str, open_now: Sequence[str], known: Collection[str]) -> str:
    """The act for one tablet.

    `task` is what it is told: `follow`, `follow_gate`, or the act it is pinned to. `open_now` are
    the open acts, the one to show first; `known` every act that there is. A pin goes before
    everything; a pin to an act of another version of the program is as good as none.
    """
    if task in known:
        return task
    if open_now:
        return open_now[0]
    return "gate" if task == "follow_gate" else "idle"

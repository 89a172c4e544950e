"""Work that would stall the loop: a durable COMMIT, a password hash.

Under gevent one stalled call stalls every gate in the hall, so such calls go to a few native
threads. Without gevent (tests, command line, a thread server) they are simply called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def under_gevent() -> bool:
    """True when `kiosk serve` has patched the process."""
    try:
        from gevent import monkey
    except ImportError:
        return False
    return bool(monkey.is_module_patched("threading"))


class Pool:
    """`size` native threads, made at the first call."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._threads: Any = None

    def call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` off the loop and wait for it; its exception comes back as its own.

        A caller that is stopped meanwhile is stopped only after the work has ended: a thread
        cannot be called back, and whoever cleans up must know what became of it.
        """
        if not under_gevent():
            return work(*args, **kwargs)
        if self._threads is None:
            from gevent.threadpool import ThreadPool

            self._threads = ThreadPool(self.size)
        job = self._threads.spawn(work, *args, **kwargs)
        stopped: BaseException | None = None
        while not job.ready():
            try:
                job.wait()
            except BaseException as stop:  # a killed greenlet, a timeout
                stopped = stop
        if stopped is not None:
            raise stopped
        result: T = job.get()
        return result


#: One thread: COMMITs of the one writer never overlap.
commits = Pool(1)

#: Two threads: one argon2id hash takes 64 MiB, and twenty sign-ins at once must not take 1.3 GB.
hashes = Pool(2)

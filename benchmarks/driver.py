"""A load driver that is not the bottleneck: asyncio protocols, prepared bytes, kept-alive sockets.

Loopback only. Closed loop: each client sends its next request when the whole answer has come.
"""

from __future__ import annotations

import asyncio
import math
import re
import socket
import ssl
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

#: Seconds for one answer; a server that needs longer has failed the bench.
ANSWER_WITHIN = 20.0

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_OUTCOME = re.compile(rb'data-outcome="(\w+)"')


@dataclass
class Round:
    """One round of load."""

    seconds: float
    #: Milliseconds of each request, sorted.
    times: list[float]
    statuses: Counter[int] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    def percentile(self, share: int) -> float:
        return nearest_rank(self.times, share)


def nearest_rank(times: Sequence[float], share: int) -> float:
    """The value that `share` percent of the sorted `times` do not exceed."""
    return times[max(0, math.ceil(len(times) * share / 100) - 1)]


class _Client(asyncio.Protocol):
    """One kept-alive connection; parses no more of HTTP than our server writes."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> asyncio.Future[tuple[int, bytes]]:
        self._buffer = b""
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.answer

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or self.answer is None or self.answer.done():
            return
        length = _LENGTH.search(head)
        if length is None or len(body) >= int(length[1]):
            self.answer.set_result((int(head[9:12]), body))

    def connection_lost(self, exc: Exception | None) -> None:
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(exc or ConnectionResetError("closed"))


def _where(address: str) -> tuple[str, int]:
    """Host and port; anything but this machine is refused."""
    parts = urlsplit(address)
    if parts.hostname not in {"127.0.0.1", "::1", "localhost"} or parts.port is None:
        raise ValueError(f"{address} is no loopback address")
    return parts.hostname, parts.port


async def drive(
    address: str, requests: Sequence[bytes], *, clients: int, tls: ssl.SSLContext | None = None
) -> Round:
    """Send every request once, `clients` at a time; encrypted with `tls`.

    Raises TimeoutError or ConnectionError: a lost answer makes the round worthless.
    """
    host, port = _where(address)
    loop = asyncio.get_running_loop()
    connections = [
        (await loop.create_connection(_Client, host, port, ssl=tls))[1] for _ in range(clients)
    ]
    round_ = Round(seconds=0.0, times=[])
    waiting = iter(requests)

    async def work(client: _Client, waiting: Iterator[bytes]) -> None:
        for request in waiting:
            sent = time.perf_counter()
            status, body = await client.send(request)
            round_.times.append((time.perf_counter() - sent) * 1000)
            round_.statuses[status] += 1
            found = _OUTCOME.search(body)
            round_.outcomes[found[1].decode() if found else "none"] += 1

    begun = time.perf_counter()
    try:
        async with asyncio.timeout(ANSWER_WITHIN + len(requests) / 10):
            await asyncio.gather(*(work(client, waiting) for client in connections))
    finally:
        for client in connections:
            client.transport.abort()
    round_.seconds = time.perf_counter() - begun
    round_.times.sort()
    return round_


async def join(address: str, request: bytes, *, clients: int, tls: ssl.SSLContext | None) -> Round:
    """So many machines come at one moment: connect, shake hands, ask once. A time is from there to
    the whole answer; TLS is resumed by none, as none was here before."""
    host, port = _where(address)
    loop = asyncio.get_running_loop()
    round_ = Round(seconds=0.0, times=[])
    begun = time.perf_counter()

    async def one() -> None:
        _, client = await loop.create_connection(_Client, host, port, ssl=tls)
        try:
            status, _ = await client.send(request)
        finally:
            client.transport.abort()
        round_.times.append((time.perf_counter() - begun) * 1000)
        round_.statuses[status] += 1

    async with asyncio.timeout(ANSWER_WITHIN):
        await asyncio.gather(*(one() for _ in range(clients)))
    round_.seconds = time.perf_counter() - begun
    round_.times.sort()
    return round_


class _Listener(asyncio.Protocol):
    """One screen: notes when each whole region has come."""

    def __init__(self, hall: Listeners) -> None:
        self.hall = hall
        self._tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._tail += data
        *events, self._tail = self._tail.split(b"\n\n")
        if any(b"event: region" in event for event in events):
            self.hall.pictured()

    def connection_lost(self, exc: Exception | None) -> None:
        self.hall.lost += not self.hall.closing


class Listeners:
    """Many screens on one stream."""

    def __init__(self) -> None:
        self.screens: list[_Listener] = []
        self.lost = 0
        self.closing = False
        self._pictures = 0
        self._wanted = 0
        self._all = asyncio.Event()
        self.last = 0.0

    async def join(self, address: str, request: bytes, count: int) -> None:
        """Connect so many screens and wait until each has its first picture."""
        host, port = _where(address)
        loop = asyncio.get_running_loop()
        self.expect(count)
        for _ in range(count):
            _, screen = await loop.create_connection(lambda: _Listener(self), host, port)
            screen.transport.write(request)
            self.screens.append(screen)
        await self.all_pictured()

    def expect(self, count: int | None = None) -> None:
        """From now on wait for one more picture on each screen."""
        self._pictures, self._wanted = 0, len(self.screens) if count is None else count
        self._all.clear()

    def pictured(self) -> None:
        self._pictures += 1
        self.last = time.perf_counter()
        if self._pictures >= self._wanted:
            self._all.set()

    async def all_pictured(self) -> float:
        """`time.perf_counter()` at which the last screen had its picture."""
        async with asyncio.timeout(ANSWER_WITHIN):
            await self._all.wait()
        return self.last

    def close(self) -> None:
        self.closing = True
        for screen in self.screens:
            screen.transport.abort()

"""The hall's server: gevent.pywsgi, one process (design 2.3, measured in the server spike)."""

from __future__ import annotations

import contextlib
import errno
import gc
import logging
import socket
import ssl
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gevent
from flask import Flask
from gevent.pywsgi import WSGIHandler, WSGIServer

from kiosk.core import doors
from kiosk.core.errors import Refused
from kiosk.tls.rules import is_lan

log = logging.getLogger(__name__)

#: A queue of 200 at three gates with kept-alive connections, and room for a thousand screens.
BACKLOG = 1024

#: A request line or a header longer than this is no browser of ours.
LONGEST_LINE = 8192

#: Seconds without a byte after which a connection is closed.
SILENT = 75.0

#: Seconds for a whole TLS handshake, however its bytes drip in.
HANDSHAKE = 10.0

#: First byte of every TLS connection (RFC 8446 5.1: a record of the kind handshake).
_TLS_BEGINS = b"\x16"

#: For whoever types the encrypted address without `https://`.
_SAY_HTTPS = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Connection: close\r\n\r\n" + "Địa chỉ này bắt đầu bằng https://\nUse https://\n".encode()
)


class _Handler(WSGIHandler):  # type: ignore[misc]  # gevent ships no types
    """Sends small answers at once, and keeps vanished clients out of the log."""

    MAX_REQUEST_LINE = LONGEST_LINE

    def handle(self) -> None:
        # A client that is gone before its first byte is no story for the log, and neither is a
        # tablet that does not trust us yet: in TLS 1.3 its refusal comes where a request would.
        with contextlib.suppress(ConnectionError, TimeoutError, ssl.SSLError):
            # pywsgi sends headers and body in two writes; with Nagle's delay a kept-alive request
            # costs 44 ms. Linux inherits the option from the listener, Windows does not.
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # A half-sent request or a tablet that went away must not hold its place for ever; a
            # stream is written to every five seconds and is never this silent.
            self.socket.settimeout(SILENT)
            super().handle()

    def get_environ(self) -> Any:
        environ = super().get_environ()
        environ[doors.KEY] = doors.of_socket(
            self.socket.getsockname()[0],
            self.client_address[0],
            encrypted=environ["wsgi.url_scheme"] == "https",
        )
        return environ

    def log_request(self) -> None:
        """No access log: at a ballot it would be a list of who stood where, and when."""

    def handle_error(self, t: Any, v: Any, tb: Any) -> None:
        if isinstance(v, (ConnectionError, BrokenPipeError, TimeoutError, ssl.SSLError)):
            return
        super().handle_error(t, v, tb)


_COMMON: dict[str, Any] = {
    "log": None,
    "error_log": log,
    "handler_class": _Handler,
    # What gevent would otherwise ask a name server for, and wait where there is none.
    "environ": {"SERVER_NAME": "127.0.0.1"},
}


def _is_open_at(client: Any) -> bool:
    """A socket bound to every address also hears a public one, if the laptop has any: not there."""
    local = str(client.getsockname()[0])
    return local.startswith("127.") or is_lan(local)


class _Plain(WSGIServer):  # type: ignore[misc]
    def handle(self, sock: Any, address: Any) -> None:
        with contextlib.suppress(OSError):
            if _is_open_at(sock):
                super().handle(sock, address)


class _Encrypted(WSGIServer):  # type: ignore[misc]
    """Shakes hands in the connection's own greenlet, so that nobody waits for a slow one."""

    def __init__(
        self, listener: socket.socket, app: Flask, *, context: Callable[[], ssl.SSLContext]
    ) -> None:
        # Asked anew at each handshake: the certificate changes while the server runs.
        self._context = context
        super().__init__(listener, app, **_COMMON, ssl_context=context())

    def wrap_socket_and_handle(self, client_socket: Any, address: Any) -> None:
        shaken = None
        try:
            with gevent.Timeout(HANDSHAKE, TimeoutError):
                shaken = self._shaken(client_socket)
        except OSError:
            # Not trusting, not TLS, too slow or gone: every tablet that is new does one of these.
            return
        if shaken is not None:
            with shaken, contextlib.suppress(OSError):
                self.handle(shaken, address)

    def _shaken(self, client: Any) -> Any:
        """The encrypted socket; None for a client that speaks no TLS. Its end is closed."""
        if not _is_open_at(client):
            return None
        if client.recv(1, socket.MSG_PEEK) not in {_TLS_BEGINS, b""}:
            # Read first: closed over unread bytes, the connection would take the answer with it.
            client.recv(LONGEST_LINE)
            client.sendall(_SAY_HTTPS)
            return None
        wrapped = self._context().wrap_socket(
            client, server_side=True, do_handshake_on_connect=False
        )
        try:
            wrapped.do_handshake()
        except BaseException:
            wrapped.close()
            raise
        return wrapped


@dataclass(frozen=True)
class Listening:
    """One bound port."""

    socket: socket.socket
    #: What its next handshake answers with; None for a plain one.
    context: Callable[[], ssl.SSLContext] | None = None


def listen(host: str, port: int, *, encrypted: bool = False) -> socket.socket:
    """Bind the port; 0 takes any free one.

    Raises:
        Refused: `port_taken`, `https_port_taken`.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    if sys.platform != "win32":
        # On Windows this option would let two programs share the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
    except OSError as failed:
        listener.close()
        if failed.errno in {errno.EADDRINUSE, errno.EACCES} or sys.platform == "win32":
            if encrypted:
                raise Refused("https_port_taken", port=port) from failed
            raise Refused("port_taken", port=port) from failed
        raise
    listener.listen(BACKLOG)
    return listener


def serve(app: Flask, listening: Sequence[Listening]) -> None:
    """Answer at every port until the program is stopped; Ctrl+C and SIGTERM end it calmly."""
    # What was loaded to start lives as long as the program; the collector need not see it again.
    gc.collect()
    gc.freeze()
    _more_files()
    servers = [_server(app, each) for each in listening]
    for server in servers:
        server.start()
    _stop_on_signals(servers)
    try:
        # The end of one is the end of all.
        servers[0].serve_forever(stop_timeout=2)
    except KeyboardInterrupt:
        _stop(servers)


def _more_files() -> None:
    """Many systems allow a program 1,024 files until it asks, and a thousand screens need more."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # not on Windows, which has no such limit

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _server(app: Flask, port: Listening) -> WSGIServer:
    if port.context is None:
        return _Plain(port.socket, app, **_COMMON)
    return _Encrypted(port.socket, app, context=port.context)


def _stop(servers: Sequence[WSGIServer]) -> None:
    """All at once: each waits up to two seconds for the streams that are held open."""
    gevent.joinall([gevent.spawn(server.stop, 2) for server in servers])


def _stop_on_signals(servers: Sequence[WSGIServer]) -> None:
    import signal

    if sys.platform == "win32":
        # Windows has Ctrl+C alone, which arrives as KeyboardInterrupt.
        return
    for sign in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(sign, _stop, servers)

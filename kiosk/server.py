"""The hall's server: gevent.pywsgi, one process (design 2.3, measured in the server spike)."""

from __future__ import annotations

import errno
import gc
import logging
import socket
import sys
from typing import Any

from flask import Flask
from gevent.pywsgi import WSGIHandler, WSGIServer

from kiosk.core.errors import Refused

log = logging.getLogger(__name__)

#: A queue of 200 at three gates with kept-alive connections, and room for a thousand screens.
BACKLOG = 1024

#: A request line or a header longer than this is no browser of ours.
LONGEST_LINE = 8192


#: Seconds without a byte after which a connection is closed.
SILENT = 75.0


class _Handler(WSGIHandler):  # type: ignore[misc]  # gevent ships no types
    """Sends small answers at once, and keeps vanished clients out of the log."""

    MAX_REQUEST_LINE = LONGEST_LINE

    def handle(self) -> None:
        # pywsgi sends headers and body in two writes; with Nagle's delay a kept-alive request
        # costs 44 ms. Linux inherits the option from the listener, Windows does not.
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A half-sent request or a tablet that went away must not hold its place for ever; a
        # stream is written to every five seconds and is never this silent.
        self.socket.settimeout(SILENT)
        super().handle()

    def log_request(self) -> None:
        """No access log: at a ballot it would be a list of who stood where, and when."""

    def handle_error(self, t: Any, v: Any, tb: Any) -> None:
        if isinstance(v, (ConnectionError, BrokenPipeError, TimeoutError)):
            return
        super().handle_error(t, v, tb)


def listen(host: str, port: int) -> socket.socket:
    """Bind the port; 0 takes any free one.

    Raises:
        Refused: `port_taken`.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    if sys.platform != "win32":
        # On Windows this option would let two programs share the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
    except OSError as taken:
        listener.close()
        if taken.errno in {errno.EADDRINUSE, errno.EACCES} or sys.platform == "win32":
            raise Refused("port_taken", port=port) from taken
        raise
    listener.listen(BACKLOG)
    return listener


def serve(app: Flask, listener: socket.socket) -> None:
    """Answer until the program is stopped; Ctrl+C and SIGTERM end it calmly."""
    # What was loaded to start lives as long as the program; the collector need not see it again.
    gc.collect()
    gc.freeze()
    server = WSGIServer(listener, app, log=None, error_log=log, handler_class=_Handler)
    _stop_on_signals(server)
    try:
        server.serve_forever(stop_timeout=2)
    except KeyboardInterrupt:
        server.stop(timeout=2)


def _stop_on_signals(server: WSGIServer) -> None:
    import signal

    import gevent

    if sys.platform == "win32":
        # Windows has Ctrl+C alone, which arrives as KeyboardInterrupt.
        return
    for sign in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(sign, server.stop, 2)

"""A server of the simulated site: one port of this machine, answered by threads."""

from __future__ import annotations

import socket
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from core.errors import WorldError

SERVER_NAME = "matinee-simulator"  # said in every answer: nobody shall take this for the real thing
IDLE_S = 30  # a kept connection is closed after this long


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = SERVER_NAME
    disable_nagle_algorithm = True
    timeout = IDLE_S

    def handle_one_request(self) -> None:
        """One call, unless the server stops: a kept connection gets no answer any more then."""
        if isinstance(self.server, _Threads) and self.server.is_stopping:
            self.close_connection = True
        else:
            super().handle_one_request()

    def send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        """A whole answer; the type is JSON unless the headers tell another one."""
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: what was asked is seen in the answers."""

    def version_string(self) -> str:
        return self.server_version


class _Threads(ThreadingHTTPServer):
    """A thread a connection."""

    request_queue_size = 128  # callers that connect at the same time

    def __init__(self, address: tuple[str, int], handler: type[Handler]) -> None:
        super().__init__(address, handler)
        self.is_stopping = False
        self._open: set[Any] = set()
        self._changed = threading.Condition()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._changed:
                self._open.discard(request)
                self._changed.notify_all()

    def finish(self) -> None:
        """Return when every call that runs is answered and every connection closed."""
        self.is_stopping = True
        with self._changed:
            for connection in self._open:
                with suppress(OSError):  # it may have gone by itself
                    connection.shutdown(socket.SHUT_RD)  # ends the wait for a further call
            self._changed.wait_for(lambda: not self._open)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that has gone is no error; anything else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class LocalServer:
    """A context manager: the port is bound on creation and answers between `start` and `stop`."""

    def __init__(self, handler: type[Handler], host: str, port: int) -> None:
        """Port 0 takes any free one. Raises WorldError when the port is taken."""
        try:
            self._http = _Threads((host, port), handler)
        except OSError as error:
            raise WorldError(f"can not answer on {host}:{port}: {error}; give another port") from error
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), name="server", daemon=True)

    @property
    def url(self) -> str:
        host, port = self._http.server_address[:2]
        return f"http://{host!s}:{port}"

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering and free the port. Calls that run are finished."""
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()
        self._http.finish()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait(self) -> None:
        """Block while the server answers."""
        self._thread.join()

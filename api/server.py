"""The processes of the service: granian's workers on the public port, one process for the ops port."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import connection, util
from multiprocessing.context import SpawnProcess
from multiprocessing.queues import SimpleQueue
from typing import TYPE_CHECKING

from flask import Flask
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server
from werkzeug.serving import WSGIRequestHandler, make_server

from core.errors import MatineeError, ServiceError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

REQUEST_BYTES_MAX = 16_384  # head of a request: path and headers
HEAD_MS_MAX = 5_000  # a caller who sends its head more slowly is cut off
KILL_S = 60  # a worker that was told to stop and has not: longer than a recorder may take to drain
STOP_S = 1.0  # from a worker's refusal to start until the parent has told all workers to stop
POLL_S = 0.5  # between two looks at the process of the ops pages
THREADS = 2  # a worker's: more only wait for each other

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Service:
    """What a worker serves: the application, and what must be done before its process ends."""

    app: WSGIApplication
    close: Callable[[], None]


@dataclass(frozen=True)
class Address:
    """Where a port listens."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def check_free(self) -> None:
        """Raise ServiceError when nobody could listen here.

        Workers share the port, so a second service would silently take half of the first one's requests.
        """
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            with socket.socket(family) as listener:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind((self.host, self.port))
        except OSError as error:
            raise ServiceError(
                f"can not listen on {self}: {error.strerror}; stop what listens there, or choose another port"
            ) from error


def serve(
    public: Address,
    make_service: Callable[[], Service],
    workers: int,
    ops: Address,
    make_ops: Callable[[], Flask],
    announce: Callable[[], None],
) -> None:
    """Serve until SIGTERM or SIGINT; requests in flight are answered and every worker's `close` is called.

    `make_service` is called in each worker, `make_ops` in the process of the ops port: both must be picklable.
    `announce` is called when the ports are known to be free.
    Raises ServiceError when a port is taken, or when a worker can not start: a service that is only half there
    would hide it.
    """
    public.check_free()
    ops.check_free()
    ops_process = _started_ops(ops, make_ops)  # before the workers are forked
    refusals: SimpleQueue[str] = multiprocessing.SimpleQueue()
    server = Server(
        "matinee",
        address=public.host,
        port=public.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_MS_MAX, max_buffer_size=REQUEST_BYTES_MAX),
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_S,
    )
    server.on_startup(announce)
    stop = threading.Event()
    keeper = threading.Thread(target=_keep_ops, args=(ops_process, ops, make_ops, stop), name="ops-keeper")
    keeper.start()
    try:
        server.serve(target_loader=_WorkerStart(make_service, refusals), wrap_loader=False)
    finally:
        stop.set()
        keeper.join()
        if not refusals.empty():
            raise ServiceError(refusals.get())


@dataclass(frozen=True)
class _WorkerStart:
    """Runs in a new worker and gives its application."""

    make_service: Callable[[], Service]
    refusals: SimpleQueue[str]

    def __call__(self) -> WSGIApplication:
        _end_with_parent()
        for stop in (signal.SIGTERM, signal.SIGINT):  # a fork has granian's handlers, which only the parent heeds
            signal.signal(stop, signal.SIG_DFL)
        try:
            service = self.make_service()
        except MatineeError as error:
            self.refusals.put(str(error))
            os.kill(os.getppid(), signal.SIGTERM)
            _wait_for_parent(STOP_S)  # it stops all workers; ending before that would look like a crash
            sys.exit(1)
        util.Finalize(None, service.close, exitpriority=0)  # runs when granian has answered its last request
        return service.app


def _started_ops(address: Address, make_app: Callable[[], Flask]) -> SpawnProcess:
    process = multiprocessing.get_context("spawn").Process(target=_run_ops, args=(address, make_app), daemon=True)
    process.start()
    return process


def _keep_ops(process: SpawnProcess, address: Address, make_app: Callable[[], Flask], stop: threading.Event) -> None:
    """Keep a process for the ops port until `stop` is set; one that ended is logged and followed by another."""
    while not stop.wait(POLL_S):
        if not process.is_alive():
            _log.error("the process of the ops pages ended with code %s; another one starts", process.exitcode)
            process = _started_ops(address, make_app)
    process.terminate()
    process.join()


def _run_ops(address: Address, make_app: Callable[[], Flask]) -> None:
    """The process of the ops port: it ends when the parent says so, or has died."""
    _end_with_parent()
    make_server(address.host, address.port, make_app(), threaded=True, request_handler=_QuietHandler).serve_forever()


class _QuietHandler(WSGIRequestHandler):
    """Writes no line for a request: Prometheus would fill the log."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


def _end_with_parent() -> None:
    """Have this process end in order when its parent says so or is gone, and at no other time.

    Ctrl-C goes to every process of a group. A worker that ends by itself looks like a crash to granian, which then
    may start another one and forget that it was to stop: so each child has a group of its own.
    """
    os.setpgid(0, 0)

    def watch() -> None:
        _wait_for_parent(None)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def _wait_for_parent(seconds: float | None) -> None:
    """Return when the parent of this process is gone, or after `seconds`."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "only a child process has a parent to wait for"
    connection.wait([parent.sentinel], seconds)

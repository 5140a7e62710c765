"""The ops port: is the service alive, is it ready, what has it counted, what did it cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Flask, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from api.dashboard import dashboard
from api.panel import Boards
from api.probe import Health


def ops_app(
    probe: Callable[[], Health], metrics: Callable[[], bytes], versions: Mapping[str, str], boards: Boards
) -> Flask:
    """The Flask application of the ops port.

    probe : asks the public port how it is.
    metrics : what all processes have counted, as Prometheus reads it.
    versions : of the program and its code; the model's is asked of the public port.
    boards : what the dashboard shows.
    """
    app = Flask("matinee.ops", static_folder=None)
    app.register_blueprint(dashboard(boards))

    @app.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", content_type="text/plain; charset=utf-8")

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        missing = probe().missing()
        return jsonify(ready=not missing, missing=missing), 503 if missing else 200

    @app.get("/metrics")
    def metrics_page() -> Response:
        return Response(metrics(), content_type=CONTENT_TYPE_LATEST)

    @app.get("/version")
    def version() -> Response:
        return jsonify(**versions, model=probe().model)

    return app

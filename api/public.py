"""The public port: GET /recommend/USERID, a liveness check, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, request
from werkzeug.exceptions import BadRequest, HTTPException

from api.decider import Decider, has_failed
from core.ids import USER_ID_MAX, UserId, parse_user_id, request_id_text
from telemetry import Metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/recommend/"
PATH_MAX = 1_024  # characters; the longest that makes sense has 21
_STATUS_LINES = {200: "200 OK", 500: "500 Internal Server Error"}
_PLAIN = "text/plain; charset=utf-8"


def public_app(decider: Decider, metrics: Metrics) -> WSGIApplication:
    """The WSGI application of the public port.

    A plain GET for a user takes a short way past Flask's routing and gives the very answer that Flask would give.
    Everything else is Flask's.
    """
    flask_app = _flask_app(decider, metrics)

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] == "GET" and path.startswith(PREFIX):
            user = parse_user_id(path[len(PREFIX) :])
            if user is not None:
                status, headers, body = _answer(user, decider)
                metrics.answered(status)
                start_response(_STATUS_LINES[status], headers)
                return [body]
        return flask_app(environ, start_response)

    return app


def _answer(user: UserId, decider: Decider) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body for `user`: film ids joined by commas and nothing else, not even a newline."""
    decision = decider.decide(user)
    request_id = request_id_text(decision.request)
    status, body = 200, ",".join(decision.ranking.movies).encode()
    if has_failed(decision):
        status, body = 500, f"500: no list could be made; `matinee trace {request_id}` says why\n".encode()
    headers = [
        ("Content-Type", _PLAIN),
        ("Content-Length", str(len(body))),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Request-Id", request_id),
        ("X-Model-Version", decision.ranking.model),
    ]
    return status, headers, body


def _flask_app(decider: Decider, metrics: Metrics) -> Flask:
    app = Flask("matinee.public", static_folder=None)
    app.url_map.merge_slashes = app.url_map.strict_slashes = False  # nobody is sent elsewhere for a slash

    @app.before_request
    def refuse_long_paths() -> None:
        if len(request.path) > PATH_MAX:
            abort(414, f"the path has {len(request.path)} characters: at most {PATH_MAX} are read")

    @app.get(PREFIX, defaults={"text": ""}, provide_automatic_options=False)
    @app.get(f"{PREFIX}<path:text>", provide_automatic_options=False)
    def recommend(text: str) -> Response:
        user = parse_user_id(text)
        if user is None:
            abort(400, _no_user_id(text))
        status, headers, body = _answer(user, decider)
        return Response(body, status, headers)

    @app.get("/healthz", provide_automatic_options=False)
    def healthz() -> Response:
        return Response("ok\n", 200, {"Content-Type": _PLAIN, "X-Model-Version": decider.model})

    @app.errorhandler(404)
    def not_found(error: HTTPException) -> Response:
        if request.path.startswith(PREFIX):  # routing takes no line end for a part of a path
            return _refusal(BadRequest(), _no_user_id(request.path[len(PREFIX) :]))
        return _refusal(error, f"there are only GET {PREFIX}USERID and GET /healthz here")

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        return _refusal(error, error.description or error.name)

    @app.after_request
    def count(response: Response) -> Response:
        metrics.answered(response.status_code)
        return response

    return app


def _no_user_id(text: str) -> str:
    return f"{text[:40]!a} is no user id: a whole number from 0 to {USER_ID_MAX} is needed"


def _refusal(error: HTTPException, reason: str) -> Response:
    """The error as one plain line, with the headers that belong to it, such as Allow."""
    response = Response(f"{error.code}: {reason}\n", error.code, error.get_headers())
    response.content_type = _PLAIN
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response

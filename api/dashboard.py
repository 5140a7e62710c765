"""The dashboard: one page on the ops port, complete without a script, and each panel of it as CSV."""

from __future__ import annotations

import importlib.metadata
import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from api.panel import Boards, as_csv, number_of, shown

DAYS = {1: "today", 7: "7 days", 30: "30 days", 90: "90 days", 0: "all"}
DAYS_FIRST = 7
_SCRIPT_PACKAGE = "youplot"  # only its copy of uPlot is used (decision 13)
_SCRIPT_FILES = {"uplot.js": "youplot/vendor/uplot.iife.min.js", "uplot.css": "youplot/vendor/uplot.min.css"}
_CONTENT_TYPES = {"uplot.js": "text/javascript; charset=utf-8", "uplot.css": "text/css; charset=utf-8"}
_YEAR_S = 365 * 24 * 3600
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


def dashboard(boards: Boards) -> Blueprint:
    """The routes of the dashboard, to be registered with the application of the ops port."""
    pages = Blueprint("dashboard", __name__, template_folder="templates", static_folder="static")
    pages.add_app_template_filter(shown)
    pages.add_app_template_filter(number_of)
    script_version = importlib.metadata.version(_SCRIPT_PACKAGE)

    @pages.before_request
    def refuse_borrowed_names() -> None:
        host = urlsplit(f"//{request.host}").hostname or ""
        if not _is_ours(host):
            abort(403, f"the dashboard is not shown to {host!r}: use an address, localhost or a name without a dot")

    @pages.get("/", provide_automatic_options=False)
    def root() -> ResponseReturnValue:
        return redirect("dashboard")

    @pages.get("/dashboard", provide_automatic_options=False)
    def page() -> ResponseReturnValue:
        board = boards.board(_days())
        return render_template("dashboard.html", board=board, spans=DAYS, script_version=script_version)

    @pages.get("/dashboard/<name>.csv", provide_automatic_options=False)
    def table(name: str) -> ResponseReturnValue:
        panel = boards.panel(name, _days())
        if panel is None:
            abort(404, f"there is no panel {name!r}")
        if panel.figures is None:
            abort(404, panel.absent)
        headers = {"Content-Disposition": f'attachment; filename="{panel.name}.csv"'}
        return Response(as_csv(panel.figures), headers=headers, content_type="text/csv; charset=utf-8")

    @pages.get("/dashboard/chart-<version>/<name>", provide_automatic_options=False)
    def script(version: str, name: str) -> ResponseReturnValue:
        if name not in _SCRIPT_FILES or version != script_version:
            abort(404)
        headers = {"Cache-Control": f"public, max-age={_YEAR_S}, immutable"}
        return Response(script_file(name).read_bytes(), headers=headers, content_type=_CONTENT_TYPES[name])

    @pages.after_request
    def close_all_doors(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return pages


def script_file(name: str) -> Path:
    """Where the package has a file of uPlot: "uplot.js" or "uplot.css"."""
    return Path(str(importlib.metadata.distribution(_SCRIPT_PACKAGE).locate_file(_SCRIPT_FILES[name])))


def _days() -> int:
    text = request.args.get("days", str(DAYS_FIRST))
    known = {str(days): days for days in DAYS}
    if text not in known:
        abort(400, f"days={text[:20]!r} is refused: one of {', '.join(known)} is needed")
    return known[text]


def _is_ours(host: str) -> bool:
    """Whether a browser can not have been led here by a name that a stranger let point to this machine."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(host) and "." not in host
    return True

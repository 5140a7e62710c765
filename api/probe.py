"""A probe: asks the public port whether it answers, and with which model."""

from __future__ import annotations

import http.client
from dataclasses import dataclass

NO_MODEL = "none"  # what a recommender calls its version while nothing is trained
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  to listen on, not to call
_PATIENCE_S = 1.0


@dataclass(frozen=True)
class Health:
    """How the public port is. `error` is empty when it answers; `model` is then the version that it serves."""

    error: str
    model: str | None = None

    def missing(self) -> list[str]:
        """What keeps the service from being ready, in words; empty when it is ready."""
        if self.error:
            return [f"the public port does not answer: {self.error}"]
        if self.model == NO_MODEL:
            return ["no model is loaded: `matinee train` makes one; until then lists are not personal"]
        return []


def probe(host: str, port: int) -> Health:
    """Ask the service that listens on `host` and `port`. Takes at most about a second; never raises."""
    connection = http.client.HTTPConnection(_ANY_ADDRESS.get(host, host), port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", "/healthz")
        response = connection.getresponse()
        if response.status != http.HTTPStatus.OK:
            return Health(f"GET /healthz is answered with {response.status}")
        return Health("", response.getheader("X-Model-Version", NO_MODEL))
    except (OSError, http.client.HTTPException) as error:
        return Health(f"{type(error).__name__}: {error}")
    finally:
        connection.close()

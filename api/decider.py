"""A request for a user becomes a list, and the list a recorded decision."""

from __future__ import annotations

import logging
from typing import Protocol

from core.clock import Clock
from core.decision import Attempt, Decision, Outcome, Ranking
from core.ids import UserId, request_id_text
from telemetry import Metrics, RequestIds

LIST_LENGTH = 20
DEFAULT_ARM = "default"  # outside of any experiment

_log = logging.getLogger(__name__)


class Recommends(Protocol):
    """What the service asks of a recommender."""

    @property
    def version(self) -> str:
        """The version of the model that serves now; "none" when there is none."""
        ...

    def recommend(self, user: UserId, k: int, budget_ms: float) -> Ranking:
        """At most `k` distinct films for `user`, best first, within about `budget_ms`. Never raises."""
        ...


class Records(Protocol):
    """What the service asks of a recorder."""

    def record(self, decision: Decision) -> None:
        """Keep the decision. Never waits, never raises."""
        ...


class Decider:
    """Decides what a user is shown. One for all requests of a process."""

    def __init__(
        self,
        recommender: Recommends,
        recorder: Records,
        metrics: Metrics,
        request_ids: RequestIds,
        clock: Clock,
        budget_ms: float,
    ) -> None:
        """`budget_ms` is what the rankers of one request may take together."""
        self._recommender = recommender
        self._recorder = recorder
        self._metrics = metrics
        self._request_ids = request_ids
        self._clock = clock
        self._budget_ms = budget_ms
        metrics.serves(recommender.version)

    @property
    def model(self) -> str:
        """The version of the model that serves now."""
        return self._recommender.version

    def decide(self, user: UserId) -> Decision:
        """The decision for one request; it is on its way to the ledger when this returns.

        A recommender that breaks its promise and raises is logged and counted, and its error is in the decision.
        """
        now = self._clock.now()
        request = self._request_ids.next(now)
        begin = self._clock.monotonic()
        try:
            ranking = self._recommender.recommend(user, LIST_LENGTH, self._budget_ms)
        except Exception as error:  # noqa: BLE001  the edge of a request
            _log.exception("request %s: the recommender raised", request_id_text(request))
            self._metrics.failed("request")
            ranking = Ranking((), self.model, (Attempt("recommender", Outcome.FAILED, 0, 0, repr(error)),))
        elapsed_us = int((self._clock.monotonic() - begin) * 1e6)
        decision = Decision(request, now, user, DEFAULT_ARM, ranking, elapsed_us)
        self._recorder.record(decision)
        self._metrics.decided(decision)
        self._metrics.serves(self.model)
        return decision


def has_failed(decision: Decision) -> bool:
    """Whether there is no list because the last attempt failed; that nothing is known to recommend is no failure."""
    ranking = decision.ranking
    return not ranking.movies and bool(ranking.attempts) and ranking.attempts[-1].outcome is Outcome.FAILED

"""What our own stores say of a live run, to be held against what the simulator knows."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass

from core.ids import MovieId, parse_request_id
from core.money import Usd
from core.settings import Settings
from ingest import EventReader
from llm import Jobs, Patience, WorkStore
from matinee.wiring import licence_by_movie
from telemetry import CallLedger, CallReport, Ledger


@dataclass(frozen=True)
class Measured:
    """Figures of events.db, ledger.db and work.db.

    decisions : of the answers that the site had.
    taken_up : users whose words were understood, or who wrote none.
    plays : users and films with a minute watched. unpriced : those whose film's fee is not known, which `fees` lacks.
    """

    decisions: int
    requests: int
    plays: int
    minutes: int
    ratings: int
    accounts: int
    unpriced: int
    fees: Usd
    taken_up: int
    llm_calls: int
    llm_tokens: int
    llm_cost: Usd

    @classmethod
    def now(cls, settings: Settings, answers: Collection[str] = ()) -> Measured:
        """All that is stored now. Raises StoreError when there are no events yet.

        answers : the X-Request-Id of each. Others may ask the service too: their decisions do not count.
        """
        with closing(EventReader(settings.events_db)) as events:
            counts, frame = events.counts(), events.interactions()
        CallLedger(settings.ledger_db).close()  # made, or brought up to date, before anybody reads it
        with closing(Ledger(settings.ledger_db)) as ledger:
            named = [request for request in map(parse_request_id, answers) if request is not None]
            decisions = sum(ledger.entry(request) is not None for request in named)
        with closing(CallReport(settings.ledger_db)) as report:
            calls = report.total()
        with closing(WorkStore(settings.work_db)) as work:
            jobs = Jobs(work, Patience(), random.Random()).counts()  # noqa: S311  nothing is drawn
        fees = licence_by_movie(settings.events_db)
        watched = Counter(map(MovieId, frame.loc[frame["minutes"] > 0, "movie_id"]))
        return cls(
            decisions=decisions,
            requests=counts["requests"],
            plays=counts["watches"],
            minutes=int(frame["minutes"].sum()),
            ratings=counts["ratings"],
            accounts=counts["accounts"],
            unpriced=sum(plays for movie, plays in watched.items() if movie not in fees),
            fees=Usd(sum(plays * fees[movie].nano for movie, plays in watched.items() if movie in fees)),
            taken_up=jobs.done + jobs.dead,
            llm_calls=calls.calls if calls else 0,
            llm_tokens=calls.input_tokens + calls.output_tokens if calls else 0,
            llm_cost=calls.charged if calls else Usd(0),
        )

    def since(self, before: Measured) -> Measured:
        """What came since; `unpriced` stays all that there is."""
        return Measured(
            decisions=self.decisions - before.decisions,
            requests=self.requests - before.requests,
            plays=self.plays - before.plays,
            minutes=self.minutes - before.minutes,
            ratings=self.ratings - before.ratings,
            accounts=self.accounts - before.accounts,
            unpriced=self.unpriced,
            fees=self.fees - before.fees,
            taken_up=self.taken_up - before.taken_up,
            llm_calls=self.llm_calls - before.llm_calls,
            llm_tokens=self.llm_tokens - before.llm_tokens,
            llm_cost=self.llm_cost - before.llm_cost,
        )

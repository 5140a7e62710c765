"""What our own stores say of a live run, to be held against what the simulator knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass

from core.ids import MovieId, parse_request_id
from core.money import Usd
from core.settings import Settings
from ingest import EventReader
from matinee.wiring import licence_by_movie
from telemetry import Ledger


@dataclass(frozen=True)
class Measured:
    """Figures of events.db and ledger.db.

    decisions : of the answers that the site had.
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

    @classmethod
    def now(cls, settings: Settings, answers: Collection[str] = ()) -> Measured:
        """All that is stored now. Raises StoreError when there are no events yet.

        answers : the X-Request-Id of each. Others may ask the service too: their decisions do not count.
        """
        with closing(EventReader(settings.events_db)) as events:
            counts, frame = events.counts(), events.interactions()
        decisions = 0
        if answers and settings.ledger_db.exists():  # before the first answer it may be of an older version
            with closing(Ledger(settings.ledger_db)) as ledger:
                named = [request for request in map(parse_request_id, answers) if request is not None]
                decisions = sum(ledger.entry(request) is not None for request in named)
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
        )

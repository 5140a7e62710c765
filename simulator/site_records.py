"""The site's own records of a live world: what a play costs, and who has an account."""

from __future__ import annotations

import json
from collections.abc import Iterator, Set
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from core.ids import MovieId, UserId
from core.money import Usd
from simulator.record_file import RecordFile, append_record, replace_records
from simulator.timetable import PriceChange, Timetable
from simulator.world import MOVIES, USERS

FEE = "license_cost"


class SiteRecords:
    """Reads and changes the files that the site's two APIs answer from."""

    def __init__(self, folder: Path, timetable: Timetable) -> None:
        self._users, self._movies = folder / USERS, folder / MOVIES
        self._timetable = timetable
        self._movie_records = RecordFile(self._movies).all()
        self._fees = {
            MovieId(movie): Usd.parse(json.loads(record)[FEE]) for movie, record in self._movie_records.items()
        }
        self._user_records = RecordFile(self._users).all()
        self._newest = max(map(int, self._user_records))

    def fee(self, movie: MovieId, time: datetime) -> Usd:
        """What a play of a film costs at a time."""
        change = self._timetable.at(PriceChange, time)
        usual = self._fees[movie]
        return usual if change is None else Usd(int(usual.nano * Decimal(str(change.factor))))

    def price_changes(self) -> Iterator[datetime]:
        """When other fees begin to hold."""
        for _, change in self._timetable.of(PriceChange):
            yield from (change.start, change.end)

    def tell_prices(self, time: datetime) -> None:
        """Let the movie API tell the fees that hold at a time."""
        records = {
            movie: json.dumps(json.loads(record) | {FEE: str(self.fee(MovieId(movie), time))})
            for movie, record in self._movie_records.items()
        }
        replace_records(self._movies, records.items())

    def newcomers(self, known: Set[UserId]) -> list[UserId]:
        """Who has an account and is not in `known`, in the order of their joining."""
        return [user for user in map(UserId, map(int, self._user_records)) if user not in known]

    def new_id(self) -> UserId:
        """The id of the next account."""
        self._newest += 1
        return UserId(self._newest)

    def add_user(self, user: UserId, model: UserId) -> None:
        """Tell of `user` what the record of `model` says."""
        record = json.loads(self._user_records[str(model)]) | {"user_id": user}
        append_record(self._users, str(user), json.dumps(record))

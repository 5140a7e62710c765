"""The site's own records of a live world: what a play costs, and who has an account."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Set
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from core.ids import MovieId, UserId
from core.money import Usd
from simulator.film_schema import FEE, ChangedAnswers, in_schema
from simulator.mentions import remember_newcomer
from simulator.record_file import RecordFile, append_record, replace_records
from simulator.timetable import PriceChange, SchemaChange, Timetable
from simulator.world import MOVIES, USERS


class SiteRecords:
    """Reads and changes the files that the site's two APIs answer from.

    answers : of the movie API in the form of each schema change, by its place in the timetable.
    """

    def __init__(self, folder: Path, timetable: Timetable) -> None:
        self._folder = folder
        self._users, self._movies = folder / USERS, folder / MOVIES
        self._timetable = timetable
        self.answers: Counter[int] = Counter()
        self._changed = ChangedAnswers(folder)
        self._counted = self._changed.count()
        self._told: list[tuple[int, SchemaChange]] = []  # the changes in which films are told now
        self._movie_records = {
            MovieId(movie): in_schema(json.loads(record), ())
            for movie, record in RecordFile(self._movies).all().items()
        }
        self._fees = {movie: Usd.parse(record[FEE]) for movie, record in self._movie_records.items()}
        self._user_records = RecordFile(self._users).all()
        self._newest = max(map(int, self._user_records))

    def fee(self, movie: MovieId, time: datetime) -> Usd:
        """What a play of a film costs at a time."""
        change = self._timetable.at(PriceChange, time)
        usual = self._fees[movie]
        return usual if change is None else Usd(int(usual.nano * Decimal(str(change.factor))))

    def film_changes(self) -> Iterator[datetime]:
        """When other fees, or another form of the records, begin to hold."""
        for kind in (PriceChange, SchemaChange):
            for _, change in self._timetable.of(kind):
                yield from (change.start, change.end)

    def tell_films(self, time: datetime) -> None:
        """Let the movie API tell the fees that hold at a time, in the form that its records have then."""
        self.count_answers()
        self._told = [(place, change) for place, change in self._timetable.of(SchemaChange) if change.holds_at(time)]
        changed = [change.part for _, change in self._told]
        records = {
            movie: json.dumps(in_schema(record | {FEE: str(self.fee(movie, time))}, changed))
            for movie, record in self._movie_records.items()
        }
        replace_records(self._movies, records.items())

    def count_answers(self) -> None:
        """Put the answers since the last count down to the changes that hold."""
        counted = self._changed.count()
        for place, change in self._told:
            self.answers[place] += counted[change.part] - self._counted[change.part]
        self._counted = counted

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
        remember_newcomer(self._folder, user, model)
        append_record(self._users, str(user), json.dumps(record))

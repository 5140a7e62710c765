"""A world: users, films and a history, all from one seed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import numpy as np

from core.errors import WorldError
from simulator.descriptions_of_people import describe_people
from simulator.films import Catalogue, Films, invent_films
from simulator.log import HistoryLog
from simulator.mentions import Description, remember
from simulator.people import People, invent_people
from simulator.records import movie_records, user_records
from simulator.truth import Truth
from simulator.viewings import Viewings, watch

LOG, USERS, MOVIES, SUMMARY = "movielog.log", "users.tsv", "movies.tsv", "world.json"


_MOST = {"users": 5_000_000, "movies": 100_000, "days": 3_650, "films_per_user": 10_000}  # memory sets the first two
_YEARS = (1970, 2200)  # in which a history may begin: times are microseconds since 1970, and live runs come after it


@dataclass(frozen=True)
class WorldSize:
    """How big a world is. The default is built in seconds.

    Without `minute_lines` the log tells of ratings, requests and new accounts only: a hundredth of the lines.
    Raises WorldError for sizes of which no world can be made.
    """

    users: int = 5000
    movies: int = 400
    days: int = 30
    films_per_user: float = 3.0
    minute_lines: bool = True

    def __post_init__(self) -> None:
        for name, most in _MOST.items():
            if not 0 < (value := getattr(self, name)) <= most:
                raise WorldError(f"a world with {name} = {value} can not be: give a number above 0, up to {most:,}")


REAL_SIZE = WorldSize(users=287_063, movies=20_784, days=23, films_per_user=9.4)


@dataclass(frozen=True)
class World:
    """Everything that is true before the first line is written."""

    seed: int
    size: WorldSize
    first_day: date
    people: People
    films: Films
    viewings: Viewings

    @classmethod
    def build(cls, seed: int, size: WorldSize, first_day: date, catalogue: Catalogue = invent_films) -> World:
        """The world of `seed`: the same arguments give the same world. Raises WorldError when it can not be."""
        if not _YEARS[0] <= first_day.year <= _YEARS[1]:
            raise WorldError(f"a history can not begin on {first_day}: give a day from {_YEARS[0]} to {_YEARS[1]}")
        for_people, for_films, for_viewings, *_ = _streams(seed)
        people = invent_people(size.users, np.random.default_rng(for_people))
        films = catalogue(size.movies, np.random.default_rng(for_films))
        viewings = watch(people, films, size.films_per_user, first_day, size.days, for_viewings)
        return cls(seed, size, first_day, people, films, viewings)

    @property
    def truth(self) -> Truth:
        return Truth.of(self.people, self.films, self.viewings)

    @property
    def log(self) -> HistoryLog:
        seed = _streams(self.seed)[3]
        return HistoryLog(self.people, self.films, self.viewings, seed, minute_lines=self.size.minute_lines)

    def descriptions(self) -> Iterator[Description | None]:
        """What each user writes of himself, in the order of the users."""
        return describe_people(self.people, self.films, _streams(self.seed)[4])

    def write(self, folder: Path, progress: Callable[[int], None] = lambda _: None) -> None:
        """Write the log, what the APIs tell, and the truth; `progress` is called with counts of lines written.

        The summary comes last: a folder that has one holds a whole world. Raises WorldError when there is one.
        """
        if (folder / SUMMARY).exists():
            raise WorldError(f"there is a world in {folder} already: remove the folder to make another one")
        folder.mkdir(parents=True, exist_ok=True)
        descriptions = remember(folder, self.people.ids.tolist(), self.descriptions())
        _write_records(folder / USERS, user_records(self.people, descriptions))
        _write_records(folder / MOVIES, movie_records(self.films))
        self.truth.save(folder)
        log = self.log
        with open(folder / LOG, "w", encoding="ascii") as file:
            for lines in log.slices():
                file.write("".join(f"{line}\n" for line in lines))
                progress(len(lines))
        summary = {
            "seed": self.seed,
            "size": asdict(self.size),
            "first_day": self.first_day.isoformat(),
            "viewings": len(self.viewings.user),
            "lines": len(log),
            "total": self._total(log),
        }
        (folder / SUMMARY).write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")

    def _total(self, log: HistoryLog) -> dict[str, int]:
        """What the history truly was, with the keys of `simulator.tally.Totals`, when its lines have been written."""
        seen = self.viewings
        requests = int(seen.requested.sum())
        return {
            "requests": requests,
            "answered": requests - log.late,
            "late": log.late,
            "failed": 0,
            "plays": len(seen.film),
            "fees_nano": int(self.films.fees_nano[seen.film].sum()),
            "minutes": int(seen.minutes.sum()),
            "ratings": int((seen.stars > 0).sum()),
            "stars": int(seen.stars.sum()),
            "accounts": int(seen.newcomer.sum()),
        }

    @staticmethod
    def stands_in(folder: Path) -> bool:
        """Whether `folder` holds a whole world."""
        return (folder / SUMMARY).exists()


def _streams(seed: int) -> list[np.random.SeedSequence]:
    """Independent chance for people, films, viewings, log and texts: more films leave the people as they are."""
    return np.random.SeedSequence(seed).spawn(5)


def _write_records(path: Path, records: Iterable[tuple[str, str]]) -> None:
    """One line a record: the id, a tab, the JSON object that an API answers with."""
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"{key}\t{record}\n" for key, record in records)

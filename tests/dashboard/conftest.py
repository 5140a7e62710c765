"""A week of a site in stores of its own: lists of two arms and two models, plays, calls, accounts, dirt."""

from __future__ import annotations

import json
import os
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from cf.json_lines import JsonLines
from core.clock import ManualClock
from core.decision import Attempt, Decision, Outcome, Ranking
from core.events import AccountCreated, Reason
from core.ids import MovieId, UserId
from core.money import Usd
from core.settings import Settings
from core.taste import Means, NamedFilm, Polarity, Taste
from core.usage import CallOutcome, Charge, CountSource, Usage
from ingest import Catalogue, EventStore, RejectedAt
from ingest.effects import Effects, microseconds
from ingest.movie_records import movie_from_record
from llm import Jobs, Patience, Wanted, WorkStore
from matinee.booking_rounds import settle
from simulator import World, WorldSize
from telemetry import CallLedger, RequestIds, open_metrics
from telemetry.ledger_writer import LedgerWriter

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
DAYS, LISTS_A_DAY, USERS = 7, 160, 240
OLD, NEW = "2026-11-12-a", "2026-11-17-b"
SWITCH = datetime(2026, 11, 17, 9, tzinfo=UTC)
RANKERS = (("blend", 0.7), ("taste", 0.2), ("popularity", 0.1))
DIRT = {Reason.TIME: 41, Reason.MOVIE: 93, Reason.STARS_RANGE: 12, Reason.USER: 27, Reason.MINUTE: 8}
MOST = "no price known: the most that was reserved"


class Week:
    """Makes the week in a folder, the same one each time."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._rng = Random(5)
        self._effects = Effects()
        self._calls: list[tuple[Usage, Charge]] = []
        self._decisions: list[Decision] = []
        self._ids = RequestIds(1)

    def make(self) -> None:
        self._films()
        for day in range(DAYS):
            begin = NOW.replace(hour=0) - timedelta(days=DAYS - 1 - day)
            seconds = sorted(int(self._rng.triangular(0, 86_399, 72_000)) for _ in range(LISTS_A_DAY))
            for time in (begin + timedelta(seconds=second) for second in seconds):
                if time < NOW:
                    self._visit(time)
        fees = {film: fee for film, fee in self.fees.items() if fee is not None}
        with closing(LedgerWriter(self.settings.ledger_db, lambda: fees)) as writer:
            writer.write(self._decisions, None)
        with closing(CallLedger(self.settings.ledger_db)) as ledger:
            ledger.add(self._calls)
        self._log()
        settle(self.settings, ManualClock(NOW))
        self._work()
        self._counts()

    def _films(self) -> None:
        World.build(3, WorldSize(users=20, movies=120, days=3), date(2026, 1, 1)).write(self.settings.world)
        lines = (self.settings.world / "movies.tsv").read_text(encoding="utf-8").splitlines()
        movies = [movie_from_record(json.loads(line.partition("\t")[2])) for line in lines]
        movies[7] = replace(movies[7], licence_fee=None)  # of one film nobody knows the fee
        with closing(Catalogue(self.settings.events_db)) as catalogue:
            catalogue.put(movies, (NOW - timedelta(days=30)).date(), 0)
        self.fees = {movie.id: movie.licence_fee for movie in movies}
        self._by_arm = {
            "control": [1 / (place + 3) for place in range(len(movies))],
            "fee-aware": [
                1 / (place + 3) / (1 + 8 * (0 if movie.licence_fee is None else movie.licence_fee.nano) / 1e9)
                for place, movie in enumerate(movies)
            ],
        }

    def _visit(self, time: datetime) -> None:
        user = UserId(self._rng.randrange(USERS))
        ranker = self._rng.choices(*zip(*RANKERS, strict=True), k=1)[0] if user % 4 else "taste"
        arm = "control" if user % 2 else "fee-aware"
        films = self._list(arm)
        if user not in self._effects.accounts and user % 3 == 0:
            self._effects.add(AccountCreated(time - timedelta(minutes=2), user))
            self._call(user, time - timedelta(minutes=1))
        attempts = (Attempt(ranker, Outcome.SERVED, len(films), 90),)
        elapsed_us = int(self._rng.lognormvariate(6.2, 0.7))
        ranking = Ranking(films, NEW if time >= SWITCH else OLD, attempts, (("seen", 2), ("age", 1)))
        self._decisions.append(Decision(self._ids.next(time), time, user, arm, ranking, elapsed_us))
        if self._rng.random() < 0.34:
            self._play(user, films[min(int(self._rng.expovariate(0.4)), len(films) - 1)], time)
        if self._rng.random() < 0.08:
            self._play(user, self._rng.choice(list(self.fees)), time + timedelta(minutes=3))

    def _list(self, arm: str) -> tuple[MovieId, ...]:
        found: dict[MovieId, None] = {}
        while len(found) < 20:
            found.update(dict.fromkeys(self._rng.choices(list(self.fees), self._by_arm[arm], k=20)))
        return tuple(found)[:20]

    def _play(self, user: UserId, film: MovieId, time: datetime) -> None:
        at = microseconds(time + timedelta(minutes=2))
        self._effects.add_watch(user, film, 1, at, at)

    def _call(self, user: UserId, time: datetime) -> None:
        number = len(self._calls)
        usage = Usage(
            f"c{number}", time, "openai", "chat", "gpt-4o-mini", "gpt-4o-mini", "resolve v1", user, 1,
            CallOutcome.ANSWERED, CountSource.REPORTED, 820 + number, 512 if number % 3 == 0 else 0,
            60 + number % 40, 0, 700, f"chatcmpl-{number}",
        )  # fmt: skip
        charge = Charge(usage.call, Usd(150_000 + 400 * number), "table", True)
        if number % 9 == 4:
            usage, charge = replace(usage, outcome=CallOutcome.CACHED), replace(charge, amount=Usd(0))
        if number % 20 == 7:
            usage = replace(usage, outcome=CallOutcome.TIMEOUT, source=CountSource.ESTIMATE, completion="")
            charge = replace(charge, price="most", is_certain=False)
        if number == 11:
            usage = replace(usage, answering_model="nobody-knows")
            charge = replace(charge, price=MOST, is_certain=False)
        self._calls.append((usage, charge))

    def _log(self) -> None:
        reasons = [reason for reason, count in DIRT.items() for _ in range(count)]
        for place, reason in enumerate(reasons):
            self._effects.reject(RejectedAt("log", 0, place, b"?", reason))
        with closing(EventStore(self.settings.events_db)) as store:
            store.commit(self._effects, [], {}, NOW)
        (self.settings.world / "movielog.log").touch()

    def _work(self) -> None:
        users = sorted(self._effects.accounts)[:50]
        film = (NamedFilm(next(iter(self.fees)), Polarity.LIKED, Means.TITLE, "one"),)
        with closing(WorkStore(self.settings.work_db)) as store:
            jobs = Jobs(store, Patience(), Random(1))
            jobs.put([Wanted(user, f"hash {user}") for user in users], NOW)
            for job in jobs.claim("w", len(users), NOW, 60.0):
                films = film if job.user % 5 else ()
                jobs.done(job, Taste(job.user, NOW, films, text_hash=job.text_hash), NOW)
            with store.writing() as connection:
                connection.execute("INSERT INTO spent_days VALUES (?, ?)", (NOW.date().isoformat(), 2_345_600))
        history = JsonLines(self.settings.models / "history.jsonl")
        for version, at in ((OLD, NOW - timedelta(days=8)), (NEW, SWITCH)):
            reason = "not worse than what served, nor than popularity"
            history.append(
                {"at": at.isoformat(), "what": "publish", "version": version, "by": "gate", "reason": reason}
            )

    def _counts(self) -> None:
        metrics = open_metrics(self.settings.home / "metrics", os.getpid())
        for status, count in ((200, len(self._decisions)), (400, 6), (404, 3), (500, 1)):
            for _ in range(count):
                metrics.answered(status)


@pytest.fixture(scope="session")
def week(tmp_path_factory) -> Settings:
    """The settings of the week. For reading only: all tests of this folder share it."""
    home = tmp_path_factory.mktemp("week")
    settings = Settings(
        home=home,
        events=f"file:{home / 'world' / 'movielog.log'}",
        directory="http://127.0.0.1:9?rate=5",  # nobody listens there
        completer="rules:",
    )
    Week(settings).make()
    return settings


@pytest.fixture(scope="session")
def now() -> datetime:
    """The evening of the week's last day."""
    return NOW

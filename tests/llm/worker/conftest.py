"""Words for tests of the worker: a reader that knows two films, users with their records, a worker of them."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager

import pytest

from core.errors import DirectoryDown
from core.ids import MovieId, UserId
from core.money import Usd
from core.taste import Means, Polarity
from core.user import User
from llm import Calls, Candidate, Limits, Mention, Understanding, Wanted
from llm import worker as worker_module
from llm.delivery import Delivery
from llm.feeder import Feeder
from llm.outside import Outside
from llm.worker import Worker

HEAT, REMAKE, UP = MovieId("heat+1995"), MovieId("heat+1986"), MovieId("up+2009")
ANN = UserId(42)
AMPLE = Limits(Usd.parse("1000"), Usd.parse("1000"), 1000)
LONGEST_S = 20  # what hangs is a failure


class FakeReader:
    """Knows "Up" by its title, and that "heet" may be one of two films."""

    def read(self, likes, dislikes):
        mentions = []
        for field, text in (("likes", likes), ("dislikes", dislikes)):
            polarity = Polarity.LIKED if field == "likes" else Polarity.DISLIKED
            if "trouble" in text:
                raise ValueError("a text that nobody foresaw")
            for words, films, open_films in (("Up", (UP,), ()), ("heet", (), (HEAT, REMAKE))):
                start = text.find(words)
                if start >= 0:
                    candidates = tuple(Candidate(movie, "Heat", 1995, 1.0) for movie in open_films)
                    means = Means.TITLE if films else None
                    where = (words, field, start, start + len(words), polarity)
                    mentions.append(Mention(*where, films, means, candidates, not films, "fake"))
        return Understanding(tuple(mentions))


class FakeRecords:
    """The records of users, who may be without one; remembers who was asked for."""

    def __init__(self):
        self.here, self.site, self.asked, self.fetched, self.error = {}, {}, [], [], None
        self.is_open = threading.Event()  # while it is not, the site answers nobody
        self.is_open.set()

    def add(self, user, likes, dislikes=""):
        self.here[user] = User(user, likes=likes, dislikes=dislikes)

    def known(self, ids):
        self.asked.append(list(ids))
        return {user: self.here[user] for user in ids if user in self.here}

    def fetch(self, ids):
        self.fetched.append(list(ids))
        self.is_open.wait(LONGEST_S)
        if self.error:
            raise self.error
        return {user: self.site.get(user, "the site does not know the user") for user in ids}

    def end_fetching(self):
        if not self.is_open.is_set():
            self.error = DirectoryDown("told to end")
            self.is_open.set()


class FakeReaders:
    """A catalogue of which a reader is made when the worker looks; while `has_films` is false there is none."""

    def __init__(self, make):
        self.make, self.reader, self.has_films = make, None, True

    def now(self):
        return self.reader

    def renew(self):
        self.reader = self.make() if self.has_films else None


@pytest.fixture
def records():
    return FakeRecords()


@pytest.fixture
def worker_of(monkeypatch, jobs, newcomers, records, store, fake_ledger, clock, noted):
    """Makes a worker on the one queue; it looks at it a hundred times a second."""
    monkeypatch.setattr(worker_module, "POLL_S", 0.01)

    def make(asker=None, name="w1", reader=FakeReader, readers=None):
        delivery = Delivery(store, Calls(store, AMPLE), fake_ledger, clock)
        outside = Outside(readers or FakeReaders(reader), asker, records, delivery)
        return Worker(name, jobs, Feeder(jobs, newcomers), outside, clock, noted)

    return make


@pytest.fixture
def readers():
    return FakeReaders(FakeReader)


@pytest.fixture
def want(jobs, clock):
    def put(*users, text_hash=""):
        jobs.put([Wanted(user, text_hash) for user in users], clock.now())

    return put


def run_in_time(doing):
    asyncio.run(asyncio.wait_for(doing, LONGEST_S))


def work_until(worker, *others, until=None):
    """Let workers work until the queue is empty, or until something holds."""

    async def together():
        stop = asyncio.Event()
        running = [asyncio.create_task(one.run(stop, until_empty=until is None)) for one in (worker, *others)]
        if until is not None:
            while not until():
                await asyncio.sleep(0.002)
            stop.set()
        await asyncio.gather(*running)

    run_in_time(together())


@pytest.fixture
def in_time():
    return run_in_time


@pytest.fixture
def work():
    return work_until


@pytest.fixture
def films(tastes):
    """The films of a stored taste, None when there is no taste."""

    def of(user=ANN):
        found = tastes.get(user)
        return None if found is None else [(film.movie, film.polarity, film.means) for film in found.films]

    return of


@pytest.fixture
def locked(store, monkeypatch):
    """Every transaction fails with an error while this holds."""

    @contextmanager
    def during(error):
        @contextmanager
        def refuse():
            raise error
            yield

        with monkeypatch.context() as patched:
            patched.setattr(store, "writing", refuse)
            yield

    return during

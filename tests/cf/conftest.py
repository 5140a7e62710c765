"""The words in which tests of models are written: frames of events, a tiny world with a known answer, a model."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cf import Interactions, Recommender, Refresher, Registry, Serving, Why, train
from core.clock import ManualClock
from core.ids import MovieId, UserId
from core.movie import AgeLimit, AgeSource, Movie
from core.taste import Means, NamedFilm, NamedGenre, Polarity, Taste

DAY_US = 86_400_000_000
WHY = Why(datetime(2026, 11, 20, tzinfo=UTC), "a test", "to be asked")


def events(rows):
    """A frame as EventReader gives it; rows are (user, film, stars), one second apart, in the order of time."""
    users, films, stars = zip(*rows, strict=True) if rows else ((), (), ())
    at_us = np.arange(len(rows), dtype=np.int64) * 1_000_000
    return pd.DataFrame(
        {
            "user_id": np.array(users, np.int64),
            "movie_id": pd.Series(films, dtype="str"),
            "minutes": np.zeros(len(rows), np.int64),
            "stars": np.array(stars, np.float64),
            "first_us": at_us,
            "last_us": at_us,
            "order": np.arange(len(rows)),
        }
    )


def film(number, limit=None):
    """Film number `number`, for adults unless the test gives a limit in years."""
    known = None if limit is None else AgeLimit(limit, AgeSource.CERTIFICATE)
    return Movie(MovieId(f"film+{number:02d}"), f"Film {number}", age_limit=known)


def named(movie, polarity=Polarity.LIKED, means=Means.TITLE, words=""):
    """Film number `movie`, liked by its title unless the test says otherwise."""
    return NamedFilm(MovieId(f"film+{movie:02d}"), polarity, means, words or f"film {movie}")


def disliked(movie, means=Means.TITLE, words=""):
    return named(movie, Polarity.DISLIKED, means, words)


def genre(name, polarity=Polarity.LIKED, qualifier=""):
    return NamedGenre(name, polarity, qualifier)


def a_taste(*films, genres=(), user=5001):
    """Of a user whom the model does not know, unless the test says otherwise."""
    return Taste(UserId(user), datetime(2026, 11, 20, tzinfo=UTC), films, tuple(genres))


@pytest.fixture(scope="session")
def words():
    return SimpleNamespace(
        events=events, film=film, day_us=DAY_US, named=named, disliked=disliked, genre=genre, a_taste=a_taste, why=WHY
    )


@pytest.fixture(scope="session")
def even_world():
    """Users like the films of their own parity, but user 0 never met film 4. More users are odd than even,
    so that popularity alone offers user 0 an odd film."""
    rows = [(u, f"film+{m:02d}", 9) for u in range(31) for m in range(12) if m % 2 == (0 if u < 12 else 1)]
    rows.remove((0, "film+04", 9))
    interactions, _ = Interactions.from_frame(events(rows), [f"film+{m:02d}" for m in range(12)], 10)
    return interactions


def two_tastes(rng, users=80, films=60):
    """Events of users who mostly choose films of their own half, popular ones first."""
    rows = []
    for user in range(users):
        half = user % 2
        appeal = 1 / (1 + np.arange(films) % (films // 2)) ** 0.5 * np.where(np.arange(films) % 2 == half, 1, 0.05)
        chosen = rng.choice(films, rng.integers(6, 20), replace=False, p=appeal / appeal.sum())
        rows += [(user, f"film+{m:02d}", int(rng.integers(5, 11))) for m in chosen]
    return [rows[at] for at in rng.permutation(len(rows))]


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A trained and stored model of 80 users with two tastes; every third film suits users from 8 years."""
    catalogue = [film(m, 8 if m % 3 == 0 else None) for m in range(60)]
    ages = {user: (10 if user < 8 else 30) for user in range(76)}  # the last four are of unknown age
    frame = events(two_tastes(np.random.default_rng(5)))
    arguments = {"store": "one", "batch": 7, "stars_max": 10, "seed": 3, "revision": "abc"}
    registry = Registry(tmp_path_factory.mktemp("models"))
    card = registry.add(train(frame, catalogue, ages, **arguments))
    registry.publish(card.version, WHY)
    return SimpleNamespace(
        frame=frame,
        catalogue=catalogue,
        ages=ages,
        arguments=arguments,
        registry=registry,
        card=card,
        model=registry.load(card.version),
    )


class FakeEvents:
    """Keeps frames by batch, as the event store does."""

    def __init__(self, empty):
        self._frames = [(0, empty)]
        self.id = "one"
        self.error = None

    def add(self, batch, frame):
        self._frames.append((batch, frame))

    def store_id(self):
        return self.id

    def last_batch(self):
        if self.error:
            raise self.error
        return self._frames[-1][0]

    def interactions(self, after_batch=0):
        return pd.concat([frame for batch, frame in self._frames if batch > after_batch or not batch])


class FakeUsers:
    def __init__(self):
        self._changes = []

    def put(self, batch, ages):
        self._changes.append((batch, ages))

    def ages(self, after_batch=0):
        return {user: age for batch, ages in self._changes if batch > after_batch for user, age in ages.items()}


class FakeCatalogue:
    def __init__(self, films):
        self._films, self._changed = list(films), 0

    def put(self, batch, film):
        self._films = [film if film.id == known.id else known for known in self._films]
        self._changed = batch

    def movies(self):
        return self._films

    def changed_after(self, batch):
        return self._changed > batch


class FakeTastes:
    def __init__(self):
        self._changes = []
        self.error = None

    def put(self, *tastes):
        self._changes.append(tastes)

    def changed_after(self, number):
        if self.error:
            raise self.error
        return [taste for tastes in self._changes[number:] for taste in tastes], len(self._changes)


class Site:
    """A recommender with everything around it that a refresh reads."""

    def __init__(self, trained, words, folder):
        self.trained, self.words = trained, words
        self.events, self.users = FakeEvents(words.events([])), FakeUsers()
        self.events.add(7, trained.frame)
        self.users.put(6, trained.ages)
        self.catalogue = FakeCatalogue(trained.catalogue)
        self.tastes = FakeTastes()
        self.registry = Registry(folder)
        self.recommender = Recommender(
            Serving.of(trained.catalogue, None), ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
        )
        self.failed = []
        self.refresher = Refresher(
            self.recommender,
            self.registry,
            self.events,
            self.users,
            self.catalogue,
            self.tastes,
            stars_max=10,
            failed=self.failed.append,
        )

    def publish(self):
        version = self.registry.add(self.trained.model).version
        self.registry.publish(version, WHY)
        return version

    def films(self, user, k=20):
        return self.recommender.recommend(UserId(user), k, 250).movies


@pytest.fixture
def site(trained, words, tmp_path):
    return Site(trained, words, tmp_path / "models")


@pytest.fixture(scope="session")
def two_genres(trained):
    """The films of `trained`, those of each half in a genre of its own."""
    return [replace(movie, genres=(("Even", "Odd")[m % 2],)) for m, movie in enumerate(trained.catalogue)]


@pytest.fixture
def serving(trained, two_genres):
    ages = {user: min(years, 18) for user, years in trained.ages.items()}
    return replace(Serving.of(two_genres, trained.model), ages=ages)

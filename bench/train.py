"""Training and answering: our ALS fit against the bare one of implicit, and the time of a warm recommendation."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from implicit.cpu.als import AlternatingLeastSquares
from threadpoolctl import threadpool_limits

from bench import Measurement
from cf import Interactions, Recommender, Registry, Serving, train
from cf.als import Als, AlsParameters
from core.clock import SystemClock
from core.ids import MovieId, UserId
from core.movie import Movie

USERS, MOVIES, FILMS_A_USER = 20_000, 5_000, 20
FIT = AlsParameters(64, 10.0, 1.5, 5)
FIT_RATIO = 1.1
WARM_US = 60.0
ROUNDS = 3


def measure() -> list[Measurement]:
    """The fits take turns, so that both meet the same disturbances; the fastest of each counts."""
    catalogue = [Movie(MovieId(f"film+{number}"), "") for number in range(MOVIES)]
    frame = events([movie.id for movie in catalogue], USERS, FILMS_A_USER)
    history = Interactions.from_frame(frame, (movie.id for movie in catalogue), 10)[0].history()
    matrix = history.matrix(MOVIES)

    def bare() -> None:
        model = AlternatingLeastSquares(
            factors=FIT.factors,
            regularization=FIT.regularization,
            alpha=FIT.alpha,
            iterations=FIT.iterations,
            random_state=1,
        )
        with threadpool_limits(1, "blas"):
            model.fit(matrix, show_progress=False)

    turns = [(_seconds(lambda: Als.fit(history, MOVIES, FIT, seed=1)), _seconds(bare)) for _ in range(ROUNDS)]
    ours, base = (min(times) for times in zip(*turns, strict=True))
    small = frame[frame["user_id"] < USERS // 10]
    warm = _warm_us(small, catalogue)
    return [
        Measurement(
            f"ALS fit, {len(frame):,} interactions, {FIT.factors} factors",
            f"{ours:.2f} s",
            f"{base:.2f} s (implicit)",
            ours / base,
            f"<= {FIT_RATIO}",
            ours / base <= FIT_RATIO,
        ),
        Measurement("recommend(), warm user", f"{warm:.0f} us", "", None, f"<= {WARM_US:.0f} us", warm <= WARM_US),
    ]


def events(movies: list[MovieId], users: int, films_a_user: int) -> pd.DataFrame:
    """Users who choose films by their popularity, some of them from a corner of their own."""
    rng = np.random.default_rng(1)
    appeal = 1 / (1 + np.arange(len(movies))) ** 0.8
    chosen = rng.choice(len(movies), (users, films_a_user), p=appeal / appeal.sum())
    corner = rng.random(chosen.shape) < 0.3
    chosen = np.where(corner, chosen // 20 * 20 + (np.arange(users) % 20)[:, None], chosen)
    pairs = np.unique(np.repeat(np.arange(users), films_a_user) * len(movies) + chosen.ravel())
    rng.shuffle(pairs)
    return pd.DataFrame(
        {
            "user_id": pairs // len(movies),
            "movie_id": pd.Series(np.array(movies, object)[pairs % len(movies)], dtype="str"),
            "minutes": rng.integers(1, 120, len(pairs)),
            "stars": np.full(len(pairs), np.nan),
            "first_us": np.arange(len(pairs)) * 1_000_000,
            "last_us": np.arange(len(pairs)) * 1_000_000,
        }
    )


def _warm_us(frame: pd.DataFrame, catalogue: list[Movie]) -> float:
    """Median microseconds of a recommendation for an adult without fresh events, over rounds of 1,000."""
    users = [UserId(user) for user in frame["user_id"].unique().tolist()]
    ages = dict.fromkeys(users, 30)
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry(Path(folder))
        model = train(frame, catalogue, ages, store="", batch=1, stars_max=10, seed=1, revision="")
        serving = Serving.of(catalogue, registry.load(registry.add(model).version))
    recommender = Recommender(replace(serving, ages=dict.fromkeys(users, 18)), SystemClock())

    def round_of_requests() -> None:
        for user in users[:1000]:
            recommender.recommend(user, 20, 250)

    return statistics.median(_seconds(round_of_requests) for _ in range(10)) * 1e6 / len(users[:1000])


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin

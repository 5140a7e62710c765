"""From a new user's texts to a personal list in process, without a language model: reading, summing, ranking."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd

from bench import Measurement
from cf import Recommender, Serving, train
from core.clock import SystemClock
from core.ids import UserId
from core.movie import Movie
from core.taste import Taste
from ingest.movie_records import movie_from_record
from llm.understander import Understander
from simulator import World, WorldSize
from simulator.records import movie_records

SIZE = WorldSize(users=1_500, movies=20_784, days=23, films_per_user=9.4, minute_lines=False)
TEXTS = 500
P99_MS = 3.0
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def measure() -> list[Measurement]:
    """Each text is read and answered once, as a sign-up is: nothing is warm but the process."""
    world = World.build(1, SIZE, date(2026, 10, 1))
    read_records = [movie_from_record(json.loads(record)) for _, record in movie_records(world.films)]
    movies = [movie for movie in read_records if isinstance(movie, Movie)]
    model = train(_events(world), movies, {}, store="", batch=1, stars_max=10, seed=1, revision="")
    serving, understander = Serving.of(movies, model), Understander.of(movies)
    served = Recommender(serving, SystemClock())
    texts = [said for said in world.descriptions() if said is not None][:TEXTS]
    whole, lists, by_taste = [], [], 0
    for number, said in enumerate(texts):
        user = UserId(10_000_000 + number)
        begin = time.perf_counter()
        read = understander.read(said.likes, said.dislikes)
        taste = Taste(user, NOON, read.taste_films(), read.genres)
        middle = time.perf_counter()
        served.serving = replace(serving, ages={user: 18}, tastes={user: taste})
        ranking = served.recommend(user, 20, 250)
        end = time.perf_counter()
        by_taste += any(attempt.ranker == "taste" and attempt.movies for attempt in ranking.attempts)
        whole.append(end - begin)
        lists.append(end - middle)
    size = f"{len(movies):,} films, {model.card.als.factors} factors"
    return [
        _row(f"texts to a personal list, {size}", whole),
        _row(f"taste to a personal list, {size}", lists),
        Measurement(
            "texts that led to a personal list", f"{by_taste / len(texts):.1%}", "", None, ">= 97 %",
            by_taste >= 0.97 * len(texts),
        ),
    ]  # fmt: skip


def _row(name: str, seconds: list[float]) -> Measurement:
    half_ms, p99_ms = (float(np.quantile(seconds, share)) * 1000 for share in (0.5, 0.99))
    return Measurement(
        name, f"p99 {p99_ms:.2f} ms, median {half_ms:.2f}", "", None, f"p99 < {P99_MS:g} ms", p99_ms < P99_MS
    )


def _events(world: World) -> pd.DataFrame:
    """Every viewing of the world, as the events store would have it."""
    viewings = world.viewings
    return pd.DataFrame(
        {
            "user_id": world.people.ids[viewings.user],
            "movie_id": pd.Series(world.films.ids[viewings.film].astype(object), dtype="str"),
            "minutes": viewings.minutes,
            "stars": np.where(viewings.stars > 0, viewings.stars, np.nan),
            "first_us": viewings.start_us,
            "last_us": viewings.start_us,
        }
    )

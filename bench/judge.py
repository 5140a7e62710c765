"""Judging models: users a second, at the width of the real catalogue and a tenth of its users."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from bench import Measurement
from bench.train import events
from cf import Interactions
from cf.als import AlsParameters
from cf.blend import BlendParameters
from cf.jury import MOST_JUDGED, Jury
from cf.splits import per_user_last
from cf.trainers import BlendTrainer
from core.ids import MovieId
from core.movie import Movie

USERS, MOVIES, FILMS_A_USER = 28_706, 20_784, 10
JUDGED = 4000
LEAST_A_SECOND = 700  # 20,000 users, the most that are ever judged, in half a minute a model


def measure() -> list[Measurement]:
    catalogue = [Movie(MovieId(f"film+{number}"), "", genres=("ABC"[number % 3],)) for number in range(MOVIES)]
    frame = events([movie.id for movie in catalogue], USERS, FILMS_A_USER)
    parts = per_user_last(Interactions.from_frame(frame, (movie.id for movie in catalogue), 10)[0])
    jury = Jury.of(parts, 20, catalogue)
    some = replace(
        jury,
        rows=jury.rows[:JUDGED],
        relevant=jury.relevant.rows(np.arange(JUDGED)),
        own_mean=jury.own_mean[:JUDGED],
    )
    blend = BlendTrainer(AlsParameters(64, 10.0, 1.5, 3), BlendParameters(5.0, 0.1)).fit(parts.train, 1)
    begin = time.perf_counter()
    some.columns(blend)
    a_second = JUDGED / (time.perf_counter() - begin)
    return [
        Measurement(
            f"a blend judged, {MOVIES:,} films, every metric",
            f"{a_second:,.0f} users/s ({MOST_JUDGED / a_second:.0f} s for the most that are judged)",
            "",
            None,
            f">= {LEAST_A_SECOND} users/s",
            a_second >= LEAST_A_SECOND,
        )
    ]

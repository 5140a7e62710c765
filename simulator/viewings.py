"""Viewings: which user watched which film when, how long, and what stars it got."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from datetime import date
from functools import partial
from itertools import accumulate
from math import hypot
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from core.errors import WorldError
from simulator.draws import race
from simulator.films import Films
from simulator.people import People

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US

CELLS_AT_ONCE = 8_000_000  # (user, film) weights of a block of users: 32 MB
BLOCKS_AT_ONCE = 2  # threads: numpy lets go of the interpreter while it draws
PULL = 1.5  # a film one standard deviation nearer to a taste is watched e^1.5 times as often: ADR 0007
SITTINGS = (0.15, 0.25, 0.6)  # weights of the three sittings of a day; users watch one film a sitting
# A user starts at the sitting's hour, plus the user's habit, plus chance. Chance and the longest film (190 minutes)
# end before the next sitting of the same user begins, and with the longest habit before midnight.
SITTING_HOURS = (3.0, 9.0, 15.0)
HABIT_HOURS, CHANCE_HOURS = 3.0, 2.5
FINISHED = 0.88  # share of viewings that reach the end at an affinity of 0
FINISHED_PULL = 0.1  # what tanh(affinity) adds to that share
LEFT_BEFORE = 0.9  # of the runtime: the others leave at a moment up to it, any as likely
RATED = 0.69  # share of viewings that are rated: 2.07 million ratings of 3.0 million (user, film) pairs
# Of the stars 1..10: MovieLens, half stars times two.
STAR_SHARES = (0.014, 0.028, 0.018, 0.075, 0.055, 0.199, 0.130, 0.266, 0.084, 0.131)
WATCHED_AFFINITY = (1.18, 0.92)  # mean and standard deviation over what is watched
STARS_NOISE = 1.2  # standard deviation of what a user's stars add to the affinity
STAR_BOUNDS = tuple(  # what a liking must exceed for 2, 3, .. 10 stars
    NormalDist(WATCHED_AFFINITY[0], hypot(WATCHED_AFFINITY[1], STARS_NOISE)).inv_cdf(share)
    for share in list(accumulate(STAR_SHARES))[:-1]
)
REACTIONS = {  # the true effects by which `react` draws
    "finished": FINISHED,
    "finished_pull": FINISHED_PULL,
    "left_before": LEFT_BEFORE,
    "rated": RATED,
    "stars_noise": STARS_NOISE,
    "star_bounds": STAR_BOUNDS,
}
REQUESTED = 0.95  # share of viewings that begin with a look at the recommendations
NEWCOMERS = 0.02  # share of users whose account is made just before their first viewing


@dataclass(frozen=True)
class Viewings:
    """All viewings in order of their start, one array entry each; times are microseconds since 1970.

    user, film : positions in People and Films. minutes : how many were watched, 1 or more.
    stars : 1..10, 0 where none were given. requested, newcomer : whether the viewing follows a request, an
    account's creation.
    """

    user: NDArray[np.int64]
    film: NDArray[np.int64]
    start_us: NDArray[np.int64]
    minutes: NDArray[np.int64]
    stars: NDArray[np.int64]
    requested: NDArray[np.bool_]
    newcomer: NDArray[np.bool_]


def watch(
    people: People, films: Films, per_user: float, first_day: date, days: int, seed: np.random.SeedSequence
) -> Viewings:
    """What all users watch in `days` days, `per_user` films each in the mean.

    No user watches a film twice, two films at once, or a film that does not suit the user's age.
    Raises WorldError when that are too many, or nobody watches anything.
    Users are drawn block by block, so that memory does not grow with their number; each block has its own chance,
    so that the order in which threads draw them changes nothing.
    """
    sittings = len(SITTINGS) * days
    if per_user * 2 > min(sittings, len(films.ids)):
        most = min(sittings, len(films.ids)) / 2
        raise WorldError(f"{per_user} films a user are too many: with these days and films {most:g} are the most")
    block = max(1, CELLS_AT_ONCE // max(sittings, len(films.ids)))
    starts = range(0, len(people.ids), block)
    users = [np.arange(low, min(low + block, len(people.ids))) for low in starts]
    draw = partial(_watch_block, people, films, per_user, days)
    with ThreadPoolExecutor(BLOCKS_AT_ONCE) as pool:
        parts = list(pool.map(draw, users, seed.spawn(len(users))))
    whole = {item.name: np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(Viewings)}
    if not len(whole["film"]):
        raise WorldError(
            f"in this world nobody watches anything: no film suits the age of its {len(people.ids)} users; make more "
            "users or films, or take another seed"
        )
    whole["start_us"] += np.datetime64(first_day, "us").astype(np.int64)
    order = np.argsort(whole["start_us"], kind="stable")
    return Viewings(**{name: values[order] for name, values in whole.items()})


def _watch_block(
    people: People,
    films: Films,
    per_user: float,
    days: int,
    users: NDArray[np.int64],
    seed: np.random.SeedSequence,
) -> Viewings:
    """The viewings of `users`, with times since the beginning of the first day."""
    rng = np.random.default_rng(seed)
    most = min(len(SITTINGS) * days, len(films.ids))
    counts = np.clip(rng.poisson(per_user * people.activity[users]), 1, most)
    affinity = people.tastes[users] @ films.tastes.T
    weights = np.exp(PULL * affinity) * films.fame.astype(np.float32)
    weights *= people.ages[users, None] >= films.least_ages
    row, film = race(weights, counts, rng)
    counts = np.bincount(row, minlength=len(users))
    times = np.tile(np.array(SITTINGS, dtype=np.float32), (len(users), days))
    _, sitting = race(times, counts, rng)
    liking = affinity[row, film]
    total = len(row)
    habit = rng.uniform(0, HABIT_HOURS, len(users))
    hours = np.array(SITTING_HOURS)[sitting % len(SITTINGS)] + habit[row] + rng.uniform(0, CHANCE_HOURS, total)
    start_us = sitting // len(SITTINGS) * DAY_US + (hours * 3600).astype(np.int64) * SECOND_US
    first = np.full(len(users), np.iinfo(np.int64).max)
    np.minimum.at(first, row, start_us)
    minutes, stars = react(liking, films.runtimes[film], rng)
    return Viewings(
        user=users[row],
        film=film,
        start_us=start_us,
        minutes=minutes,
        stars=stars,
        requested=rng.random(total) < REQUESTED,
        newcomer=(rng.random(len(users)) < NEWCOMERS)[row] & (start_us == first[row]),
    )


def react(
    affinity: NDArray[np.float32], runtimes: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What users do with the films that they chose: (minutes watched, 1 or more; stars 1..10 or 0 for none).

    affinity, runtimes : shape (n_viewings,); runtimes in minutes.
    """
    total = len(affinity)
    finished = rng.random(total) < FINISHED + FINISHED_PULL * np.tanh(affinity)
    left_after = np.ceil(rng.uniform(0, LEFT_BEFORE, total) * runtimes).astype(np.int64)
    stars = 1 + np.searchsorted(STAR_BOUNDS, affinity + rng.normal(0, STARS_NOISE, total))
    rated = rng.random(total) < RATED
    return (
        np.where(finished, runtimes, np.maximum(1, left_after)),
        np.where(rated, stars, 0),
    )

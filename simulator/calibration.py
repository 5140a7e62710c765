"""Calibration: a simulated world beside what is known of the real site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import numpy as np
from scipy.sparse import csr_matrix

from simulator.films import Films
from simulator.people import People
from simulator.viewings import STAR_SHARES, Viewings
from simulator.world import World

TOP = 20  # films of a list
ASKED = 1000  # users whose self-descriptions are looked at: all would take longer than the rest
LIFTED = 500  # most watched films: pairs of them meet often enough to be counted


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the real site, the same of a simulated one, and how far they may be apart."""

    name: str
    real: float
    tolerance: float
    simulated: float

    def holds(self) -> bool:
        return abs(self.simulated - self.real) <= self.tolerance


def calibrate(world: World) -> list[Figure]:
    """Every figure of `world` that is known of the real site; its size must be REAL_SIZE but for the users."""
    return [*_watching(world), *_lines(world), *_people(world.people), _described(world), *_films(world.films)]


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    head = "| figure | real | simulated | may differ by | holds |\n| --- | --- | --- | --- | --- |"
    rows = (
        f"| {item.name} | {item.real:.4g} | {item.simulated:.4g} | {item.tolerance:.2g} | "
        f"{'yes' if item.holds() else 'NO'} |"
        for item in figures
    )
    return "\n".join([head, *rows])


def co_occurrence_lift(user: np.ndarray, film: np.ndarray) -> float:
    """How much more often than by chance a pair of films that one user watched is watched by others too.

    user, film : int, shape (n_viewings,), positions; a pair is there once.
    Over the pairs of the LIFTED most watched films: the mean of observed over expected number of users, weighted
    by the observed, where the observation itself does not count. Chance keeps the films of each user and the
    users of each film as many as they are. 1 is chance; users who watch much do not raise it.
    """
    per_user, per_film = np.bincount(user), np.bincount(film)
    top = np.argsort(-per_film, kind="stable")[:LIFTED]
    watched = csr_matrix((np.ones(len(user)), (user, film)), shape=(len(per_user), len(per_film)))[:, top]
    upper = np.triu_indices(len(top), 1)
    observed = (watched.T @ watched).toarray()[upper]
    pairs_share = (per_user * (per_user - 1)).sum() / len(user) ** 2
    expected = np.outer(per_film[top], per_film[top])[upper] * pairs_share
    return float((observed * (observed - 1) / expected).sum() / observed.sum())


def _watching(world: World) -> list[Figure]:
    seen, users, films = world.viewings, len(world.people.ids), len(world.films.ids)
    top = np.sort(np.bincount(seen.film))[::-1][:TOP].sum()
    return [
        Figure("films a user", 9.4, 0.2, len(seen.user) / users),
        Figure("density, %", 0.045, 0.002, 100 * len(seen.user) / users / films),
        Figure("co-occurrence lift over chance", 1.28, 0.1, co_occurrence_lift(seen.user, seen.film)),
        Figure(f"share of the {TOP} most watched films (popularity's recall)", 0.10, 0.015, top / len(seen.film)),
        Figure("minute lines a viewing", 110, 5, seen.minutes.mean()),
        *_ratings(seen),
    ]


def _ratings(seen: Viewings) -> list[Figure]:
    stars = seen.stars[seen.stars > 0]
    shares = np.bincount(stars, minlength=len(STAR_SHARES) + 1)[1:] / len(stars)
    steps = np.arange(1, len(STAR_SHARES) + 1)
    return [
        Figure("ratings a viewing", 0.69, 0.02, len(stars) / len(seen.stars)),
        Figure("stars, mean (MovieLens)", 7.0, 0.1, stars.mean()),
        *(
            Figure(f"share of {step} stars (MovieLens)", real, 0.015, share)
            for step, real, share in zip(steps, STAR_SHARES, shares, strict=True)
        ),
    ]


def _lines(world: World) -> list[Figure]:
    """Kinds of lines; requests and ratings are real to a whole per cent only."""
    seen, total = world.viewings, len(world.log)
    return [
        Figure("minute lines, %", 98, 0.6, 100 * seen.minutes.sum() / total),
        Figure("rating lines, %", 1, 0.5, 100 * (seen.stars > 0).sum() / total),
        Figure("request lines, %", 1, 0.5, 100 * seen.requested.sum() / total),
    ]


def _people(people: People) -> list[Figure]:
    students = (people.occupations == "college/grad student").mean()
    return [
        Figure("users under 18, %", 1.25, 0.5, 100 * (people.ages < 18).mean()),
        Figure("users under 13, %", 0.57, 0.4, 100 * (people.ages < 13).mean()),
        Figure("women, %", 16.8, 1.5, 100 * (people.genders == "F").mean()),
        Figure("college/grad students, %", 24.2, 2, 100 * students),
    ]


def _described(world: World) -> Figure:
    share = np.mean([text is not None for text in islice(world.descriptions(), ASKED)])
    return Figure(f"with a self-description, % of {ASKED:,} users", 70, 6, 100 * float(share))


def _films(films: Films) -> list[Figure]:
    fees_usd = films.fees_nano / 1e9
    ranks = (films.fees_nano.argsort().argsort(), films.fame.argsort().argsort())
    return [
        Figure("licence fee, median USD", 0.0915, 0.005, float(np.median(fees_usd))),
        Figure("licence fee, mean USD", 0.1016, 0.005, fees_usd.mean()),
        Figure("licence fee, least USD", 0.006, 0.0005, fees_usd.min()),
        Figure("licence fee, most USD", 0.365, 0.0005, fees_usd.max()),
        Figure("fee and fame, rank correlation (votes)", 0.56, 0.05, float(np.corrcoef(*ranks)[0, 1])),
    ]

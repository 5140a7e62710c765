"""Rating attacks: false accounts that lift or sink one film, in the four classical forms.

Source: Mobasher, Burke, Bhaumik & Williams 2007 (ACM TOIT), "Toward trustworthy recommender systems".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from core.errors import WorldError
from core.events import RatingGiven
from core.ids import MovieId, UserId
from simulator.timetable import Attack, AttackKind
from simulator.truth import Truth

MOST, FEWEST = 10, 1  # stars
SELECTED = 0.25  # share of the filler films that are famous or like the target, where the style selects some
SPREAD = 1.0  # standard deviation of the stars of films that are rated to look harmless


def attack_ratings(
    attack: Attack, accounts: Sequence[UserId], truth: Truth, rng: np.random.Generator
) -> list[RatingGiven]:
    """What the false accounts rate within the attack's time, in order of time for each account.

    The attack is one that `check_attack` lets pass.
    """
    target = int(np.flatnonzero(truth.movie_ids == attack.target)[0])
    others = np.flatnonzero(np.arange(len(truth.movie_ids)) != target)
    means = _mean_stars(truth)
    selected, stars_of_selected = _selection(attack, truth, target, others)
    span_s = (attack.end - attack.start).total_seconds()
    events: list[RatingGiven] = []
    for account in accounts:
        rest = rng.choice(np.setdiff1d(others, selected), attack.filler - len(selected), replace=False)
        films = np.concatenate([selected, rest, [target]])
        center = means[rest] if attack.style is AttackKind.AVERAGE else means.mean()
        harmless = rng.normal(center, SPREAD, len(rest)).round().clip(FEWEST, MOST).astype(np.int64)
        if attack.style is AttackKind.SEGMENT:
            harmless[:] = FEWEST if attack.push else MOST
        aim = MOST if attack.push else FEWEST
        stars = np.concatenate([np.full(len(selected), stars_of_selected), harmless, [aim]])
        order = rng.permutation(len(films))
        times = [attack.start + timedelta(seconds=after) for after in np.sort(rng.uniform(0, span_s, len(films)))]
        rated = zip(times, films[order].tolist(), stars[order].tolist(), strict=True)
        events += [
            RatingGiven(time, account, MovieId(str(truth.movie_ids[film])), given) for time, film, given in rated
        ]
    return events


def check_attack(attack: Attack, truth: Truth) -> None:
    """Raise WorldError when the target is no film of the world, or there are fewer films than an account rates."""
    if attack.target not in truth.movie_ids:
        raise WorldError(
            f"{attack.target!r} can not be attacked: it is no film of this world; GET /movie/<id> tells which are"
        )
    others = len(truth.movie_ids) - 1
    if attack.filler > others:
        raise WorldError(f"an attack with filler = {attack.filler} can not be: there are {others} other films")


def _mean_stars(truth: Truth) -> NDArray[np.float64]:
    """The mean stars of each film in the history; of a film without ratings, those of all, or the middle if none."""
    rated = truth.seen_stars > 0
    films, stars = truth.seen_film[rated], truth.seen_stars[rated]
    counts = np.bincount(films, minlength=len(truth.movie_ids))
    sums = np.bincount(films, stars, minlength=len(truth.movie_ids))
    usual = stars.mean() if len(stars) else (FEWEST + MOST) / 2
    return np.where(counts > 0, sums / np.maximum(counts, 1), usual)


def _selection(attack: Attack, truth: Truth, target: int, others: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """The films that every false account rates for effect, and the stars that they get."""
    count = round(attack.filler * SELECTED)
    if attack.style is AttackKind.BANDWAGON:
        popular = truth.popular()
        return popular[popular != target][:count], MOST
    if attack.style is AttackKind.SEGMENT:
        likeness = truth.film_tastes[others] @ truth.film_tastes[target]
        return others[np.argsort(-likeness, kind="stable")[:count]], MOST if attack.push else FEWEST
    return others[:0], MOST

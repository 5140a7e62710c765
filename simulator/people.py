"""People: the users of a simulated site."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.tastes import crowd_tastes

# Ages from..below, share of users, share of women among them: fitted to 28,589 users of the site, 2025.
AGE_BANDS = (
    (8, 13, 0.0057, 0.21),
    (13, 18, 0.0068, 0.26),
    (18, 25, 0.0789, 0.13),
    (25, 35, 0.8345, 0.15),
    (35, 45, 0.0391, 0.26),
    (45, 60, 0.0172, 0.45),
    (60, 91, 0.0178, 0.55),
)
SCHOOL = "K-12 student"
OCCUPATIONS = {  # shares among adults, same users
    "college/grad student": 0.244,
    "executive/managerial": 0.193,
    "sales/marketing": 0.136,
    "scientist": 0.097,
    "other or not specified": 0.069,
    "self-employed": 0.066,
    "academic/educator": 0.037,
    "homemaker": 0.028,
    SCHOOL: 0.025,
    "artist": 0.022,
    "retired": 0.018,
    "clerical/admin": 0.017,
    "technician/engineer": 0.014,
    "programmer": 0.010,
    "tradesman/craftsman": 0.005,
    "writer": 0.004,
    "doctor/health care": 0.004,
    "lawyer": 0.004,
    "customer service": 0.003,
    "unemployed": 0.003,
    "farmer": 0.001,
}
ADULT_YEARS = 18
SPARE_IDS = 20  # ids are drawn from a range this many times as wide as the users: strangers have room
ACTIVITY_SPREAD = 0.6  # standard deviation of the logarithm: the busiest tenth watches four times the median


@dataclass(frozen=True)
class People:
    """All users, one array entry a user, ascending by id.

    tastes : float32, shape (n_users, n_dimensions), see `simulator.tastes`.
    activity : float, mean 1: how much of the site's watching is this user's.
    """

    ids: NDArray[np.int64]
    ages: NDArray[np.int64]
    genders: NDArray[np.str_]
    occupations: NDArray[np.str_]
    activity: NDArray[np.float64]
    tastes: NDArray[np.float32]


def invent_people(count: int, rng: np.random.Generator) -> People:
    """`count` users with ages, genders and occupations distributed as on the real site."""
    low, high, shares, women = (np.array(column) for column in zip(*AGE_BANDS, strict=True))
    band = rng.choice(len(AGE_BANDS), count, p=shares / shares.sum())
    ages = rng.integers(low[band], high[band])
    adult_shares = np.array(list(OCCUPATIONS.values()))
    occupations = rng.choice(list(OCCUPATIONS), count, p=adult_shares / adult_shares.sum())
    activity = rng.lognormal(0, ACTIVITY_SPREAD, count)
    return People(
        ids=np.sort(rng.choice(count * SPARE_IDS, count, replace=False) + 1),
        ages=ages,
        genders=np.where(rng.random(count) < women[band], "F", "M"),
        occupations=np.where(ages < ADULT_YEARS, SCHOOL, occupations),
        activity=activity / activity.mean(),
        tastes=crowd_tastes(count, rng),
    )

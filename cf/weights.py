"""The weight of an interaction: the one place where minutes and stars become a number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.errors import TrainingError

FULL_MINUTES = 90  # a film watched that long counts as seen to the end
UNRATED = 0.7  # the mean rating of MovieLens is 7 of 10 stars: a film watched and not rated counts as an average one


def weigh(minutes: NDArray[np.int64], stars: NDArray[np.float64], stars_max: int) -> NDArray[np.float32]:
    """How much each (user, film) says for the film, above 0 and at most 1. Stars count before minutes.

    minutes : distinct minutes watched, 0 where the film was only rated.
    stars : 1 to `stars_max`, NaN where the film was only watched.
    Raises TrainingError when there are more stars than `stars_max`.

    >>> weigh(np.array([0, 45, 200]), np.array([8, np.nan, np.nan]), 10).round(2).tolist()
    [0.800000011920929, 0.3499999940395355, 0.699999988079071]
    """
    if (stars > stars_max).any():
        raise TrainingError(
            f"a film has {np.nanmax(stars):.0f} stars and MATINEE_STARS_MAX says that {stars_max} are the most: "
            "set it to what the site's ratings go up to"
        )
    watched = UNRATED * np.minimum(minutes, FULL_MINUTES) / FULL_MINUTES
    weight: NDArray[np.float32] = np.where(np.isnan(stars), watched, stars / stars_max).astype(np.float32)
    return weight

"""What a list is expected to cost in licence fees, before anyone has picked from it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from core.ids import MovieId
from core.money import Usd

PICKS_PER_LIST = 0.5
"""Prior: plays that one list leads to. The site's log has 0.9 viewings a recommendation request, which is the
most it can be; that about half of them come from the list is assumed. What was played corrects it (`picks.py`)."""

LIST_LENGTH = 20
_WEIGHTS = [1 / math.log2(rank + 2) for rank in range(LIST_LENGTH)]

PICK_PRIOR_PPM = tuple(round(1e6 * PICKS_PER_LIST * weight / sum(_WEIGHTS)) for weight in _WEIGHTS)
"""Prior: how often, in a million lists, the film at each position is played. It falls as the discount of NDCG."""


def expected_licence(
    movies: Sequence[MovieId], fee_by_movie: Mapping[MovieId, Usd], picks_ppm: Sequence[int] = PICK_PRIOR_PPM
) -> tuple[Usd | None, int]:
    """The expected fees of a list, with the number of its films whose fee is not known.

    movies : best first, at most LIST_LENGTH of them.
    fee_by_movie : the fee of one play, for the films where it is known.
    picks_ppm : plays of the film at each position in a million lists.
    Returns the sum over positions of pick probability times fee, over the films with a known fee, rounded down to a
    billionth; None, never 0, when the fee of no film is known.

    >>> expected_licence([MovieId("heat+1995"), MovieId("up+2009")], {MovieId("heat+1995"): Usd.parse("0.10")})
    (Usd(nano=7102000), 1)
    """
    total = known = 0
    for movie, share_ppm in zip(movies, picks_ppm, strict=False):
        fee = fee_by_movie.get(movie)
        if fee is not None:
            known += 1
            total += share_ppm * fee.nano
    return (Usd(total // 1_000_000) if known else None), len(movies) - known

"""Drawing without replacement, for many rows at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def race(
    weights: NDArray[np.float32], counts: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw counts[r] distinct columns of each row r, one after another in proportion to weights[r].

    weights : float, shape (n_rows, n_columns), 0 or more; a column of weight 0 is never drawn.
    counts : int, shape (n_rows,), 0 or more; a row with fewer drawable columns gives those that it has.
    Returns (rows, columns), int, ordered by row, inside a row in the order drawn.
    Source: exponential races; Efraimidis & Spirakis 2006 (IPL), one key a column and the smallest keys win.

    >>> rows, columns = race(np.float32([[1, 0, 1]]), np.array([3]), np.random.default_rng(1))
    >>> rows.tolist(), sorted(columns.tolist())
    ([0, 0], [0, 2])
    """
    n_columns = weights.shape[1]
    deepest = min(int(counts.max(initial=0)), n_columns)
    keys = rng.standard_exponential(weights.shape, dtype=np.float32)
    with np.errstate(divide="ignore", invalid="ignore"):  # weight 0: infinity, or NaN for a key of 0; both come last
        keys /= weights
    if deepest < n_columns:
        front = np.argpartition(keys, deepest, axis=1)[:, :deepest]
        front_keys = np.take_along_axis(keys, front, axis=1)
    else:
        front, front_keys = np.broadcast_to(np.arange(n_columns), keys.shape), keys
    order = np.argsort(front_keys, axis=1)
    drawn = np.isfinite(np.take_along_axis(front_keys, order, axis=1))
    drawn &= np.arange(deepest) < counts[:, None]
    rows, ranks = np.nonzero(drawn)
    return rows, np.take_along_axis(front, order, axis=1)[rows, ranks]

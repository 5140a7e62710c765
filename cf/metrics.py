"""Metrics of lists: each says what is measured, from which data, and how it is computed.

Every function returns one number a user; a model's figure is their mean. `hits[u, r]` says whether the film
at rank r (0 is the top) of user u's list is one of the user's test films.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Hits = NDArray[np.bool_]
NO_MOVIE = -1  # fills a list that is shorter than k


def recall(hits: Hits, n_relevant: NDArray[np.int64]) -> Floats:
    """Metric: how much of what a user went on to watch was on the list.

    Data: each judged user's list of k films and the test films of the split.
    Operationalization: test films on the list / test films; the mean over users.

    >>> recall(np.array([[True, False]]), np.array([4])).tolist()
    [0.25]
    """
    share: Floats = hits.sum(axis=1) / n_relevant
    return share


def ndcg(hits: Hits, n_relevant: NDArray[np.int64]) -> Floats:
    """Metric: how near the top of the list the films stand that a user went on to watch.

    Data: each judged user's list of k films and the test films of the split.
    Operationalization: sum of 1 / log2(rank + 2) over the hits / the same sum when all of the first
    min(k, test films) ranks are hits; the mean over users.
    Source: Jarvelin, Kekalainen 2002 (TOIS); gain 1, discount as in Burges et al. 2005 (ICML).

    >>> ndcg(np.array([[False, True]]), np.array([1])).round(4).tolist()
    [0.6309]
    """
    discount = 1 / np.log2(np.arange(hits.shape[1]) + 2)
    best = discount.cumsum()
    quality: Floats = (hits * discount).sum(axis=1) / best[np.minimum(n_relevant, hits.shape[1]) - 1]
    return quality


def mrr(hits: Hits) -> Floats:
    """Metric: how far a user has to read down the list to the first film that is watched later.

    Data: each judged user's list of k films and the test films of the split.
    Operationalization: 1 / the rank (from 1) of the first test film on the list, 0 without one; the mean over users.
    Source: Voorhees 1999 (TREC-8).

    >>> mrr(np.array([[False, True, True], [False, False, False]])).tolist()
    [0.5, 0.0]
    """
    first: Floats = np.where(hits.any(axis=1), 1 / (hits.argmax(axis=1) + 1), 0.0)
    return first


def hit(hits: Hits) -> Floats:
    """Metric: whether the list was of any use at all.

    Data: each judged user's list of k films and the test films of the split.
    Operationalization: 1 when at least one test film is on the list, else 0; the mean over users.

    >>> hit(np.array([[False, True], [False, False]])).tolist()
    [1.0, 0.0]
    """
    useful = np.asarray(hits.any(axis=1))
    return useful.astype(np.float64)


def novelty(lists: NDArray[np.int32], watchers: NDArray[np.int64], n_users: int) -> Floats:
    """Metric: how little known the listed films are.

    Data: each judged user's list of k films; how many of the `n_users` training users have each film.
    Operationalization: mean of log2(n_users / watchers) over the list, in bits, where a film that nobody
    has counts as one that a single user has; the mean over users.
    Source: Zhou et al. 2010 (PNAS), self-information.

    >>> novelty(np.array([[0, 1]]), np.array([8, 2]), 8).tolist()
    [1.0]
    """
    bits = np.log2(n_users / np.maximum(watchers, 1))
    listed = lists != NO_MOVIE
    mean: Floats = np.where(listed, bits[lists], 0).sum(axis=1) / np.maximum(listed.sum(axis=1), 1)
    return mean


def coverage(lists: NDArray[np.int32], n_movies: int) -> Floats:
    """Metric: how much of the catalogue anybody gets to see.

    Data: the lists of all judged users and the number of films in the catalogue.
    Operationalization: films on at least one list / films in the catalogue. Each user's number is this
    figure plus the user's influence on it (jackknife), so that the mean is the figure itself and resampling
    users gives its interval: resampled lists themselves would always cover less.
    Source: Efron 1982, The Jackknife, the Bootstrap and Other Resampling Plans, chapter 6.

    >>> coverage(np.array([[0, 1], [1, 2]]), 6).tolist()
    [0.5, 0.5]
    """
    listed = lists != NO_MOVIE
    holders = np.bincount(lists[listed], minlength=n_movies)
    alone = (listed & (holders[lists] == 1)).sum(axis=1)  # films that would be lost with this user
    shown = np.count_nonzero(holders)
    influenced: Floats = (shown + (len(lists) - 1) * (alone - alone.mean())) / n_movies
    return influenced


def popularity_lift(lists: NDArray[np.int32], watchers: NDArray[np.int64], own_mean: NDArray[np.float64]) -> Floats:
    """Metric: how much more popular the listed films are than those that the user chose.

    Data: each judged user's list of k films, the user's own training films, how many training users have each film.
    Operationalization: mean watchers of the listed films / mean watchers of the user's own films - 1, so that 0 is
    as popular as what the user chose; an empty list counts as 0; the mean over users.
    Source: Abdollahpouri et al. 2019 (RMSE workshop), the lift of group average popularity, here by user.

    own_mean : float, shape (n_users,), mean watchers of each user's own films.

    >>> popularity_lift(np.array([[0, 1]]), np.array([8, 4]), np.array([3.0])).tolist()
    [1.0]
    """
    listed = lists != NO_MOVIE
    length = listed.sum(axis=1)
    mean = np.where(listed, watchers[lists], 0).sum(axis=1) / np.maximum(length, 1)
    lift: Floats = np.where(length > 0, mean / np.maximum(own_mean, 1) - 1, 0.0)
    return lift


def rmse(predicted: NDArray[np.float64], weights: NDArray[np.float64], lengths: NDArray[np.int64]) -> Floats:
    """Metric: how far predicted ratings are from the given ones, for models that predict ratings.

    Data: the test films of each judged user with their weights, 0 to 1: stars / most stars where there are stars,
    else the share of the film that was watched, as training counts it.
    Operationalization: root of the mean squared error over a user's test films; the mean over users. Lower is better,
    and it says nothing of lists: a model can be the best by it and the worst by ndcg.

    predicted, weights : shape (sum of lengths,), user by user. lengths : int, shape (n_users,), each above 0.

    >>> rmse(np.array([0.5, 0.5]), np.array([1.0, 0.0]), np.array([2])).tolist()
    [0.5]
    """
    starts = np.concatenate([[0], lengths.cumsum()[:-1]])
    root: Floats = np.sqrt(np.add.reduceat((predicted - weights) ** 2, starts) / lengths)
    return root

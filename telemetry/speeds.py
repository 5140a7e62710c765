"""Speeds: how long requests took, in the buckets of the metric, from which quantiles are read."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

from telemetry.series import REQUEST_SECONDS

SPEEDS_US = REQUEST_SECONDS.buckets_us
"""Upper bounds of the buckets in microseconds; one more bucket holds what took longer."""


def bucket_of(elapsed_us: int) -> int:
    """The place in SPEEDS_US of the first bound that is not exceeded; its length beyond the last."""
    return bisect_left(SPEEDS_US, elapsed_us)


def quantile_us(lists_by_bucket: Mapping[int, int], share: float) -> int | None:
    """The bound in microseconds below which `share` of the requests were answered.

    None without any request, or when it is beyond the last bound.

    >>> quantile_us({0: 98, 3: 2}, 0.5), quantile_us({0: 98, 3: 2}, 0.99)
    (100, 1000)
    """
    total, so_far = sum(lists_by_bucket.values()), 0
    for bucket, bound in enumerate(SPEEDS_US):
        so_far += lists_by_bucket.get(bucket, 0)
        if total and so_far >= share * total:
            return bound
    return None

"""The event log of a history: every minute, rating, request and new account, nearly in order of time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from simulator.films import Films
from simulator.lines import account_line, fetch_text, java_time, rating_line, request_line, timeout_text
from simulator.people import People
from simulator.viewings import HOUR_US, MINUTE_US, SECOND_US, Viewings

SLICE_US = HOUR_US  # lines are made and ordered slice by slice, so that memory does not grow with the history
HOST = "recommender:8082"
ADDRESS = "10.0.0.1"
LIMIT_MS = 600
LATE = 0.01  # share of requests without an answer in time
WITH_FRACTION = 0.02  # share of minute lines that carry milliseconds
DELAY_US = 300_000  # mean time from an event to its line: neighbours change places now and then
LIST_LENGTH = 20


class HistoryLog:
    """The lines of a history. The site of that time showed everyone its most famous films.

    Without `minute_lines` it is a log of ratings, requests and new accounts only.
    """

    def __init__(
        self,
        people: People,
        films: Films,
        viewings: Viewings,
        seed: np.random.SeedSequence,
        *,
        minute_lines: bool = True,
    ) -> None:
        once, self._seed = seed.spawn(2)
        rng = np.random.default_rng(once)
        self._users = people.ids.astype(object)
        self._movies = films.ids.astype(object)
        self._viewings = viewings
        self._minute_lines = minute_lines
        end_us = viewings.start_us + viewings.minutes * MINUTE_US
        count = len(end_us)
        self._rated = _Moments(viewings.stars > 0, end_us + rng.integers(4, 40, count) * SECOND_US)
        before_us = rng.integers(5 * SECOND_US, 2 * MINUTE_US, count)  # requests are logged with microseconds
        self._requested = _Moments(viewings.requested, viewings.start_us - before_us)
        self._joined = _Moments(viewings.newcomer, viewings.start_us - rng.integers(180, 1200, count) * SECOND_US)
        self.late = 0
        self._longest_us = int(viewings.minutes.max()) * MINUTE_US
        self._ends = np.array([f"{minute}.mpg" for minute in range(int(viewings.minutes.max()))], dtype=object)
        self._timeout = timeout_text(HOST, ADDRESS, LIMIT_MS)
        self._list = ", ".join(films.ids[np.argsort(-films.fame, kind="stable")[:LIST_LENGTH]])

    def __len__(self) -> int:
        """The number of lines."""
        seen = self._viewings
        minutes = seen.minutes.sum() if self._minute_lines else 0
        return int(minutes + (seen.stars > 0).sum() + seen.requested.sum() + seen.newcomer.sum())

    def slices(self) -> Iterator[list[str]]:
        """All lines without newlines, an hour at a time; the same lines each time. Afterwards `late` says how many
        requests had no answer in time.
        """
        self.late = 0
        rng = np.random.default_rng(self._seed)
        starts = self._viewings.start_us
        first = int(starts[0]) // SLICE_US - 1
        last = (int(starts[-1]) + self._longest_us) // SLICE_US + 1
        for position in range(first, last + 1):
            yield self._slice(position * SLICE_US, rng)

    def _slice(self, low: int, rng: np.random.Generator) -> list[str]:
        """The lines of the hour that begins at `low`, in the order in which they arrive."""
        lines: list[str] = []
        times: list[NDArray[np.int64]] = []
        kinds = [self._accounts(low), self._requests(low, rng), self._ratings(low)]
        if self._minute_lines:
            kinds.append(self._minutes(low, rng))
        for time_us, texts in kinds:
            times.append(time_us)
            lines += texts
        arrival = np.concatenate(times) + rng.exponential(DELAY_US, len(lines))
        return [lines[place] for place in np.argsort(arrival, kind="stable")]

    def _minutes(self, low: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], list[str]]:
        seen = self._viewings
        begin, end = np.searchsorted(seen.start_us, (low - self._longest_us, low + SLICE_US))
        start, minutes = seen.start_us[begin:end], seen.minutes[begin:end]
        since, until = (np.clip(-((start - bound) // MINUTE_US), 0, minutes) for bound in (low, low + SLICE_US))
        counts = until - since
        of = np.repeat(np.arange(end - begin), counts)
        minute = np.arange(len(of)) - np.repeat(counts.cumsum() - counts - since, counts)
        time_us = start[of] + minute * MINUTE_US + rng.integers(0, 3, len(of)) * SECOND_US
        time_us += (rng.random(len(of)) < WITH_FRACTION) * rng.integers(1, 1000, len(of)) * 1000
        # Whole texts a line are slow: times repeat within an hour, what stands behind them within a viewing.
        moments, at = np.unique(time_us, return_inverse=True)
        times = np.array([java_time(moment) for moment in moments.tolist()], dtype=object)
        fetches = np.array(
            [fetch_text(*pair) for pair in zip(*self._of(np.arange(begin, end)), strict=True)], dtype=object
        )
        texts: NDArray[np.object_] = times[at] + fetches[of] + self._ends[minute]
        return time_us, texts.tolist()

    def _ratings(self, low: int) -> tuple[NDArray[np.int64], list[str]]:
        rated, time_us = self._rated.within(low)
        users, movies = self._of(rated)
        return time_us, list(map(rating_line, time_us.tolist(), users, movies, self._viewings.stars[rated]))

    def _requests(self, low: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], list[str]]:
        requested, time_us = self._requested.within(low)
        count = len(requested)
        late = rng.random(count) < LATE
        self.late += int(late.sum())
        elapsed_ms = np.where(late, LIMIT_MS + rng.integers(1, 50, count), rng.integers(5, 60, count))
        results = [self._timeout if is_late else self._list for is_late in late]
        users, _ = self._of(requested)
        statuses = np.where(late, 0, 200)
        texts = map(request_line, time_us.tolist(), users, repeat(HOST), statuses, results, elapsed_ms)
        return time_us, list(texts)

    def _accounts(self, low: int) -> tuple[NDArray[np.int64], list[str]]:
        joined, time_us = self._joined.within(low)
        return time_us, list(map(account_line, time_us.tolist(), self._of(joined)[0]))

    def _of(self, viewings: NDArray[np.int64]) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
        """The user ids and film ids of viewings."""
        return self._users[self._viewings.user[viewings]], self._movies[self._viewings.film[viewings]]


class _Moments:
    """What happens once a viewing at most, in order of time."""

    def __init__(self, marked: NDArray[np.bool_], time_us: NDArray[np.int64]) -> None:
        """marked, time_us : shape (n_viewings,); what is not marked does not happen."""
        viewings = np.flatnonzero(marked)
        self._viewings = viewings[np.argsort(time_us[viewings], kind="stable")]
        self._time_us = time_us[self._viewings]

    def within(self, low: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The viewings to which it happens in the hour that begins at `low`, and when."""
        begin, end = np.searchsorted(self._time_us, (low, low + SLICE_US))
        return self._viewings[begin:end], self._time_us[begin:end]

"""The event log of a history: every minute, rating, request and new account, nearly in order of time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from simulator.films import Films
from simulator.lines import account_line, minute_line, rating_line, request_line, timeout_text
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
    """The lines of a history. The site of that time showed everyone its most famous films."""

    def __init__(self, people: People, films: Films, viewings: Viewings) -> None:
        self._users = people.ids.astype(object)
        self._movies = films.ids.astype(object)
        self._viewings = viewings
        end_us = viewings.start_us + viewings.minutes * MINUTE_US
        rated = np.flatnonzero(viewings.stars)
        self._rated = rated[np.argsort(end_us[rated], kind="stable")]
        self._rated_us = end_us[self._rated]
        self._longest_us = int(viewings.minutes.max()) * MINUTE_US
        self._timeout = timeout_text(HOST, ADDRESS, LIMIT_MS)
        self._list = ", ".join(films.ids[np.argsort(-films.fame, kind="stable")[:LIST_LENGTH]])

    def __len__(self) -> int:
        """The number of lines."""
        seen = self._viewings
        return int(seen.minutes.sum() + (seen.stars > 0).sum() + seen.requested.sum() + seen.newcomer.sum())

    def slices(self, rng: np.random.Generator) -> Iterator[list[str]]:
        """All lines without newlines, an hour at a time."""
        starts = self._viewings.start_us
        first = int(starts[0]) // SLICE_US
        last = (int(starts[-1]) + self._longest_us + MINUTE_US) // SLICE_US
        for position in range(first, last + 1):
            yield self._slice(position * SLICE_US, rng)

    def _slice(self, low: int, rng: np.random.Generator) -> list[str]:
        """The lines of the events whose nominal time lies in the hour that begins at `low`."""
        lines: list[str] = []
        times: list[NDArray[np.int64]] = []
        for kind in (self._accounts, self._requests, self._minutes, self._ratings):
            time_us, texts = kind(low, rng)
            times.append(time_us)
            lines += texts
        time_us = np.concatenate(times)
        arrival = time_us + rng.exponential(DELAY_US, len(time_us))
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
        users, movies = self._users[seen.user[begin:end]][of], self._movies[seen.film[begin:end]][of]
        texts = map(minute_line, _datetimes(time_us), users, movies, minute.tolist())
        return time_us, list(texts)

    def _ratings(self, low: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], list[str]]:
        """Seconds after the last minute."""
        seen = self._viewings
        begin, end = np.searchsorted(self._rated_us, (low, low + SLICE_US))
        rated = self._rated[begin:end]
        time_us = self._rated_us[begin:end] + rng.integers(4, 40, len(rated)) * SECOND_US
        users, movies = self._users[seen.user[rated]], self._movies[seen.film[rated]]
        return time_us, list(map(rating_line, _datetimes(time_us), users, movies, seen.stars[rated]))

    def _requests(self, low: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], list[str]]:
        """Up to two minutes before the viewing, with microseconds as the service writes them."""
        seen = self._viewings
        chosen = self._starting(low, seen.requested)
        count = len(chosen)
        time_us = seen.start_us[chosen] - rng.integers(5 * SECOND_US, 120 * SECOND_US, count)
        late = rng.random(count) < LATE
        elapsed_ms = np.where(late, LIMIT_MS + rng.integers(1, 50, count), rng.integers(5, 60, count))
        status = np.where(late, 0, 200)
        results = [self._timeout if is_late else self._list for is_late in late]
        users, hosts = self._users[seen.user[chosen]], repeat(HOST)
        return time_us, list(map(request_line, _datetimes(time_us), users, hosts, status, results, elapsed_ms))

    def _accounts(self, low: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], list[str]]:
        """Minutes before the newcomer's first viewing."""
        seen = self._viewings
        chosen = self._starting(low, seen.newcomer)
        time_us = seen.start_us[chosen] - rng.integers(3 * MINUTE_US, 20 * MINUTE_US, len(chosen))
        return time_us, list(map(account_line, _datetimes(time_us), self._users[seen.user[chosen]]))

    def _starting(self, low: int, marked: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The marked viewings that start in the hour that begins at `low`."""
        begin, end = np.searchsorted(self._viewings.start_us, (low, low + SLICE_US))
        starting: NDArray[np.int64] = np.flatnonzero(marked[begin:end]) + begin
        return starting


def _datetimes(time_us: NDArray[np.int64]) -> list[datetime]:
    times: list[datetime] = time_us.astype("datetime64[us]").tolist()
    return times

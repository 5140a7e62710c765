"""Wiring: settings become objects. The only place that knows concrete classes of every room."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from threadpoolctl import threadpool_limits

from cf import Recommender, Refresher, Registry, Serving
from core.clock import SystemClock
from core.ids import MovieId
from core.money import Usd
from core.settings import Settings
from core.taste import Taste
from ingest import Catalogue, EventReader, UserTable
from llm import Tastes

REFRESH_S = 2.0  # a film just watched is on no list after that time
LOOKS = 8  # between two refreshes, for a model just published: it must serve within 2 s, loaded and warmed


def recommender(settings: Settings, failed: Callable[[str], None]) -> Recommender:
    """A recommender with the published model, kept up to date by a thread of this process.

    `failed` is told what goes wrong in that thread, see `cf.Refresher`.

    BLAS gets one thread from here on: the workers are as many as the cores, more threads only wait on each other.
    """
    threadpool_limits(1, "blas")
    catalogue = Catalogue(settings.events_db)
    served = Recommender(Serving.of(catalogue.movies(), None), SystemClock())
    refresher = Refresher(
        served,
        Registry(settings.models),
        EventReader(settings.events_db),
        UserTable(settings.events_db),
        catalogue,
        _TastesWhenThere(settings.work_db),
        settings.stars_max,
        failed,
    )
    refresher.try_refresh()
    arguments = (threading.Event(), REFRESH_S, LOOKS)
    threading.Thread(target=refresher.run, args=arguments, name="refresh", daemon=True).start()
    return served


class _TastesWhenThere:
    """The tastes of a work.db that the worker makes when it first starts; none before."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def changed_after(self, number: int) -> tuple[Iterable[Taste], int]:
        """See `llm.Tastes`. Opened each time, in a millisecond: the file may come, go and come again."""
        if not self._path.exists():
            return (), 0
        with closing(Tastes(self._path)) as tastes:
            return tastes.changed_after(number)


def licence_by_movie(events_db: Path) -> dict[MovieId, Usd]:
    """The latest fee of a play of each film whose fee is known."""
    movies = Catalogue(events_db).movies()
    return {movie.id: movie.licence_fee for movie in movies if movie.licence_fee is not None}

"""A small site for simulations: a world, its two APIs, its language model with an invoice, and our stores."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.ids import UserId
from core.money import Usd
from core.settings import Settings
from ingest import Catalogue
from ingest.movie_records import movie_from_record
from matinee import worker_wiring
from matinee.event_intake import take_events
from simulator import DirectoryServer, LlmEndpoint, World, WorldSize

DAY = date(2026, 11, 20)


def sign_up_lines(users, at):
    return "".join(f"{at:%Y-%m-%dT%H:%M:%S},{user},GET /create_account\n" for user in users)


class Site:
    """The site in a folder. `start` opens its servers; what signs up is a line of the log."""

    def __init__(self, folder: Path, size: WorldSize) -> None:
        self.home, self.world = folder, folder / "world"
        World.build(3, size, date(2026, 1, 1)).write(self.world)
        self.log = folder / "sign-ups.log"
        self.log.touch()
        movies = [movie_from_record(record) for record in self.records("movies.tsv").values()]
        with closing(Catalogue(folder / "events.db")) as catalogue:
            catalogue.put(movies, DAY, 0)
        self.movies = movies
        self._open = ExitStack()

    def records(self, name):
        lines = (self.world / name).read_text(encoding="utf-8").splitlines()
        return {key: json.loads(record) for key, _, record in (line.partition("\t") for line in lines)}

    def described(self):
        """Users who wrote something, in the order of their ids."""
        return [
            UserId(int(user))
            for user, record in self.records("users.tsv").items()
            if record["self_description_likes"]
        ]

    def start(self, llm=None, **endpoint):
        """`llm`: settings of the budget; the rest is how the model behaves."""
        directory = self._open.enter_context(DirectoryServer(self.world, port=0))
        self.endpoint = self._open.enter_context(LlmEndpoint(self.world, **endpoint))
        model = "gpt-4o-mini&priced_as=gpt-4o-mini"
        values = {"llm_day_usd": Usd.parse("10"), "llm_user_usd": Usd.parse("0.01"), "llm_in_flight": 32}
        self.settings = Settings(
            home=self.home,
            events=f"file:{self.log}",
            directory=f"{directory.url}?rate=1000",
            completer=f"{self.endpoint.url.replace('http', 'openai')}/v1?model={model}",
            **values | (llm or {}),
        )
        return self

    def stop(self):
        self._open.close()

    @property
    def environment(self):
        """The settings as variables, for a process of its own."""
        names = ("home", "events", "directory", "completer", "llm_day_usd", "llm_user_usd", "llm_in_flight")
        return {f"MATINEE_{name.upper()}": str(getattr(self.settings, name)) for name in names}

    def sign_up(self, users):
        """Lines of the log, and what ingest makes of them."""
        with open(self.log, "a", encoding="ascii") as file:
            file.write(sign_up_lines(users, datetime.now(UTC)))
        take_events(
            self.settings,
            self.settings.events,
            SystemClock(),
            threading.Event(),
            follow=False,
            from_start=False,
            progress=lambda *_: None,
        )

    def understand(self, clock, workers=1):
        """Workers in this process until nothing is left to do."""

        async def together(works):
            await asyncio.gather(*(one.worker.run(asyncio.Event(), until_empty=True) for one in works))
            for one in works:
                await one.completer.close()

        with ExitStack() as opened:
            asyncio.run(
                together([opened.enter_context(worker_wiring.worker(self.settings, clock)) for _ in range(workers)])
            )


@pytest.fixture
def site_of(tmp_path):
    """Makes the site; its servers are stopped in the end."""
    made = []

    def make(size):
        made.append(Site(tmp_path, size))
        return made[-1]

    yield make
    for site in made:
        site.stop()

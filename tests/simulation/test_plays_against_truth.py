"""The ledger's plays and fees are those that truly happened, to the billionth of a dollar."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from core.clock import ManualClock
from core.decision import Attempt, Decision, Outcome, Ranking
from core.ids import UserId
from core.movie import Movie
from core.settings import Settings
from ingest import Catalogue
from matinee.booking import book
from matinee.event_intake import take_events
from simulator import LOG, Behaviour, Caller, Timetable, Truth, World, WorldSize, totals_by, truth_by_user
from simulator.site_records import SiteRecords
from telemetry import CostGroup, CostReport, PlayGroup, PlayReport, RequestIds
from telemetry.ledger_writer import LedgerWriter

BEGIN = datetime(2026, 2, 1, 12, tzinfo=UTC)
VISITS = 120


class RecordedService:
    """Answers with twenty films drawn from a hat, and records what it answered."""

    def __init__(self, settings: Settings, truth: Truth, clock: ManualClock) -> None:
        self.writer = LedgerWriter(settings.ledger_db, dict)
        ids, rng, movies = RequestIds(1), np.random.default_rng(5), truth.movie_ids.tolist()
        writer = self.writer

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                user, now = UserId(int(self.path.rsplit("/", 1)[1])), clock.now()
                films = tuple(rng.choice(movies, 20, replace=False).tolist())
                ranking = Ranking(films, "hat-1", (Attempt("popularity", Outcome.SERVED, 20, 1),))
                writer.write([Decision(ids.next(now), now, user, f"arm-{user % 2}", ranking, 1)], None)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(",".join(films).encode())

            def log_message(self, *_: object) -> None:
                """Nothing: the test asks the ledger."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))

    def __enter__(self) -> RecordedService:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()
        self.writer.close()


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """Settings of a site that has lived for some days and whose plays are booked, and the truth of these days.

    Every film is picked from a list, so that every play is to be attributed.
    """
    settings = Settings(home=tmp_path_factory.mktemp("site"))
    World.build(7, WorldSize(users=120, movies=80, days=4, films_per_user=4), date(2026, 1, 1)).write(settings.world)
    (settings.world / LOG).write_text("")
    clock, truth = ManualClock(BEGIN), Truth.load(settings.world)
    behaviour = Behaviour(alone=0, sign_ups=0, visits_a_day=1)
    with (
        RecordedService(settings, truth, clock) as service,
        Caller(
            settings.world,
            service.url,
            clock=clock,
            stopwatch=ManualClock(BEGIN),
            rng=np.random.default_rng(1),
            behaviour=behaviour,
        ) as caller,
    ):
        caller.run(VISITS)
        totals = caller.finish().totals
    fees = SiteRecords(settings.world, Timetable())
    log = f"file:{settings.world / LOG}"
    take_events(settings, log, clock, threading.Event(), follow=False, from_start=False, progress=lambda *_: None)
    with closing(Catalogue(settings.events_db)) as catalogue:
        movies = (Movie(movie, movie, licence_fee=fees.fee(movie, BEGIN)) for movie in truth.movie_ids.tolist())
        catalogue.put(movies, BEGIN.date(), 0)
    book(settings, clock)
    return settings, totals


def test_plays_and_fees_are_those_of_the_site_to_the_last_billionth(lived) -> None:
    settings, true = lived
    with closing(PlayReport(settings.ledger_db)) as report:
        total = report.total()
    assert true.plays > VISITS / 4
    assert (total.plays, total.unpriced, total.fees) == (true.plays, 0, true.fees)


def test_each_user_has_the_plays_and_fees_that_the_truth_tells(lived) -> None:
    settings, _ = lived
    by_user = totals_by(dict(truth_by_user(settings.world)), lambda group: group.user)
    true = {user: (row.plays, row.fees) for user, row in by_user.items() if row.plays}
    with closing(PlayReport(settings.ledger_db)) as report:
        booked = {user: (total.plays, total.fees) for (user,), total in report.by(PlayGroup.USER).items()}
    assert booked == true


def test_every_film_picked_from_a_list_is_attributed_to_one_of_its_arm(lived) -> None:
    settings, true = lived
    with closing(PlayReport(settings.ledger_db)) as report:
        by_arm = report.by(PlayGroup.ARM)
        users = report.by(PlayGroup.ARM, PlayGroup.USER)
    assert true.picked == true.plays == sum(total.plays for total in by_arm.values())
    assert set(by_arm) == {("arm-0",), ("arm-1",)}
    assert all(arm == f"arm-{user % 2}" for arm, user in users)


def test_the_cost_report_of_the_days_tells_the_same_by_hour_and_by_film(lived) -> None:
    settings, true = lived
    with closing(CostReport(settings.ledger_db)) as report:
        for group in (CostGroup.HOUR, CostGroup.FILM, CostGroup.ARM):
            total = report.by(group).total
            assert (total.plays, total.organic_plays, total.attributed, total.unpriced_plays) == (
                true.plays,
                0,
                true.fees,
                0,
            )

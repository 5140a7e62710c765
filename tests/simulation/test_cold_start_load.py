"""Sign-ups under load: popular films from the first request, personal ones soon after, whatever the model does."""

from __future__ import annotations

import itertools
import os
import signal
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager

import pytest

from core.ids import UserId
from core.settings import Settings
from llm import Jobs, Patience, Tastes, WorkStore
from matinee import wiring
from simulator import EndpointFault, FaultPlan, WorldSize

ERRORS = {EndpointFault.SERVER_ERROR: 0.1, EndpointFault.RATE_LIMIT: 0.05, EndpointFault.TIMEOUT: 0.05}
PER_SECOND = 50
PERSONAL_WITHIN_S = 10.0
LONGEST_S = 90.0


def command(site, *arguments):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MATINEE_")}
    return subprocess.Popen(
        [sys.executable, "-m", "matinee", *arguments],
        env=environment | site.environment | {"PYTHONWARNINGS": "ignore"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def running(site, *arguments):
    """A command of matinee until it is told to end, which it does by itself."""
    process = command(site, *arguments)
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def with_history(site, newcomers):
    """Let the site have a model of all users but the newcomers."""
    hidden = {str(user) for user in newcomers}
    log = (site.world / "movielog.log").read_text(encoding="ascii").splitlines(keepends=True)
    site.log.write_text("".join(line for line in log if line.split(",", 2)[1] not in hidden), encoding="ascii")
    site.sign_up([])
    done = command(site, "train")
    _, said = done.communicate(timeout=60)
    assert done.returncode == 0, said


class Watched:
    """The recommender as a process of the service has it, and how long each newcomer waited for a personal list."""

    def __init__(self, site):
        self.failures = []
        self.served = wiring.recommender(Settings(home=site.home), self.failures.append)
        self.signed_up, self.waited_s, self.first = {}, {}, {}

    def look(self):
        known = self.served.serving.tastes
        now = time.monotonic()
        for user in [user for user in self.signed_up if user not in self.waited_s and user in known]:
            self.waited_s[user] = now - self.signed_up[user]


def who_told(site, newcomers):
    """Those whose words say something of films or genres."""
    with closing(Tastes(site.settings.work_db)) as tastes:
        return [user for user in newcomers if (taste := tastes.get(user)) and (taste.films or taste.genres)]


def load(site, newcomers, per_second):
    watched = Watched(site)
    begin = time.monotonic()
    with open(site.log, "a", encoding="ascii") as log:
        for number, user in enumerate(newcomers):
            while time.monotonic() < begin + number / per_second:
                watched.look()
                time.sleep(0.005)
            log.write(f"2026-11-20T12:00:00,{user},GET /create_account\n")
            log.flush()
            watched.signed_up[user] = time.monotonic()
            watched.first[user] = watched.served.recommend(user, 20, 250)
    with closing(WorkStore(site.settings.work_db)) as store:
        jobs = Jobs(store, Patience(), None)
        while jobs.counts().done < len(newcomers) and time.monotonic() < begin + LONGEST_S:
            watched.look()
            time.sleep(0.05)
        counts = jobs.counts()
    told = who_told(site, newcomers)
    while not set(told) <= set(watched.waited_s) and time.monotonic() < begin + LONGEST_S:
        watched.look()
        time.sleep(0.05)
    assert (counts.dead, watched.failures) == (0, [])
    return watched


def check(site, newcomers, watched):
    """Everybody whose words say something has a personal list; returns how long each waited, in s."""
    assert {attempt.ranker for one in watched.first.values() for attempt in one.attempts} >= {"popularity"}
    for ranking in watched.first.values():
        assert ranking.movies
        assert ranking.attempts[-1].ranker in ("popularity", "taste")
    told = who_told(site, newcomers)
    assert len(told) > len(newcomers) / 2
    assert set(told) - set(watched.waited_s) == set()
    for user in itertools.islice(told, 50):
        attempts = watched.served.recommend(UserId(user), 20, 250).attempts
        assert "taste" in {attempt.ranker for attempt in attempts if attempt.movies}
    return sorted(watched.waited_s[user] for user in told)


def run(site_of, users, newcomers, latency_s, per_second):
    site = site_of(WorldSize(users, 300, 10, 4, minute_lines=False))
    site.start(faults=FaultPlan.at_rates(ERRORS, seed=5), delay_s=0, latency_s=latency_s)
    new = [UserId(int(user)) for user in list(site.records("users.tsv"))[::2]][:newcomers]
    with_history(site, new)
    with ExitStack() as parts:
        for part in ("worker", "ingest"):
            parts.enter_context(running(site, part))
        watched = load(site, new, per_second)
    return check(site, new, watched)


def test_who_signs_up_has_popular_films_at_once_and_personal_ones_soon(site_of):
    assert run(site_of, users=1200, newcomers=80, latency_s=0.2, per_second=80)


@pytest.mark.prove
def test_at_50_sign_ups_a_second_19_of_20_have_a_personal_list_within_10_seconds(site_of):
    """2 s latency of the model and 20 % errors, for 20 s; worker and ingest are processes of their own."""
    waited_s = run(site_of, users=3000, newcomers=20 * PER_SECOND, latency_s=2.0, per_second=PER_SECOND)
    p95 = statistics.quantiles(waited_s, n=20)[-1]
    print(f"{len(waited_s)} personal lists: p50 {statistics.median(waited_s):.1f} s, p95 {p95:.1f} s")
    assert p95 <= PERSONAL_WITHIN_S

"""Laws of jobs and tastes: one holder a job, whatever workers do; what is stored of a taste comes back."""

from __future__ import annotations

import random
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from core.ids import UserId
from core.taste import Means, NamedFilm, NamedGenre, Polarity, Taste
from llm import Job, Jobs, Patience, Priority, Tastes, Wanted, WorkStore
from llm.tastes import write_taste

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LEASE_S = 10
TRIES = 3


class ManyWorkers(RuleBasedStateMachine):
    """Workers of two processes. The model: the claim that holds each user, and the taste that was last accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "work.db"
        self.stores = [WorkStore(path) for _ in range(2)]
        self.jobs = [Jobs(store, Patience(TRIES, 1, 4), random.Random(1)) for store in self.stores]
        self.tastes = Tastes(path)
        self.now = NOON
        self.made = 0
        self.put: set[UserId] = set()
        self.holder: dict[UserId, Job] = {}
        self.accepted: dict[UserId, Taste] = {}

    held = Bundle("held")  # claims stay in it: a worker may say anything of a job at any time, and twice

    @initialize()
    def four_users_sign_up(self):
        self.put = {UserId(user) for user in range(4)}
        self.jobs[0].put([Wanted(user) for user in self.put], self.now)

    @rule(
        who=st.integers(0, 1),
        user=st.integers(0, 3).map(UserId),
        text=st.sampled_from(["", "a", "b"]),
        priority=st.sampled_from(Priority),
    )
    def want(self, who, user, text, priority):
        self.jobs[who].put([Wanted(user, text, priority)], self.now)
        self.put.add(user)

    @rule(target=held, who=st.integers(0, 1), n=st.integers(1, 3))
    def claim(self, who, n):
        jobs = self.jobs[who].claim(str(who), n, self.now, LEASE_S)
        assert len(jobs) <= n
        for job in jobs:
            assert job.tries <= TRIES
            assert job.user not in self.holder or self.holder[job.user].until <= self.now
            self.holder[job.user] = job
        for dead in self.jobs[who].dead(9):  # buried by this claim: the last lease had run out
            self.holder.pop(dead.user, None)
        return multiple(*jobs)

    @rule(job=held, who=st.integers(0, 1), text=st.sampled_from("ab"))
    def finish(self, job, who, text):
        self.made += 1
        taste = Taste(job.user, self.now, maker=f"maker {self.made}", text_hash=text)
        is_mine = self.jobs[who].done(job, taste, self.now)
        assert is_mine == self.let_go(job)
        if is_mine:
            self.accepted[job.user] = taste

    @rule(job=held, who=st.integers(0, 1))
    def fail(self, job, who):
        assert self.jobs[who].retry(job, "down", self.now) == self.let_go(job)

    @rule(job=held, who=st.integers(0, 1))
    def give_back(self, job, who):
        assert self.jobs[who].give_back(job, self.now) == self.let_go(job)

    @rule(seconds=st.sampled_from([1, 11]))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule(who=st.integers(0, 1))
    def revive(self, who):
        self.jobs[who].revive(self.now)

    @invariant()
    def every_user_has_one_job_and_the_taste_accepted_last(self):
        counts = self.jobs[0].counts()
        assert counts.waiting + counts.running + counts.done + counts.dead == len(self.put)
        tastes, _ = self.tastes.changed_after(0)
        assert {taste.user: taste for taste in tastes} == self.accepted
        assert len(tastes) == len(self.accepted)

    def let_go(self, job) -> bool:
        """Whether the job was still this holder's."""
        is_mine = self.holder.get(job.user) is job
        if is_mine:
            del self.holder[job.user]
        return is_mine

    def teardown(self):
        for part in (*self.stores, self.tastes):
            part.close()
        self.folder.cleanup()


TestManyWorkers = ManyWorkers.TestCase
TestManyWorkers.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)

films = st.builds(
    NamedFilm,
    st.from_regex(r"[a-z0-9+._*'\[\]-]{1,20}", fullmatch=True),
    st.sampled_from(Polarity),
    st.sampled_from(Means),
    st.text(max_size=80),
)
genres = st.builds(NamedGenre, st.text(), st.sampled_from(Polarity), st.text())
tastes = st.builds(
    Taste,
    st.integers(0, 2**31 - 1).map(UserId),
    st.datetimes(timezones=st.just(UTC)),
    st.lists(films, max_size=5).map(tuple),
    st.lists(genres, max_size=3).map(tuple),
    st.integers(0, 99),
    st.text(),
    st.text(),
    st.text(),
)


@given(st.lists(tastes, max_size=5, unique_by=lambda taste: taste.user))
@settings(max_examples=40, deadline=None)
def test_a_taste_stored_and_read_is_itself(made):
    with tempfile.TemporaryDirectory() as folder:
        store = WorkStore(Path(folder) / "work.db")
        with store.writing() as connection:
            for taste in made:
                write_taste(connection, taste)
        reader = Tastes(Path(folder) / "work.db")
        assert reader.changed_after(0) == (made, len(made))
        assert [reader.get(taste.user) for taste in made] == made
        reader.close()
        store.close()

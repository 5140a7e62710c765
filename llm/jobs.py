"""The durable queue of users whose words are to be understood: one job a user, handed out with a lease."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from core.ids import UserId
from core.taste import Taste
from llm.tastes import erase_taste, write_taste
from llm.times import from_us, to_us
from llm.work_store import WorkStore

ERROR_MAX = 300  # characters of an error that are kept
_OPEN = "state IN ('waiting', 'running')"  # word for word as in the index jobs_by_due, or it is not used

_PUT = """
INSERT INTO jobs VALUES (:user, 'waiting', :priority, :text_hash, 0, :now, :now, 0, 0, '', '')
ON CONFLICT DO NOTHING
"""
_PUT_AGAIN = """
UPDATE jobs SET
    priority = CASE WHEN state IN ('done', 'dead') THEN :priority ELSE min(priority, :priority) END,
    is_changed = (state = 'running' AND :text_hash NOT IN ('', text_hash)) OR is_changed,
    put_us = CASE WHEN state IN ('done', 'dead') THEN :now ELSE put_us END,
    due_us = CASE WHEN state = 'running' OR :text_hash IN ('', text_hash) THEN due_us ELSE :now END,
    tries = CASE WHEN state = 'running' OR :text_hash IN ('', text_hash) THEN tries ELSE 0 END,
    text_hash = CASE WHEN :text_hash = '' THEN text_hash ELSE :text_hash END,
    state = CASE WHEN state = 'running' THEN state ELSE 'waiting' END
WHERE user_id = :user AND (:text_hash NOT IN ('', text_hash) OR (state = 'waiting' AND :priority < priority))
"""
_DUE = f"""
SELECT user_id, state, CASE WHEN is_changed THEN 0 ELSE tries END FROM jobs
WHERE priority = ? AND due_us <= ? AND {_OPEN} ORDER BY due_us LIMIT ?
"""
_CLAIM = """
UPDATE jobs SET state = 'running', due_us = ?, claims = claims + 1, worker = ?,
    tries = CASE WHEN is_changed THEN 1 ELSE tries + 1 END, is_changed = 0
WHERE user_id = ?
RETURNING user_id, priority, text_hash, put_us, due_us, tries, claims, worker
"""
_BURY = "UPDATE jobs SET state = 'dead', error = ?, worker = '' WHERE user_id = ?"
_MINE = "user_id = :user AND put_us = :put AND claims = :claims AND state = 'running'"
_DONE = f"""
UPDATE jobs SET state = CASE WHEN is_changed AND :text_hash <> text_hash THEN 'waiting' ELSE 'done' END,
    text_hash = CASE WHEN is_changed THEN text_hash ELSE :text_hash END,
    is_changed = 0, due_us = :now, tries = 0, worker = '', error = ''
WHERE {_MINE}
"""
_RETRY = f"""
UPDATE jobs SET state = CASE WHEN tries >= :tries_max AND NOT is_changed THEN 'dead' ELSE 'waiting' END,
    tries = CASE WHEN is_changed THEN 0 ELSE tries END,
    is_changed = 0, due_us = :due, worker = '', error = :error
WHERE {_MINE}
"""
_GIVE_BACK = f"""
UPDATE jobs SET state = 'waiting', is_changed = 0, due_us = :due, tries = tries - 1, worker = '' WHERE {_MINE}
"""
_REVIVE = "UPDATE jobs SET state = 'waiting', due_us = ?, tries = 0, error = '' WHERE state = 'dead'"


class Priority(IntEnum):
    """Who comes first, however long the others have waited."""

    SIGN_UP = 0
    BACKFILL = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """A user to understand. `text_hash` as in Taste; empty when only the user is known and not yet the words."""

    user: UserId
    text_hash: str = ""
    priority: Priority = Priority.SIGN_UP


@dataclass(frozen=True, slots=True)
class CursorStep:
    """A feeder has read its source from `before` (empty: the start) to `after`."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Patience:
    """How a failed job is tried again: after `first_s`, each time twice as long up to `most_s`, `tries` times in all.

    Eight tries from 2 s on are four minutes: longer than a restart of a provider, shorter than its outage, after
    which `revive` is for an operator to say.
    """

    tries: int = 8
    first_s: float = 2.0
    most_s: float = 600.0

    def wait_s(self, tries: int, rng: random.Random) -> float:
        """Seconds to wait after that many tries, a half up or down, so that those who failed at once part ways."""
        return min(self.most_s, self.first_s * 2.0 ** min(tries - 1, 60)) * rng.uniform(0.5, 1.5)


@dataclass(frozen=True, slots=True)
class Job:
    """A job in the hands of one worker until `until`. `tries` counts this one; `claims` makes the lease its own."""

    user: UserId
    priority: Priority
    text_hash: str
    put: datetime
    until: datetime
    tries: int
    claims: int
    worker: str


@dataclass(frozen=True, slots=True)
class DeadJob:
    """A job that was given up, with the last error."""

    user: UserId
    tries: int
    error: str


@dataclass(frozen=True, slots=True)
class JobCounts:
    """How many jobs there are in each state, and since when the longest waiting of each priority waits."""

    waiting: int
    running: int
    done: int
    dead: int
    oldest_waiting: dict[Priority, datetime]


class Jobs:
    """The queue. What a worker says of a job whose lease is no longer its own changes nothing and returns False."""

    def __init__(self, store: WorkStore, patience: Patience, rng: random.Random) -> None:
        self._store = store
        self._patience = patience
        self._rng = rng

    def cursor(self, name: str) -> str:
        """How far the feeder `name` has read its source; empty before its first step."""
        with self._store.reading() as connection:
            found = connection.execute("SELECT value FROM cursors WHERE name = ?", (name,)).fetchone()
        return str(found[0]) if found else ""

    def put(self, users: Iterable[Wanted], now: datetime, step: CursorStep | None = None) -> int | None:
        """See to it that each user has a job, and take the feeder's step, in one transaction.

        A user who has a job keeps it: a sign-up only moves it forward. Where the text is another than the one that
        was understood, failed or waits, the job begins anew; while it runs, it is done once more afterwards.
        Returns how many jobs this made or gave another text; None, with nothing put, when another feeder has taken
        this step before. A transaction holds the write lock: some thousands of users at a time.
        """
        with self._store.writing() as connection:
            if step is not None and not _is_taken(connection, step):
                return None
            return sum(_put(connection, wanted, to_us(now)) for wanted in users)

    def claim(self, worker: str, n: int, now: datetime, lease_s: float) -> list[Job]:
        """Up to `n` jobs that are due, for `worker` alone until the lease ends; sign-ups first, then by age.

        A job whose worker let its lease run out is due again; at its last try it is dead: it may be what ends them.
        """
        jobs: list[Job] = []
        with self._store.writing() as connection:
            for priority in Priority:
                if len(jobs) < n:
                    jobs += self._claim(connection, worker, priority, n - len(jobs), to_us(now), lease_s)
        return jobs

    def extend(self, job: Job, now: datetime, lease_s: float) -> bool:
        """Keep a job for longer."""
        due_us = to_us(now + timedelta(seconds=lease_s))
        return self._change(f"UPDATE jobs SET due_us = :due WHERE {_MINE}", job, due=due_us)

    def done(self, job: Job, taste: Taste | None, now: datetime) -> bool:
        """The user is understood: the taste is stored in the same transaction. None: the user says nothing (now).

        Raises ValueError when the taste is another user's.
        """
        if taste is not None and taste.user != job.user:
            raise ValueError(f"the job of user {job.user} can not bring a taste of user {taste.user}")
        text_hash = taste.text_hash if taste else ""
        with self._store.writing() as connection:
            values = _lease(job) | {"text_hash": text_hash, "now": to_us(now)}
            is_mine = connection.execute(_DONE, values).rowcount > 0
            if is_mine and taste is not None:
                write_taste(connection, taste)
            elif is_mine:
                erase_taste(connection, job.user)
        return is_mine

    def keep(self, job: Job, taste: Taste) -> bool:
        """Store what is understood so far; the job goes on."""
        with self._store.writing() as connection:
            query = f"SELECT EXISTS (SELECT 1 FROM jobs WHERE {_MINE})"
            is_mine = bool(connection.execute(query, _lease(job)).fetchone()[0])
            if is_mine:
                write_taste(connection, taste)
        return is_mine

    def retry(self, job: Job, error: str, now: datetime, after_s: float = 0.0) -> bool:
        """The job failed: it waits, each time longer and `after_s` at least, or is dead after its last try."""
        wait_s = max(after_s, self._patience.wait_s(job.tries, self._rng))
        due_us = to_us(now + timedelta(seconds=wait_s))
        tries_max = self._patience.tries
        return self._change(_RETRY, job, due=due_us, error=error[:ERROR_MAX], tries_max=tries_max)

    def give_back(self, job: Job, due: datetime) -> bool:
        """The job was not tried, as when a worker is told to end: it may be claimed from `due` on."""
        return self._change(_GIVE_BACK, job, due=to_us(due))

    def revive(self, now: datetime) -> int:
        """Let all dead jobs be tried again. Returns how many."""
        with self._store.writing() as connection:
            return connection.execute(_REVIVE, (to_us(now),)).rowcount

    def dead(self, most: int) -> list[DeadJob]:
        """Up to `most` dead jobs with their last errors, the longest known first."""
        query = "SELECT user_id, tries, error FROM jobs WHERE state = 'dead' ORDER BY priority, put_us LIMIT ?"
        with self._store.reading() as connection:
            return [DeadJob(*row) for row in connection.execute(query, (most,))]

    def next_due(self) -> datetime | None:
        """When the next job may be claimed, or its lease ends; None when all are done or dead."""
        with self._store.reading() as connection:
            (due_us,) = connection.execute(f"SELECT min(due_us) FROM jobs WHERE {_OPEN}").fetchone()
        return None if due_us is None else from_us(due_us)

    def counts(self) -> JobCounts:
        """How the queue stands."""
        query = "SELECT state, priority, count(*), min(put_us) FROM jobs GROUP BY state, priority"
        states = dict.fromkeys(("waiting", "running", "done", "dead"), 0)
        oldest: dict[Priority, datetime] = {}
        with self._store.reading() as connection:
            for state, priority, count, put_us in connection.execute(query):
                states[state] += count
                if state == "waiting":
                    oldest[Priority(priority)] = from_us(put_us)
        return JobCounts(**states, oldest_waiting=oldest)

    def _claim(
        self, connection: sqlite3.Connection, worker: str, priority: Priority, n: int, now_us: int, lease_s: float
    ) -> list[Job]:
        due_us = now_us + round(lease_s * 1_000_000)
        jobs = []
        for user, state, tries in connection.execute(_DUE, (priority, now_us, n)).fetchall():
            if state == "running" and tries >= self._patience.tries:
                connection.execute(_BURY, (f"the worker did not come back, {tries} times", user))
            else:
                jobs.append(_job(connection.execute(_CLAIM, (due_us, worker, user)).fetchone()))
        return jobs

    def _change(self, statement: str, job: Job, **values: int | str) -> bool:
        with self._store.writing() as connection:
            return connection.execute(statement, _lease(job) | values).rowcount > 0


def _lease(job: Job) -> dict[str, int | str]:
    """What makes a lease its own: an erased user who comes back has a job that was put at another time."""
    return {"user": job.user, "put": to_us(job.put), "claims": job.claims}


def _is_taken(connection: sqlite3.Connection, step: CursorStep) -> bool:
    """Take the step, unless the cursor is no longer where it begins."""
    found = connection.execute("SELECT value FROM cursors WHERE name = ?", (step.name,)).fetchone()
    if (found[0] if found else "") != step.before:
        return False
    connection.execute("INSERT OR REPLACE INTO cursors VALUES (?, ?)", (step.name, step.after))
    return True


def _put(connection: sqlite3.Connection, wanted: Wanted, now_us: int) -> bool:
    values = {"user": wanted.user, "priority": wanted.priority, "text_hash": wanted.text_hash, "now": now_us}
    is_new = connection.execute(_PUT, values).rowcount > 0
    return is_new or (connection.execute(_PUT_AGAIN, values).rowcount > 0 and wanted.text_hash != "")


def _job(row: tuple[int, int, str, int, int, int, int, str]) -> Job:
    user, priority, text_hash, put_us, due_us, tries, claims, worker = row
    return Job(UserId(user), Priority(priority), text_hash, from_us(put_us), from_us(due_us), tries, claims, worker)

"""The worker: takes jobs from the queue, finds the records of their users, and has them read."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from core.clock import Clock
from core.errors import MatineeError, StoreError
from core.ids import UserId
from core.user import User
from llm.asker import Closing, TryLater
from llm.feeder import Feeder
from llm.jobs import Job, Jobs
from llm.outside import Noted, Outside
from llm.reading import Postponed, Reading
from llm.seldom import Seldom

LEASE_S = 60.0  # of a job: so long the jobs of a killed worker wait; those in hand are kept
KEEP_S = 40.0  # a lease is made longer when no more than that is left of it
POLL_S = 0.25  # between two looks at the queue and at what came in
RENEW_S = 1.0  # between two looks at the catalogue
DELIVER_S = 1.0  # between two deliveries when there is little to deliver
SOON_S = 900.0  # longer than a job that failed waits for its next try
BATCH = 64  # jobs that are claimed together: their records are a single call
IN_HAND = 512  # jobs: those that wait for the model must not keep sign-ups from being read by titles
FETCHES = 4  # batches that wait for the site's records: the others of IN_HAND are for users whose record is here
FETCH_LATER_S = 5.0  # when users beyond those are looked at again
SAID_S = 10.0  # how long the same trouble is not said again

_log = logging.getLogger(__name__)
Found = TypeVar("Found")


class NotNow(Exception):
    """Too many wait for records of the site: the job is given back. Never leaves this module."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class Worker:
    """One of any number of workers on one queue. What stops in the middle is taken up by another one."""

    def __init__(self, name: str, jobs: Jobs, feeder: Feeder, outside: Outside, clock: Clock, noted: Noted) -> None:
        self._name = name
        self._jobs = jobs
        self._feeder = feeder
        self._outside = outside
        self._reading = Reading(jobs, outside.readers, outside.asker, clock, noted)
        self._clock = clock
        self._noted = noted
        self._seldom = Seldom(_log, clock, SAID_S)
        self._in_hand: dict[Job, datetime] = {}  # until when each is ours
        self._batches: set[asyncio.Task[None]] = set()
        self._one_fetches = asyncio.Lock()
        self._fetches = 0
        self._has_looked = self._has_said_no_film = self._is_ending = False

    async def run(self, stop: asyncio.Event, until_empty: bool = False) -> None:
        """Work until `stop` is set, or until nothing is left but what is postponed, or waits for a first film.

        What is in hand is done before this returns.
        """
        is_over = asyncio.Event()
        beside = [asyncio.create_task(keep(is_over)) for keep in (self._keep_reader_new, self._keep_delivering)]
        while not stop.is_set() and not any(task.done() for task in beside):
            is_busy = await self._round()
            if until_empty and not is_busy and self._is_all_done():
                break
            if not is_busy:
                await _wait(stop, POLL_S)
        self._is_ending = True
        self._outside.records.end_fetching()
        if self._outside.asker is not None:
            self._outside.asker.close()
        await asyncio.gather(*self._batches)
        is_over.set()
        await asyncio.gather(*beside)
        while await self._deliver():
            continue

    def _is_all_done(self) -> bool:
        """Whether nothing is due, or soon will be; what was postponed is not, nor what waits for a first film."""
        if self._in_hand or not self._has_looked or self._outside.delivery.is_any_call_open():
            return False
        due = self._jobs.next_due()
        is_any_due = due is not None and due <= self._clock.now() + timedelta(seconds=SOON_S)
        return not is_any_due or self._outside.readers.now() is None

    async def _round(self) -> bool:
        """Take in newcomers, begin jobs. Returns whether there was anything to do."""
        try:
            fed = await asyncio.to_thread(self._feeder.feed, self._clock.now())
            self._keep_leases()
            room = min(BATCH, IN_HAND - len(self._in_hand)) if self._outside.readers.now() is not None else 0
            jobs = self._jobs.claim(self._name, room, self._clock.now(), LEASE_S) if room else []
        except (MatineeError, sqlite3.Error) as error:  # a locked store, a full disk: it may pass, nothing is lost
            self._seldom.say("nothing is taken up now", error)
            self._noted.failed("queue")
            return False
        if jobs:
            self._in_hand |= {job: job.until for job in jobs}
            batch = asyncio.create_task(self._do_all(jobs))
            self._batches.add(batch)
            batch.add_done_callback(self._batches.discard)
        return bool(fed or jobs)

    def _keep_leases(self) -> None:
        """What waits for the model or for a record stays ours."""
        now = self._clock.now()
        for job, until in self._in_hand.items():
            if until - now <= timedelta(seconds=KEEP_S) and self._jobs.extend(job, now, LEASE_S):
                self._in_hand[job] = now + timedelta(seconds=LEASE_S)

    async def _keep_reader_new(self, is_over: asyncio.Event) -> None:
        """Read by the films that there are: in a thread, for that takes seconds, while the old reader serves."""
        while not is_over.is_set():
            try:
                await asyncio.to_thread(self._outside.readers.renew)
                self._has_looked = True
                if self._outside.readers.now() is None:
                    self._say_no_film_once()
            except (MatineeError, sqlite3.Error) as error:
                self._seldom.say("the catalogue can not be read now", error)
                self._noted.failed("refresh")
            await _wait(is_over, RENEW_S)

    def _say_no_film_once(self) -> None:
        if not self._has_said_no_film:
            self._has_said_no_film = True
            _log.warning("no film is known yet, so nobody is understood: run matinee catalog import")

    async def _keep_delivering(self, is_over: asyncio.Event) -> None:
        """Beside all else: a locked ledger delays nobody."""
        while not is_over.is_set():
            await self._deliver()
            await _wait(is_over, DELIVER_S)

    async def _deliver(self) -> int:
        try:
            return await asyncio.to_thread(self._outside.delivery.run)
        except (MatineeError, sqlite3.Error) as error:
            self._seldom.say("usages stay in the outbox", error)
            self._noted.failed("delivery")
            return 0

    async def _do_all(self, jobs: Sequence[Job]) -> None:
        """Do the jobs side by side: those whose users' records are here at once, the others when theirs came."""
        known = await self._records(self._outside.records.known, jobs)
        if isinstance(known, Exception):
            await asyncio.gather(*(self._do(job, known) for job in jobs))
            return
        doing = [self._do(job, known[job.user]) for job in jobs if job.user in known]
        await asyncio.gather(self._do_unknown([job for job in jobs if job.user not in known]), *doing)

    async def _do_unknown(self, jobs: Sequence[Job]) -> None:
        """Do jobs whose users' records are still at the site, which is asked by one batch after the other."""
        if self._fetches >= FETCHES:
            until = self._clock.now() + timedelta(seconds=FETCH_LATER_S)
            await asyncio.gather(*(self._do(job, NotNow(until)) for job in jobs))
        elif jobs:
            self._fetches += 1
            async with self._one_fetches:
                found = await self._records(self._outside.records.fetch, jobs)
            self._fetches -= 1
            await asyncio.gather(*(self._do(job, _record(found, job.user)) for job in jobs))

    async def _records(
        self, find: Callable[[Sequence[UserId]], Mapping[UserId, Found]], jobs: Sequence[Job]
    ) -> Mapping[UserId, Found] | Exception:
        """The records, or why there are none."""
        if self._is_ending:
            return Closing()
        try:
            return await asyncio.to_thread(find, [job.user for job in jobs])
        except (MatineeError, sqlite3.Error) as error:
            return self._no_record(error)

    def _no_record(self, error: Exception) -> Exception:
        """A job that the end of the worker kept from its record was not tried."""
        return Closing() if self._is_ending else TryLater(f"no record: {error}", None)

    async def _do(self, job: Job, user: User | Exception) -> None:
        """Do one job, or deal with why it can not be done."""
        try:
            if isinstance(user, Exception):
                raise user
            await self._reading.do(job, user)
        except NotNow as error:
            until = error.until
            self._put_back(lambda: self._jobs.give_back(job, until))
        except Postponed as error:
            until = error.until
            self._put_back(lambda: self._jobs.give_back(job, until))
            self._noted.understood("by titles, rest left open")
        except Closing:
            self._put_back(lambda: self._jobs.give_back(job, self._clock.now()))
        except TryLater as error:
            self._again(job, str(error), error.after_s)
        except (StoreError, sqlite3.Error) as error:
            self._seldom.say("jobs fail for want of a store", error)
            self._noted.failed("job")
            self._again(job, f"{type(error).__name__}: {error}")
        except Exception as error:  # noqa: BLE001  the edge of a worker's job
            _log.exception("the job of user %d failed", job.user)
            self._noted.failed("job")
            self._again(job, f"{type(error).__name__}: {error}")
        finally:
            del self._in_hand[job]

    def _again(self, job: Job, error: str, after_s: float | None = None) -> None:
        """Put the job back for later; `after_s`: no sooner than a provider asked us to wait."""
        self._put_back(lambda: self._jobs.retry(job, error, self._clock.now(), after_s or 0.0))
        self._noted.understood("failed, to be tried again")

    def _put_back(self, put: Callable[[], object]) -> None:
        try:
            put()
        except (StoreError, sqlite3.Error) as error:  # the lease ends, and then the job is anybody's again
            self._seldom.say("jobs wait for their lease to end", error)


def _record(found: Mapping[UserId, User | str] | Exception, user: UserId) -> User | Exception:
    """The record that came, or why there is none: it may yet come."""
    if isinstance(found, Exception):
        return found
    record = found[user]
    return TryLater(f"no record: {record}", None) if isinstance(record, str) else record


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    """Return when `stop` is set, at the latest after so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return

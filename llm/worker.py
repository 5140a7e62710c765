"""The worker: takes jobs from the queue, understands what users wrote, and stores their tastes."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from core.clock import Clock
from core.errors import CompleterClosed, MatineeError, PriceUnknown, RequestRefused, StoreError
from core.ids import UserId
from core.taste import Taste
from core.user import User
from llm.asker import Asked, Asker, Closing, TryLater
from llm.call import Limit
from llm.feeder import Feeder, hash_of
from llm.jobs import Job, Jobs
from llm.open_mentions import questions_of, resolve
from llm.question import OpenMention
from llm.screening import screen
from llm.understanding import Understanding

LEASE_S = 60.0  # of a job: so long the jobs of a killed worker wait; those in hand are kept
KEEP_S = 40.0  # a lease is made longer when no more than that is left of it
POLL_S = 0.25  # between two looks at the queue and at what came in
SOON_S = 900.0  # longer than a job that failed waits for its next try
LATER_S = 3600.0  # for how long users who could not be asked about are postponed
CLOSED_S = 60.0  # how long nobody is asked after a refusal that only a person can end
SAID_S = 600.0  # how long a spent budget is not said again
BATCH = 64  # jobs that are claimed together: their records are a single call
IN_HAND = 512  # jobs: those that wait for the model must not keep sign-ups from being read by titles

_log = logging.getLogger(__name__)


class Reader(Protocol):
    """Understands two texts, as `llm.understanding.Understander` does."""

    def read(self, likes: str, dislikes: str) -> Understanding: ...


class Records(Protocol):
    """The records of users."""

    def users(self, ids: Sequence[UserId]) -> Mapping[UserId, User]:
        """The users who have a record. Raises a MatineeError when nobody can tell now."""
        ...


class Noted(Protocol):
    """What is told of jobs, to be counted."""

    def understood(self, fate: str) -> None: ...

    def failed(self, place: str) -> None: ...


@dataclass(frozen=True)
class Outside:
    """What the worker needs of others: how to read, whom to ask, where records are, where usages go.

    reader : the one for the catalogue as it is now. asker : None when no language model is set.
    deliver : brings usages and charges to the ledger, returns how many.
    """

    reader: Callable[[], Reader]
    asker: Asker | None
    records: Records
    deliver: Callable[[], int]


class Postponed(Exception):
    """Titles serve the user; about the rest nobody may be asked before `until`. Never leaves this module."""

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
        self._clock = clock
        self._noted = noted
        self._closed_until_s = self._silent_until_s = clock.monotonic()
        self._in_hand: dict[Job, datetime] = {}  # until when each is ours
        self._batches: set[asyncio.Task[None]] = set()
        self._one_reads = asyncio.Lock()
        self._is_ending = False

    async def run(self, stop: asyncio.Event, until_empty: bool = False) -> None:
        """Work until `stop` is set, or until nothing is left but what is postponed.

        What is in hand is done before this returns.
        """
        while not stop.is_set():
            is_busy = await self._round()
            if until_empty and not is_busy and not self._in_hand and not self._is_any_due():
                break
            if not is_busy:
                await _wait(stop, POLL_S)
        self._is_ending = True
        if self._outside.asker is not None:
            self._outside.asker.close()
        await asyncio.gather(*self._batches)
        await self._deliver()

    def _is_any_due(self) -> bool:
        """Whether a job is due, or soon will be; those that were postponed are not."""
        due = self._jobs.next_due()
        return due is not None and due <= self._clock.now() + timedelta(seconds=SOON_S)

    async def _round(self) -> bool:
        """Take in newcomers, begin jobs, deliver. Returns whether there was anything to do."""
        try:
            fed = await asyncio.to_thread(self._feeder.feed, self._clock.now())
            self._keep_leases()
            room = min(BATCH, IN_HAND - len(self._in_hand))
            jobs = self._jobs.claim(self._name, room, self._clock.now(), LEASE_S)
        except (MatineeError, sqlite3.Error) as error:  # a locked store, a full disk: it may pass, nothing is lost
            _log.warning("nothing is taken up now: %s", error)
            self._noted.failed("queue")
            return False
        if jobs:
            self._in_hand |= {job: job.until for job in jobs}
            batch = asyncio.create_task(self._do_all(jobs))
            self._batches.add(batch)
            batch.add_done_callback(self._batches.discard)
        delivered = await self._deliver()
        return bool(fed or jobs or delivered)

    def _keep_leases(self) -> None:
        """What waits for the model or for a record stays ours."""
        now = self._clock.now()
        for job, until in self._in_hand.items():
            if until - now <= timedelta(seconds=KEEP_S) and self._jobs.extend(job, now, LEASE_S):
                self._in_hand[job] = now + timedelta(seconds=LEASE_S)

    async def _deliver(self) -> int:
        try:
            return await asyncio.to_thread(self._outside.deliver)
        except (MatineeError, sqlite3.Error) as error:
            _log.warning("usages stay in the outbox: %s", error)
            self._noted.failed("delivery")
            return 0

    async def _do_all(self, jobs: Sequence[Job]) -> None:
        """Read the records of these jobs' users together, then do the jobs side by side."""
        async with self._one_reads:
            users = await self._users(jobs)
        await asyncio.gather(*(self._do(job, users) for job in jobs))

    async def _users(self, jobs: Sequence[Job]) -> Mapping[UserId, User] | TryLater | Closing:
        """The records, or why there are none."""
        if self._is_ending:
            return Closing()
        try:
            return await asyncio.to_thread(self._outside.records.users, [job.user for job in jobs])
        except (MatineeError, sqlite3.Error) as error:
            return TryLater(f"no record: {error}", None)

    async def _do(self, job: Job, users: Mapping[UserId, User] | TryLater | Closing) -> None:
        try:
            if isinstance(users, Exception):
                raise users
            user = users.get(job.user)
            if user is None or not (user.likes or user.dislikes):
                self._jobs.done(job, None, self._clock.now())
                self._noted.understood("no text")
            else:
                await self._understand(job, user)
        except Postponed as error:
            until = error.until
            self._put_back(job, lambda: self._jobs.give_back(job, until))
            self._noted.understood("by titles, rest left open")
        except Closing:
            self._put_back(job, lambda: self._jobs.give_back(job, self._clock.now()))
        except TryLater as error:
            self._again(job, str(error), error.after_s)
        except Exception as error:  # noqa: BLE001  the edge of a worker's job
            _log.exception("the job of user %d failed", job.user)
            self._noted.failed("job")
            self._again(job, f"{type(error).__name__}: {error}")
        finally:
            del self._in_hand[job]

    async def _understand(self, job: Job, user: User) -> None:
        """Store what the titles say at once, so that the next request is personal; then ask about the rest."""
        likes, dislikes = screen(user.likes).text, screen(user.dislikes).text
        understanding = self._outside.reader().read(likes, dislikes)
        taste = self._taste(user, understanding)
        open_mentions = understanding.open_mentions()
        asker = self._outside.asker
        if not open_mentions or asker is None:
            self._jobs.done(job, taste, self._clock.now())
            self._noted.understood("by titles, rest left open" if open_mentions else "by titles")
            return
        self._jobs.keep(job, taste)
        asked = await self._asked(asker, user.id, questions_of(understanding, likes, dislikes))
        self._jobs.done(job, self._completed(taste, understanding, asked), self._clock.now())
        self._noted.understood("with the model" if asked.answer else "by titles, rest left open")

    async def _asked(self, asker: Asker, user: UserId, questions: Sequence[OpenMention]) -> Asked:
        """What came of asking. Raises Postponed when nobody may be asked before long."""
        if self._clock.monotonic() < self._closed_until_s:
            raise Postponed(self._clock.now() + timedelta(seconds=LATER_S))
        try:
            asked = await asker.ask(user, questions)
        except (CompleterClosed, PriceUnknown) as error:
            _log.error("%s; titles alone serve meanwhile", error)
            self._noted.failed("llm")
            self._closed_until_s = self._clock.monotonic() + CLOSED_S
            raise Postponed(self._clock.now() + timedelta(seconds=LATER_S)) from error
        except RequestRefused as error:
            _log.error("%s; titles alone serve this user", error)
            self._noted.failed("llm")
            return Asked((), None, "", str(error))
        self._say_why(asked)
        if asked.limit is Limit.DAY:
            raise Postponed(_midnight_after(self._clock.now()))
        return asked

    def _taste(self, user: User, understanding: Understanding) -> Taste:
        return Taste(
            user=user.id,
            made=self._clock.now(),
            films=understanding.taste_films(),
            genres=understanding.genres,
            open=len(understanding.open_mentions()),
            text_hash=hash_of(user),
        )

    def _completed(self, taste: Taste, understanding: Understanding, asked: Asked) -> Taste:
        """The taste with what the answer adds; a mention for which none was chosen is open no more."""
        if asked.answer is None or self._outside.asker is None:
            return taste
        resolved = resolve(understanding, asked)
        return replace(
            taste,
            films=resolved.taste_films(),
            open=len(resolved.open_mentions()),
            maker=asked.model,
            prompt=self._outside.asker.prompt.provenance,
        )

    def _say_why(self, asked: Asked) -> None:
        """A spent budget is said once in a while, and not for each user."""
        if asked.answer is None and asked.places and self._clock.monotonic() >= self._silent_until_s:
            self._silent_until_s = self._clock.monotonic() + SAID_S
            _log.warning("%s: titles alone serve where that holds", asked.why)

    def _again(self, job: Job, error: str, after_s: float | None = None) -> None:
        """Put the job back for later; `after_s`: no sooner than a provider asked us to wait."""
        self._put_back(job, lambda: self._jobs.retry(job, error, self._clock.now(), after_s or 0.0))
        self._noted.understood("failed, to be tried again")

    @staticmethod
    def _put_back(job: Job, put: Callable[[], object]) -> None:
        try:
            put()
        except StoreError as error:  # the lease ends, and then the job is anybody's again
            _log.warning("the job of user %d waits for its lease to end: %s", job.user, error)


def _midnight_after(now: datetime) -> datetime:
    """When the next day of budgets begins."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    """Return when `stop` is set, at the latest after so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return

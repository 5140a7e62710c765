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
from core.taste import Means, Taste
from core.user import User
from llm.asker import Asked, Asker, Closing, TryLater
from llm.feeder import Feeder, hash_of
from llm.jobs import Job, Jobs
from llm.question import OpenMention, context_of
from llm.screening import screen
from llm.understanding import Mention, Understanding

LEASE_S = 60.0  # of a job: so long the jobs of a killed worker wait; those in hand are kept
KEEP_S = 40.0  # a lease is made longer when no more than that is left of it
POLL_S = 0.25  # between two looks at the queue and at what came in
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
        """Work until `stop` is set, or until nothing is left to do; what is in hand is done before this returns."""
        while not stop.is_set():
            is_busy = await self._round()
            if until_empty and not is_busy and not self._in_hand and not self._jobs.counts().waiting:
                break
            if not is_busy:
                await _wait(stop, POLL_S)
        self._is_ending = True
        if self._outside.asker is not None:
            self._outside.asker.close()
        await asyncio.gather(*self._batches)
        await self._deliver()

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
        if not open_mentions or not self._may_ask():
            self._jobs.done(job, taste, self._clock.now())
            self._noted.understood("by titles, rest left open" if open_mentions else "by titles")
            return
        self._jobs.keep(job, taste)
        assert self._outside.asker is not None  # `_may_ask` says so
        try:
            asked = await self._outside.asker.ask(user.id, questions_of(understanding, likes, dislikes))
        except (CompleterClosed, RequestRefused, PriceUnknown) as error:
            _log.error("%s; titles alone serve meanwhile", error)
            self._noted.failed("llm")
            if not isinstance(error, RequestRefused):
                self._closed_until_s = self._clock.monotonic() + CLOSED_S
            asked = Asked((), None, "", str(error))
        self._say_why(asked)
        self._jobs.done(job, self._completed(taste, understanding, asked), self._clock.now())
        self._noted.understood("with the model" if asked.answer else "by titles, rest left open")

    def _may_ask(self) -> bool:
        return self._outside.asker is not None and self._clock.monotonic() >= self._closed_until_s

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


def resolve(understanding: Understanding, asked: Asked) -> Understanding:
    """The understanding with the answer in it: the films chosen for each mention that was asked about."""
    assert asked.answer is not None
    open_mentions = [place for place, mention in enumerate(understanding.mentions) if mention.is_open]
    mentions = list(understanding.mentions)
    for number, place_among_open in enumerate(asked.places):
        place = open_mentions[place_among_open]
        chosen = [film for film in asked.answer.films if film.mention == number]
        mentions[place] = replace(
            mentions[place],
            films=tuple(film.movie for film in chosen),
            polarity=chosen[0].polarity if chosen else mentions[place].polarity,
            means=Means.LLM if chosen else None,
            is_open=False,
            why=f"{asked.model} chose among the candidates" if chosen else f"{asked.model}: none of the candidates",
        )
    return replace(understanding, mentions=tuple(mentions))


def questions_of(understanding: Understanding, likes: str, dislikes: str) -> list[OpenMention]:
    """The open mentions as they are asked about, in order; both texts screened."""
    return [_question(mention, likes, dislikes) for mention in understanding.open_mentions()]


def _question(mention: Mention, likes: str, dislikes: str) -> OpenMention:
    """A mention with the words around it."""
    text = likes if mention.text_field == "likes" else dislikes
    return OpenMention(
        words=mention.words,
        context=context_of(text, mention.start, mention.end),
        polarity=mention.polarity,
        candidates=tuple(candidate.movie for candidate in mention.candidates),
    )


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    """Return when `stop` is set, at the latest after so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return

"""The reading of one user's texts: titles first, stored at once, then the model for what they leave open."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from core.clock import Clock
from core.errors import CompleterClosed, PriceUnknown, RequestRefused
from core.ids import UserId
from core.taste import Taste
from core.user import User
from llm.asker import Asked, Asker, TryLater
from llm.call import Limit
from llm.feeder import hash_of
from llm.jobs import Job, Jobs
from llm.open_mentions import questions_of, resolve
from llm.outside import Noted, Readers
from llm.question import OpenMention
from llm.screening import screen
from llm.seldom import Seldom
from llm.understanding import Understanding

LATER_S = 3600.0  # for how long users who could not be asked about are postponed
CLOSED_S = 60.0  # how long nobody is asked after a refusal that only a person can end
SAID_S = 600.0  # how long a spent budget is not said again

_log = logging.getLogger(__name__)


class Postponed(Exception):
    """Titles serve the user; about the rest nobody may be asked before `until`. Never leaves this room."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class Reading:
    """Does jobs whose user's record is there."""

    def __init__(self, jobs: Jobs, readers: Readers, asker: Asker | None, clock: Clock, noted: Noted) -> None:
        self._jobs = jobs
        self._readers = readers
        self._asker = asker
        self._clock = clock
        self._noted = noted
        self._closed_until_s = clock.monotonic()
        self._seldom = Seldom(_log, clock, SAID_S)

    async def do(self, job: Job, user: User) -> None:
        """Store what the titles say at once, so that the next request is personal; then ask about the rest.

        Raises Postponed, TryLater and Closing when the job is not done, and what stores raise.
        """
        if not (user.likes or user.dislikes):
            self._jobs.done(job, None, self._clock.now())
            self._noted.understood("no text")
            return
        reader = self._readers.now()
        if reader is None:
            raise TryLater("no film is known", None)
        likes, dislikes = screen(user.likes).text, screen(user.dislikes).text
        understanding = reader.read(likes, dislikes)
        taste = self._taste(user, understanding)
        open_mentions = understanding.open_mentions()
        if not open_mentions or self._asker is None:
            self._jobs.done(job, taste, self._clock.now())
            self._noted.understood("by titles, rest left open" if open_mentions else "by titles")
            return
        self._jobs.keep(job, taste)
        asked = await self._asked(self._asker, user.id, questions_of(understanding, likes, dislikes))
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
        if asked.answer is None and asked.places:
            self._seldom.say("titles alone serve where no answer came", asked.why)
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
        if asked.answer is None or self._asker is None:
            return taste
        resolved = resolve(understanding, asked)
        return replace(
            taste,
            films=resolved.taste_films(),
            open=len(resolved.open_mentions()),
            maker=asked.model,
            prompt=self._asker.prompt.provenance,
        )


def _midnight_after(now: datetime) -> datetime:
    """When the next day of budgets begins."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)

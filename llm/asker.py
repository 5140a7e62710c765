"""The asker: open mentions become answers of a language model, from the cache where it can, within the budget."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.clock import Clock
from core.errors import CompleterClosed, PriceUnknown, RequestRefused
from core.ids import UserId
from core.money import Usd
from core.usage import CallOutcome, Charge, CountSource, Usage
from llm.call import Begun, Cached, Limit, OverBudget, PlannedCall, Settled, Wait
from llm.calls import Calls
from llm.completer import Completed, Completer, CompletionRequest, NotCompleted, TokenCounts
from llm.prompt_files import PromptFile
from llm.question import Answer, Defect, OpenMention, Question
from llm.tokens import TokenCounter, difference, most_tokens, request_tokens

OPERATION = "chat"
TIMEOUT_S = 30.0  # of one call: a model of this size answers in 1 to 3 s, and a job may wait
LEASE_S = TIMEOUT_S + 15.0  # a call whose process died is known as lost soon after it could have been answered
TRIES = 2  # the question, and one repair turn
TWIN_POLL_S = 0.25  # between two looks at whether the twin in flight has its answer
UNPRICED = "no price known: the most that was reserved"
TEMPLATE_TOKENS = 200  # that a server's own template may add to what is sent, beyond one a byte
MISCOUNT = 0.02  # of the tokens: a larger difference between our count and the bill is worth a look

_log = logging.getLogger(__name__)


class Prices(Protocol):
    """What calls cost, as `telemetry.Prices` tells."""

    def charge(self, usage: Usage) -> Charge: ...

    def most(
        self, provider: str, model: str, priced_as: str, input_tokens: int, output_tokens: int, when: datetime
    ) -> Usd: ...


class Noted(Protocol):
    """What is told of calls, to be counted."""

    def called(self, usage: Usage) -> None: ...

    def defect(self, reason: str) -> None: ...

    def miscounted(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking about mentions.

    places : of the mentions that were asked about, among those given. answer : None when there is none, and `why`
    then says why, in words for people. model : who answered, now or when the cached answer was made.
    limit : of the budget, when it is what kept us from asking.
    """

    places: tuple[int, ...]
    answer: Answer | None
    model: str
    why: str
    limit: Limit | None = None


class TryLater(Exception):
    """No answer now, but perhaps later. Never leaves this room: the job is tried again."""

    def __init__(self, reason: str, after_s: float | None) -> None:
        super().__init__(reason)
        self.after_s = after_s


class Closing(Exception):
    """The asker was closed before this call began. Never leaves this room: the job is given back."""


class Asker:
    """Asks one model with one prompt. Tasks of one event loop may share it."""

    def __init__(
        self,
        completer: Completer,
        calls: Calls,
        prompt: PromptFile,
        counter: TokenCounter,
        prices: Prices,
        clock: Clock,
        noted: Noted,
        in_flight: int,
        new_id: Callable[[], str],
    ) -> None:
        """`new_id` gives an id that no call has had. At most `in_flight` calls are made, or waited for, at once."""
        self._completer = completer
        self._calls = calls
        self._prompt = prompt
        self._counter = counter
        self._prices = prices
        self._clock = clock
        self._noted = noted
        self._new_id = new_id
        self._places = asyncio.Semaphore(in_flight)
        self._is_closed = False

    def close(self) -> None:
        """Begin no more calls; those in flight are answered."""
        self._is_closed = True

    @property
    def prompt(self) -> PromptFile:
        return self._prompt

    async def ask(self, user: UserId, mentions: Sequence[OpenMention]) -> Asked:
        """What the model says of the mentions, with one repair turn after an answer that can not be used.

        Raises TryLater when there was no answer, Closing after `close`, and CompleterClosed, RequestRefused and
        PriceUnknown as the completer and the prices do.
        """
        question = Question.of(mentions, self._prompt, self._counter.count)
        if question is None:
            return Asked((), None, "", "no film is offered")
        choosable = [place for place, mention in enumerate(mentions) if mention.candidates]
        asked = tuple(choosable[: len(question.mentions)])
        key, request = self._key(question), question.request(TIMEOUT_S)
        async with self._places:
            for attempt in range(1, TRIES + 1):
                if self._is_closed:
                    raise Closing
                reply = await self._once(user, key, request, question, attempt)
                if isinstance(reply, OverBudget):
                    return Asked(asked, None, "", f"the budget of the {reply.limit} is spent", reply.limit)
                if isinstance(reply.read, Answer):
                    return Asked(asked, reply.read, reply.model, "answered")
                self._noted.defect(reply.read.reason)
                why = Asked(asked, None, reply.model, f"no usable answer: {reply.read.reason}")
                if reply.read is _REFUSED:
                    break
                request = question.repair(reply.text, reply.read, TIMEOUT_S)
        return why

    async def _once(
        self, user: UserId, key: str, request: CompletionRequest, question: Question, attempt: int
    ) -> _Reply | OverBudget:
        """One call, or the cached answer, or the limit that forbids it."""
        planned = self._planned(user, key, request, attempt)
        begun = await self._begin(planned)
        if isinstance(begun, OverBudget):
            return begun
        if isinstance(begun, Cached):
            self._noted.called(_spared(planned, begun, self._clock.now()))
            return _Reply(begun.answer, question.read(begun.answer), begun.model)
        try:
            completed = await self._completer.complete(request)
        except (CompleterClosed, RequestRefused):
            self._finish(begun, begun.usage(CallOutcome.FAILED, CountSource.REPORTED, 0), None)
            raise
        if isinstance(completed, NotCompleted):
            self._finish(begun, self._unanswered(begun, completed), None)
            raise TryLater(f"{completed.outcome}: {completed.reason}", completed.retry_after_s)
        outcome = completed.outcome
        read: Answer | Defect | None = _USELESS.get(outcome)
        if read is None:
            read = question.read(completed.text)
            outcome = CallOutcome.ANSWERED if isinstance(read, Answer) else CallOutcome.INVALID
        usage = self._usage(begun, request, completed, outcome)
        self._finish(begun, usage, completed.text if isinstance(read, Answer) else None)
        return _Reply(completed.text, read, completed.model)

    async def _begin(self, planned: PlannedCall) -> Begun | Cached | OverBudget:
        """Wait for a twin in flight, or for a place among the calls of all processes; nothing else waits."""
        while not self._is_closed:
            begun = self._calls.begin(planned, self._clock.now(), LEASE_S)
            is_full = isinstance(begun, OverBudget) and begun.limit is Limit.IN_FLIGHT
            if isinstance(begun, Wait) or is_full:
                await asyncio.sleep(TWIN_POLL_S)
                continue
            return begun
        raise Closing

    def _planned(self, user: UserId, key: str, request: CompletionRequest, attempt: int) -> PlannedCall:
        completer = self._completer
        input_tokens = request_tokens(request, most_tokens)
        output_tokens = request.most_output_tokens + completer.thinking_tokens
        most = self._prices.most(
            completer.provider,
            completer.model,
            completer.priced_as,
            input_tokens,
            output_tokens,
            self._clock.now(),
        )
        return PlannedCall(
            call=self._new_id(),
            key=key,
            user=user,
            provider=completer.provider,
            operation=OPERATION,
            model=completer.model,
            priced_as=completer.priced_as,
            prompt=self._prompt.provenance,
            attempt=attempt,
            most=most,
            price="reserved",
            most_input_tokens=input_tokens,
            most_output_tokens=output_tokens,
        )

    def _usage(self, begun: Begun, request: CompletionRequest, completed: Completed, outcome: CallOutcome) -> Usage:
        """As reported by the provider; counted by us where it reported nothing, or what can not be."""
        counted = request_tokens(request, self._counter.count)
        tokens, source = completed.tokens, CountSource.REPORTED
        if tokens is not None and difference(counted, tokens.input) > MISCOUNT:
            self._noted.miscounted()
        if tokens is None or not _can_be(tokens, begun.planned, completed.text):
            tokens = TokenCounts(counted, 0, self._counter.count(completed.text), 0)
            source = CountSource.ESTIMATE if completed.tokens else self._counter.source
        return begun.usage(
            outcome,
            source,
            completed.latency_ms,
            input_tokens=tokens.input,
            cached_tokens=tokens.cached,
            output_tokens=tokens.output,
            reasoning_tokens=tokens.reasoning,
            answering_model=completed.model,
            completion=completed.completion,
        )

    @staticmethod
    def _unanswered(begun: Begun, failed: NotCompleted) -> Usage:
        """Nothing where nothing was billed for certain, else the most that it can have been."""
        planned = begun.planned
        most = (planned.most_input_tokens, planned.most_output_tokens) if failed.may_be_billed else (0, 0)
        source = CountSource.ESTIMATE if failed.may_be_billed else CountSource.REPORTED
        return begun.usage(failed.outcome, source, failed.latency_ms, input_tokens=most[0], output_tokens=most[1])

    def _finish(self, begun: Begun, usage: Usage, answer: str | None) -> None:
        """Settle the call, at its price. What can not be priced costs what was reserved, and says so."""
        try:
            charge = self._prices.charge(usage)
        except PriceUnknown as error:
            _log.error("call %s: %s", usage.call, error)
            charge = Charge(usage.call, begun.planned.most, UNPRICED, is_certain=False)
        settled = self._calls.finish(begun, usage, charge, answer)
        if settled is not Settled.IN_TIME:
            _log.warning("call %s was settled %s: usage %s, charge %s", usage.call, settled, usage, charge)
        self._noted.called(usage)

    def _key(self, question: Question) -> str:
        """Whatever decides the answer: the model, the prompt's hash, the words and the films offered for them.

        The catalogue's version is not part of it: the films offered are, and nothing else of the catalogue is sent.
        """
        said = [message.content for message in question.messages]
        parts = [self._completer.provider, self._completer.model, self._prompt.sha256, *said]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Reply:
    """What one call brought."""

    text: str
    read: Answer | Defect
    model: str


def _spared(planned: PlannedCall, cached: Cached, now: datetime) -> Usage:
    """That no call was needed, to be counted; what it saved stands in the usage that `Calls` has written."""
    usage = Begun(planned, now, now).usage
    return usage(CallOutcome.CACHED, CountSource.REPORTED, 0, answering_model=cached.model)


def _can_be(tokens: TokenCounts, planned: PlannedCall, text: str) -> bool:
    """Whether what was sent and what came can have so many tokens: one a byte, with what a template may add."""
    most_output = max(planned.most_output_tokens, most_tokens(text))
    return (
        tokens.input <= planned.most_input_tokens + TEMPLATE_TOKENS and tokens.output <= most_output + TEMPLATE_TOKENS
    )


_CUT_OFF = Defect("cut off", "the limit of tokens was reached")
_REFUSED = Defect("refused", "the model refused")
_USELESS = {CallOutcome.CUT_OFF: _CUT_OFF, CallOutcome.REFUSED: _REFUSED}

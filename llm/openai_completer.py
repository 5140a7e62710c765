"""The completer behind the OpenAI API: OpenAI's own, or any server that speaks it (vLLM, Ollama, llama.cpp)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import openai

from core.backends import PortUrl
from core.clock import Clock
from core.errors import CompleterClosed, RequestRefused, SettingError
from core.usage import CallOutcome
from llm.chat_answer import NotAChatAnswer, completed
from llm.completer import Completed, CompletionRequest, NotCompleted

OPENAI_URL = "https://api.openai.com/v1"
OPENAI = "openai"
FREE = "free"
CONNECT_S = 5.0  # before a connection stands nothing is billed: so this wait has a limit of its own
THINKING_MODELS = ("o1", "o3", "o4", "gpt-5")  # beginnings of names; they refuse a temperature
THINKING_TOKENS = 256  # at low effort a question of this size needs none to some dozens
NOT_WORKED_ON = (409, 429, 500, 503, 529)  # a gateway that gave up (408, 502, 504, ...) does not know what happened
NEVER_SENT = (
    *(httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout),  # no connection, a name that nobody knows
    *(httpx2.LocalProtocolError, httpx2.UnsupportedProtocol, httpx2.InvalidURL),  # a request that can not be made
    UnicodeError,  # of a header or a name, before anything is sent
)
LONGEST_ANSWER = 1_000_000  # bytes; real ones have some hundred, and a thousand tokens are some thousand
LONGEST_WAIT_S = 3600.0  # however long a server asks us to wait
SHOWN = 160  # characters of a server's own words in a message
_OUR_HEADERS = frozenset(
    [
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    ]
    + ["x-stainless-raw-response"]  # the client itself looks for it when the answer comes
)


@dataclass(frozen=True, slots=True)
class Server:
    """Whom we ask. `is_openai` decides the name of the limit of tokens: other servers know only the older one."""

    provider: str
    base_url: str
    model: str
    priced_as: str
    is_openai: bool

    @classmethod
    def parse(cls, url: PortUrl) -> Server:
        """`openai:MODEL`, or `openai://HOST:PORT/v1?model=NAME&priced_as=MODEL` with `https=true` at will.

        priced_as : MODEL of OpenAI, PROVIDER/MODEL of another, or free. Raises SettingError with the way out.
        """
        if not url.host:
            if not url.path:
                raise SettingError("openai: names no model: give openai:MODEL, as in openai:gpt-4o-mini")
            return cls(OPENAI, OPENAI_URL, url.path, "", is_openai=True)
        url.only_options("model", "priced_as", "https")
        if "@" in url.host:
            raise SettingError("a key does not belong into the address of a completer: give it as MATINEE_LLM_KEY")
        model, priced_as, https = (url.options.get(name, "") for name in ("model", "priced_as", "https"))
        if not model or not priced_as:
            raise SettingError(
                f"openai://{url.host} needs model=NAME and priced_as=MODEL (or priced_as=free): without a price no "
                "cost can be told"
            )
        if https not in ("", "true", "false"):
            raise SettingError(f"https={https!r} of openai://{url.host} is refused: give true or false")
        if priced_as != FREE and "/" not in priced_as:
            priced_as = f"{OPENAI}/{priced_as}"
        scheme = "https" if https == "true" else "http"
        return cls(url.host, f"{scheme}://{url.host}{url.path.rstrip('/')}", model, priced_as, is_openai=False)


class OpenAiCompleter:
    """Asks with the openai client, which is kept from trying again and from reading OPENAI_* variables.

    Answers are not streamed: they are short, nobody watches them grow, and the usage comes with the whole answer.
    """

    def __init__(
        self, server: Server, key: str, clock: Clock, transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        """`transport` stands in for the network in tests. Raises SettingError when OpenAI is asked without a key."""
        if server.is_openai and not key:
            raise SettingError("OpenAI needs a key: set MATINEE_LLM_KEY, or MATINEE_COMPLETER=rules: to do without")
        self.provider = server.provider
        self.model = server.model
        self.priced_as = server.priced_as
        self._is_thinking = server.model.startswith(THINKING_MODELS)
        self.thinking_tokens = THINKING_TOKENS if self._is_thinking else 0
        self._limit = "max_completion_tokens" if server.is_openai else "max_tokens"
        self._clock = clock
        self._client = openai.AsyncOpenAI(
            api_key=key or "none",  # the client insists on one; local servers ignore it
            admin_api_key="",  # each of these is read from the environment when it is None
            organization="",
            project="",
            webhook_secret="",
            base_url=server.base_url,
            max_retries=0,  # each try is a usage of its own
            default_headers={"Authorization": f"Bearer {key or 'none'}", "Accept-Encoding": "identity"},
            http_client=httpx2.AsyncClient(
                trust_env=False,
                follow_redirects=False,
                transport=_Bounded(transport or httpx2.AsyncHTTPTransport(trust_env=False)),
                event_hooks={"request": [_only_ours]},
            ),
        )

    async def complete(self, request: CompletionRequest) -> Completed | NotCompleted:
        """As the port says."""
        begun = self._clock.monotonic()
        try:
            async with asyncio.timeout(request.timeout_s):  # of the whole: a server may send byte by byte
                raw = await self._client.chat.completions.with_raw_response.create(**self._body(request))
        except TimeoutError:
            outcome, reason, is_billable = CallOutcome.TIMEOUT, f"no answer within {request.timeout_s:g} s", True
            retry_after_s = None
        except openai.APIStatusError as error:
            outcome, reason, is_billable = self._not_served(error)
            retry_after_s = self._retry_after_s(error.response.headers)
        except openai.APIConnectionError as error:
            cause = error.__cause__
            outcome = CallOutcome.TIMEOUT if isinstance(error, openai.APITimeoutError) else CallOutcome.FAILED
            is_billable = not isinstance(cause, NEVER_SENT)
            reason, retry_after_s = _reason(cause), None
        else:
            try:
                return completed(raw.text, self._latency_ms(begun))
            except NotAChatAnswer as error:
                outcome, reason, is_billable = CallOutcome.FAILED, str(error), True
                retry_after_s = None
        return NotCompleted(outcome, reason, is_billable, self._latency_ms(begun), retry_after_s)

    async def close(self) -> None:
        await self._client.close()

    def _body(self, request: CompletionRequest) -> dict[str, Any]:
        """The arguments of one call."""
        form = {"name": request.schema_name, "strict": True, "schema": dict(request.schema)}
        manner = {"reasoning_effort": "low"} if self._is_thinking else {"temperature": 0, "seed": 0}
        return {
            "model": self.model,
            "messages": [{"role": one.role, "content": one.content} for one in request.messages],
            "response_format": {"type": "json_schema", "json_schema": form},
            self._limit: request.most_output_tokens + self.thinking_tokens,
            "timeout": httpx2.Timeout(request.timeout_s, connect=min(CONNECT_S, request.timeout_s)),
            **manner,
        }

    def _not_served(self, error: openai.APIStatusError) -> tuple[CallOutcome, str, bool]:
        """(outcome, reason, whether it may be billed) of a status that may pass; raises for one that will not."""
        status, who = error.status_code, f"{self.provider} ({self.model})"
        if status in (401, 403):  # the server's own words hold parts of the key
            raise CompleterClosed(f"{who} answers {status}: the key is not accepted; set MATINEE_LLM_KEY") from error
        said = f"{status} {error.message[:SHOWN]}"
        if status == 404:
            raise CompleterClosed(f"{who} answers {said}; set MATINEE_COMPLETER to a model that it has") from error
        if error.code == "insufficient_quota":
            raise CompleterClosed(f"{who} answers {said}; the account needs credit") from error
        if status == 429:
            return CallOutcome.RATE_LIMITED, said, False
        if status < 500 and status not in (408, 409):
            raise RequestRefused(f"{who} answers {said}: it does not take this request") from error
        return CallOutcome.FAILED, said, status not in NOT_WORKED_ON

    def _retry_after_s(self, headers: httpx2.Headers) -> float | None:
        """Seconds that the server asks us to wait, given as such or as a date, an hour at the most.

        None when it does not ask, or in vain.
        """
        text = headers.get("retry-after", "")
        if text.isascii() and text.isdigit() and len(text) <= 9:
            return min(float(text), LONGEST_WAIT_S)
        try:
            wait_s = (parsedate_to_datetime(text) - self._clock.now()).total_seconds()
            return min(max(0.0, wait_s), LONGEST_WAIT_S)
        except (TypeError, ValueError):  # not a date, or one without a zone
            return None

    def _latency_ms(self, begun: float) -> int:
        return round(1000 * (self._clock.monotonic() - begun))


def _reason(cause: BaseException | None) -> str:
    """What kept a call from an answer. Errors about our own request may quote its headers, and so the key."""
    name = type(cause).__name__
    return name if isinstance(cause, (httpx2.LocalProtocolError, UnicodeError)) else f"{name}: {str(cause)[:SHOWN]}"


class AnswerTooLong(httpx2.TransportError):
    """A server sends more than an answer can be, or packs it, so that its length can not be told."""


class _Bounded(httpx2.AsyncBaseTransport):
    """Reads no more than LONGEST_ANSWER bytes of an answer."""

    def __init__(self, transport: httpx2.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._transport.handle_async_request(request)
        packing = response.headers.get("content-encoding", "identity")
        if packing.strip().lower() != "identity":
            await response.aclose()
            raise AnswerTooLong(f"the answer is packed ({packing[:SHOWN]!r}), which was not asked for")
        stream = response.stream
        assert isinstance(stream, httpx2.AsyncByteStream)
        response.stream = _BoundedStream(stream)
        return response

    async def aclose(self) -> None:
        await self._transport.aclose()


class _BoundedStream(httpx2.AsyncByteStream):
    """The bytes of one answer."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = LONGEST_ANSWER
        async for piece in self._stream:
            left -= len(piece)
            if left < 0:
                raise AnswerTooLong(f"the answer has more than {LONGEST_ANSWER:,} bytes")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _only_ours(request: httpx2.Request) -> None:
    """Take away what the client adds: headers from OPENAI_CUSTOM_HEADERS, and descriptions of this machine."""
    for name in [name for name in request.headers if name.lower() not in _OUR_HEADERS]:
        del request.headers[name]


def open_openai(url: PortUrl, key: str, clock: Clock) -> OpenAiCompleter:
    """The completer that the setting names. Raises SettingError with the way out."""
    return OpenAiCompleter(Server.parse(url), key, clock)

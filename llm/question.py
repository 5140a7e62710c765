"""A question to a language model: which of the offered films do these words mean?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.ids import MovieId
from core.taste import Polarity
from llm.completer import CompletionRequest, Message
from llm.prompt_files import PromptFile
from llm.tokens import most_tokens, request_tokens

SCHEMA_NAME = "films"
MOST_ANSWER_CHARACTERS = 20_000  # a longer answer is not even parsed
SHOWN_ANSWER_CHARACTERS = 600  # of a defective answer, in the repair turn: input costs too
MOST_TOKENS = 500  # of a question and its longest answer: what a new user may cost
WHOLE_TEXT, AROUND = 300, 80  # characters: nine of ten texts are shorter than 300
MOST_CANDIDATES, FEWEST_CANDIDATES = 5, 3  # films offered for a mention: fewer when there are many mentions
DEFECTS = ("empty", "too long", "no JSON", "wrong form", "unknown film", "film twice", "too many films")
_FENCED = re.compile(r"\A```(?:json)?\s*(.*?)\s*```\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class OpenMention:
    """Words that may name a film, which the title search could not settle.

    words : as the user wrote them, screened. context : the text around them, screened (`context` makes it); mentions
        of one text share one.
    polarity : what the search believes; the answer may say otherwise.
    candidates : the closed set, best first. most : how many of them may be meant; above 1 for a series only.
    """

    words: str
    context: str
    polarity: Polarity
    candidates: tuple[MovieId, ...]
    most: int = 1


def context_of(text: str, start: int, end: int) -> str:
    """What is sent of a text in which words stand from `start` to `end`: a short text whole, else what is around.

    The same for every mention of a short text, so that it is sent once.

    >>> context_of("I loved heat", 8, 12)
    'I loved heat'
    """
    if len(text) <= WHOLE_TEXT:
        return text
    return text[max(0, start - AROUND) : end + AROUND]


@dataclass(frozen=True, slots=True)
class ChosenFilm:
    """A film that the answer names. `mention` is the place of its words in the question."""

    movie: MovieId
    polarity: Polarity
    mention: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer. A mention of which no film was chosen is none of those offered."""

    films: tuple[ChosenFilm, ...]


@dataclass(frozen=True, slots=True)
class Defect:
    """Why an answer was not accepted. `reason` is one of DEFECTS: it becomes a metric label."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Question:
    """The mentions that are asked about, in the words of a prompt file. Made by `of`.

    left_out : mentions for which there was no room, or nothing to choose from.
    input_tokens : as counted. most_output_tokens : no vocabulary needs more for the longest valid answer, so that the
        limit never cuts off what would be accepted.
    """

    mentions: tuple[OpenMention, ...]
    prompt: PromptFile
    left_out: int
    input_tokens: int
    most_output_tokens: int

    @classmethod
    def of(
        cls,
        mentions: Sequence[OpenMention],
        prompt: PromptFile,
        count: Callable[[str], int],
        room: int = MOST_TOKENS,
    ) -> Question | None:
        """The question about as many mentions as fit, in their order; None when nothing can be asked.

        count : tokens of a text. room : tokens of the question and its longest answer together. Candidates are
        dropped from the end of each mention, down to FEWEST_CANDIDATES, before a mention is left out; where not even
        one fits, contexts are dropped.
        """
        choosable = [mention for mention in mentions if mention.candidates]
        bare = [replace(mention, context="") for mention in choosable]
        question = cls._largest(choosable, prompt, count, room) or cls._largest(bare, prompt, count, room)
        return question and replace(question, left_out=len(mentions) - len(question.mentions))

    @classmethod
    def _largest(
        cls, mentions: list[OpenMention], prompt: PromptFile, count: Callable[[str], int], room: int
    ) -> Question | None:
        """The question about most mentions; of several such the one that offers most candidates."""
        question = None
        for size in range(MOST_CANDIDATES, FEWEST_CANDIDATES - 1, -1):
            other = cls._fitting([_with_candidates(one, size) for one in mentions], prompt, count, room)
            if other is not None and (question is None or len(other.mentions) > len(question.mentions)):
                question = other
        return question

    @classmethod
    def _fitting(
        cls, mentions: list[OpenMention], prompt: PromptFile, count: Callable[[str], int], room: int
    ) -> Question | None:
        """The question about the longest beginning of `mentions` that fits, None when the first does not."""
        best = None
        for size in range(1, len(mentions) + 1):
            asked = cls(tuple(mentions[:size]), prompt, 0, 0, 0)
            input_tokens = request_tokens(asked.request(0), count)
            longest = asked._longest_answer()
            if input_tokens + count(longest) > room:
                break
            best = replace(asked, input_tokens=input_tokens, most_output_tokens=most_tokens(longest))
        return best

    def _longest_answer(self) -> str:
        """For each mention as many of its longest ids as may be meant, with more blanks than we would write."""
        longest = [
            movie
            for mention in self.mentions
            for movie in sorted(mention.candidates, key=lambda movie: (len(movie), movie))[-mention.most :]
        ]
        return json.dumps({"liked": longest, "disliked": []}, indent=1)

    @property
    def offered(self) -> tuple[MovieId, ...]:
        """Every film that may be named, each once, in the order of the mentions."""
        return tuple(dict.fromkeys(movie for mention in self.mentions for movie in mention.candidates))

    @property
    def messages(self) -> tuple[Message, ...]:
        """The static part, then one line of JSON a context: nothing in a JSON string can end the data."""
        return (
            Message("system", self.prompt.system),
            Message("user", "\n".join(json.dumps(note, ensure_ascii=False) for note in _notes(self.mentions))),
        )

    @property
    def schema(self) -> dict[str, Any]:
        """The form of the answer: two lists over the closed set. Strict for OpenAI, a grammar for llama.cpp."""
        films = {
            "type": "array",
            "items": {"$ref": "#/$defs/film"},
            "maxItems": sum(one.most for one in self.mentions),
        }
        return {
            "type": "object",
            "properties": {"liked": films, "disliked": films},
            "required": ["liked", "disliked"],
            "additionalProperties": False,
            "$defs": {"film": {"type": "string", "enum": list(self.offered)}},
        }

    def request(self, timeout_s: float) -> CompletionRequest:
        """The call that asks it."""
        return CompletionRequest(self.messages, SCHEMA_NAME, self.schema, self.most_output_tokens, timeout_s)

    def repair(self, text: str, defect: Defect, timeout_s: float) -> CompletionRequest:
        """The one call that follows a defective answer `text`."""
        again = (
            Message("assistant", text[:SHOWN_ANSWER_CHARACTERS]),
            Message("user", self.prompt.repair.replace("{reason}", defect.reason)),
        )
        return replace(self.request(timeout_s), messages=(*self.messages, *again))

    def read(self, text: str) -> Answer | Defect:
        """The answer in `text`, if it is entirely as asked for. Never raises: a model wrote it.

        The JSON may stand between the marks of a code block, with nothing around them.
        """
        if len(text) > MOST_ANSWER_CHARACTERS:
            return Defect("too long", f"{len(text)} characters")
        said = _FENCED.sub(r"\1", text.strip())
        if not said:
            return Defect("empty", "no text")
        try:
            value = json.loads(said, object_pairs_hook=_no_key_twice, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            return Defect("no JSON", f"{type(error).__name__}: {str(error)[:80]}")
        if not isinstance(value, dict) or set(value) != {polarity.value for polarity in Polarity}:
            return Defect("wrong form", "not an object of liked and disliked alone")
        if not all(isinstance(ids, list) and all(isinstance(one, str) for one in ids) for ids in value.values()):
            return Defect("wrong form", "not two lists of texts")
        named = [(MovieId(movie), polarity) for polarity in Polarity for movie in value[polarity.value]]
        return self._checked(named)

    def _checked(self, named: list[tuple[MovieId, Polarity]]) -> Answer | Defect:
        """The answer that names these films, each given to a mention that offered it and still has room."""
        offers = {
            movie: [place for place, one in enumerate(self.mentions) if movie in one.candidates] for movie, _ in named
        }
        unknown = [movie for movie, places in offers.items() if not places]
        if unknown:
            return Defect("unknown film", unknown[0][:80])
        if len(offers) < len(named):
            return Defect("film twice", "an id is named twice")
        room = [mention.most for mention in self.mentions]
        chosen: dict[MovieId, ChosenFilm] = {}
        for movie, polarity in sorted(named, key=lambda one: len(offers[one[0]])):  # the least free choose first
            place = next((place for place in offers[movie] if room[place]), None)
            if place is None:
                return Defect("too many films", f"more than {self.mentions[offers[movie][0]].most} for one mention")
            room[place] -= 1
            chosen[movie] = ChosenFilm(movie, polarity, place)
        return Answer(tuple(chosen[movie] for movie, _ in named))


def _with_candidates(mention: OpenMention, size: int) -> OpenMention:
    """The mention with at most `size` candidates, or as many as may be meant of a series."""
    return replace(mention, candidates=mention.candidates[: max(size, mention.most)])


def _notes(mentions: Sequence[OpenMention]) -> list[dict[str, Any]]:
    """One object a context, which is paid for once however many mentions stand in it."""
    named_by_context: dict[str, list[dict[str, Any]]] = {}
    for mention in mentions:
        series = {"series": True} if mention.most > 1 else {}
        entry = {"words": mention.words, "guess": mention.polarity.value, **series, "films": list(mention.candidates)}
        named_by_context.setdefault(mention.context, []).append(entry)
    return [
        {"note": context, "named": named} if context else {"named": named}
        for context, named in named_by_context.items()
    ]


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")

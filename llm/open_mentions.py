"""Open mentions on their way to a language model and back: as they are asked about, and with what was answered."""

from __future__ import annotations

from dataclasses import replace

from core.taste import Means
from llm.asker import Asked
from llm.question import OpenMention, context_of
from llm.understanding import Mention, Understanding


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

"""A place in a text that names something."""

from __future__ import annotations

from dataclasses import dataclass

from llm.field_text import FieldText
from llm.hints import hints_at
from llm.resolver import Resolver
from llm.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Spot:
    """Words that name something, and what they mean."""

    first: int
    last: int
    verdict: Verdict


def spot_at(resolver: Resolver, text: FieldText, first: int, last: int) -> Spot:
    """The words from `first` to before `last`, all together, with what they mean where they stand."""
    hints = hints_at(text, first, last, None, text.sentence(first))
    return Spot(first, last, resolver.resolve(text.words[first:last], hints))

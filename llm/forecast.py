"""The forecast: what understanding many users would cost, from a sample of them, before anything is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.money import Usd
from core.user import User
from llm.open_mentions import questions_of
from llm.outside import Reader
from llm.prompt_files import PromptFile
from llm.question import Question
from llm.screening import screen

SAMPLE = 300  # users: the share who need the model is known to about 5 %


@dataclass(frozen=True, slots=True)
class Forecast:
    """For `users` of whom `sampled` were looked at: how many need the model, and what that takes.

    asking : users with something to ask. tokens : input and output, the output at its longest.
    cost : without anything in the cache, each question answered at the first try.
    """

    users: int
    sampled: int
    asking: int
    tokens: int
    cost: Usd


def forecast(
    users: int,
    sample: Sequence[User],
    reader: Reader,
    prompt: PromptFile,
    count: Callable[[str], int],
    price: Callable[[int, int], Usd],
) -> Forecast:
    """What `users` like those of the sample would take. price : of (input, output) tokens."""
    asking = tokens = nano = 0
    for user in sample:
        likes, dislikes = screen(user.likes).text, screen(user.dislikes).text
        question = Question.of(questions_of(reader.read(likes, dislikes), likes, dislikes), prompt, count)
        if question is not None:
            asking += 1
            tokens += question.input_tokens + question.most_output_tokens
            nano += price(question.input_tokens, question.most_output_tokens).nano
    share = users / max(len(sample), 1)
    return Forecast(users, len(sample), round(asking * share), round(tokens * share), Usd(round(nano * share)))

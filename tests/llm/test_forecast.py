"""The forecast: what many users would cost, by a sample of them."""

from __future__ import annotations

from core.ids import MovieId, UserId
from core.money import Usd
from core.taste import Polarity
from core.user import User
from llm import Candidate, Mention, Understanding
from llm.forecast import Forecast, forecast
from llm.open_mentions import questions_of
from llm.prompt_files import PromptFile
from llm.question import Question
from llm.tokens import estimate

PROMPT = PromptFile.load("resolve_mentions", 1)
HEAT = Candidate(MovieId("heat+1995"), "Heat", 1995, 1.0)


class OpenReader:
    """Every text leaves its first word open, but those that say "plain"."""

    def read(self, likes, _):
        word = likes.split()[0]
        if word == "plain":
            return Understanding()
        return Understanding(
            (Mention(word, "likes", 0, len(word), Polarity.LIKED, (), None, (HEAT,), is_open=True, why=""),)
        )


def cost(input_tokens, output_tokens):
    return Usd(150 * input_tokens + 600 * output_tokens)


def made(users, *texts):
    sample = [User(UserId(number), likes=text) for number, text in enumerate(texts)]
    return forecast(users, sample, OpenReader(), PROMPT, estimate, cost)


def test_users_like_those_of_the_sample_are_multiplied():
    likes = "heet is good"
    understanding = OpenReader().read(likes, "")
    question = Question.of(questions_of(understanding, likes, ""), PROMPT, estimate)
    a_call = question.input_tokens, question.most_output_tokens
    assert made(1000, likes, "plain words") == Forecast(
        users=1000, sampled=2, asking=500, tokens=500 * sum(a_call), cost=Usd(500 * cost(*a_call).nano)
    )


def test_nobody_to_ask_costs_nothing():
    assert made(70, "plain", "plain") == Forecast(70, 2, 0, 0, Usd(0))
    assert made(0) == Forecast(0, 0, 0, 0, Usd(0))


def test_a_text_is_counted_as_it_is_sent_screened():
    assert made(1, "heet " + "\u200b" * 5000) == made(1, "heet")

"""500 hostile texts through the whole worker with a model that obeys them: no escape, and no effect on others."""

from __future__ import annotations

import itertools
import json
import logging
import sqlite3
import unicodedata
from contextlib import closing

import pytest

from core.ids import UserId
from core.money import Usd
from core.taste import Means
from core.user import User
from llm import Calls, Limits, Understander, Wanted
from llm.screening import screen

from ..films import well_known_films
from ..hostile_texts import BAIT, CARD, MAIL, PHONE, TEXTS

FIRST = 100  # the id of the first hostile user; those before are bystanders
BYSTANDERS = range(1, 6)
LIMITS = Limits(Usd.parse("1"), Usd.parse("0.001"), 100)


class Obedient:
    """A model that answers whatever the texts order, in one way after the other; it watches the budget."""

    provider, model, priced_as, thinking_tokens = "openai", "gpt-4o-mini", "", 0

    def __init__(self, says, watch):
        self.says, self.watch = says, watch
        self.turns, self.asked, self.obeyed = itertools.count(), 0, 0

    async def complete(self, request):
        self.asked += 1
        self.watch()
        said = request.messages[1].content
        note = json.loads(said.splitlines()[0]).get("note", "")
        offered = request.schema["$defs"]["film"]["enum"]
        ways = [
            note[note.find("{") : note.rfind("}") + 1],
            note,
            json.dumps({"liked": ["casino+1995", "titanic+1997"], "disliked": ["heat+1995"]}),
            json.dumps({"liked": offered, "disliked": offered}),
            json.dumps({"liked": offered[:1], "disliked": [], "user": 1}),
            json.dumps({"liked": [float("nan")], "disliked": None}),
            json.dumps({"liked": [[offered]], "disliked": {}}),
            "[" * 50_000,
            json.dumps({"liked": offered[:1] * 9, "disliked": []}),
            json.dumps({"liked": [f"{offered[0]}\u0000"], "disliked": [MAIL, CARD, PHONE]}),
            "\x1b[31m" + note * 200,
        ]
        turn = next(self.turns) % (len(ways) + 1)
        if turn == len(ways):  # now and then it is honest, so that something is stored
            self.obeyed += 1
            return self.says(liked=offered[:1])
        return self.says(ways[turn] or "none")

    async def close(self):
        """Nothing is open."""


def rows_of_bystanders(work_db):
    """Every row that holds what is known of others, as bytes."""
    tables = {"tastes": "user_id", "jobs": "user_id", "spent_users": "user_id"}
    with closing(sqlite3.connect(work_db)) as connection:
        return {
            table: connection.execute(
                f"SELECT * FROM {table} WHERE {column} < ? ORDER BY {column}", (FIRST,)
            ).fetchall()
            for table, column in tables.items()
        }


@pytest.fixture(scope="module")
def understander():
    return Understander.of(well_known_films())


@pytest.fixture
def after(understander, worker_of, records, jobs, store, work_db, asker_of, model, clock, work, caplog):
    """The worker's day with five bystanders first, then the hostile ones, and what there was before and after."""
    limits_kept = []

    def watch():
        standing = Calls(store, LIMITS).spending(clock.now())
        limits_kept.append(standing.spent + standing.reserved <= LIMITS.day)

    caplog.set_level(logging.DEBUG)
    completer = Obedient(model.says, watch)
    for user in BYSTANDERS:
        records.add(UserId(user), f"I loved Heat and Harry {user}")
    for number, text in enumerate(TEXTS):
        likes, dislikes = (text, "") if number % 2 else ("", text)
        records.here[UserId(FIRST + number)] = User(UserId(FIRST + number), likes=likes, dislikes=dislikes)
    before = {}
    for users in (BYSTANDERS, range(FIRST, FIRST + len(TEXTS))):
        before = rows_of_bystanders(work_db)
        jobs.put([Wanted(UserId(user)) for user in users], clock.now())
        work(worker_of(asker_of(completer, LIMITS, in_flight=4), reader=lambda: understander))
    return before, rows_of_bystanders(work_db), completer, limits_kept


def test_there_are_500_of_them():
    assert len(set(TEXTS)) >= 500
    assert all(BAIT in text for text in TEXTS)


def test_hostile_texts_change_no_budget_no_form_and_nobody_else(
    after, understander, records, tastes, jobs, noted, store, clock, work_db, caplog
):
    before, now, completer, limits_kept = after
    assert before["tastes"]
    assert now == before
    assert completer.asked > 500
    assert completer.obeyed > 20
    assert all(limits_kept)
    assert Calls(store, LIMITS).spending(clock.now()).spent <= LIMITS.day
    with closing(sqlite3.connect(work_db)) as connection:
        (most,) = connection.execute("SELECT max(nano) FROM spent_users").fetchone()
    assert Usd(most) <= LIMITS.user

    assert noted.failures == []
    assert (jobs.counts().done, jobs.counts().dead) == (len(BYSTANDERS) + len(TEXTS), 0)

    catalogue = {movie.id for movie in well_known_films()}
    by_model = 0
    for number in range(len(TEXTS)):
        user = records.here[UserId(FIRST + number)]
        taste, read = tastes.get(user.id), understander.read(screen(user.likes).text, screen(user.dislikes).text)
        films = {film.movie for film in taste.films if film.means is not Means.LLM}
        chosen = {film.movie for film in taste.films if film.means is Means.LLM}
        assert films | chosen <= catalogue
        assert films <= {film.movie for film in read.taste_films()}
        assert chosen <= {one.movie for mention in read.open_mentions() for one in mention.candidates}
        by_model += bool(chosen)
        assert all(is_plain(film.words) and len(film.words) <= 80 for film in taste.films)
    assert by_model > 10

    with closing(sqlite3.connect(work_db)) as connection:
        kept = "\n".join(connection.iterdump())
    said = [record.getMessage() for record in caplog.records if record.name.split(".")[0] in ("llm", "matinee")]
    for line in said:
        assert is_plain(line)
    for secret in (MAIL, PHONE, CARD, CARD.replace(" ", "")):
        assert secret not in kept
        assert not any(secret in line for line in said)


def is_plain(text):
    """Nothing that a terminal or a log would take for more than letters."""
    return not any(unicodedata.category(one).startswith("C") for one in text)

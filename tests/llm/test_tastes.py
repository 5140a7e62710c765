from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.errors import StoreError
from core.ids import MovieId, UserId
from core.taste import Means, NamedFilm, NamedGenre, Polarity
from llm import TasteCounts, Tastes, Wanted
from llm.tastes import write_taste

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def keep(jobs):
    """Stores a taste as a worker does."""

    def keep(taste):
        jobs.put([Wanted(taste.user, taste.text_hash)], NOON)
        (job,) = jobs.claim("w", 1, NOON, 30)
        assert jobs.done(job, taste, NOON)
        return taste

    return keep


def test_a_taste_comes_back_as_it_was_made(keep, tastes, a_taste):
    films = tuple(
        NamedFilm(MovieId(f"film+{means.name.lower()}+1999"), polarity, means, f"“{means}”\tand\nmore")
        for means in Means
        for polarity in Polarity
    )
    genres = (NamedGenre("Sci-Fi", Polarity.LIKED), NamedGenre("Comedy", Polarity.DISLIKED, "silly"))
    taste = keep(a_taste(films=films, genres=genres, open=2, maker="gpt-4o-mini", prompt="resolve v1 ab"))
    assert tastes.get(UserId(42)) == taste
    assert tastes.changed_after(0) == ([taste], 1)


def test_a_user_without_a_taste_has_none(tastes):
    assert tastes.get(UserId(42)) is None
    assert tastes.changed_after(0) == ([], 0)


def test_a_reader_sees_what_changed_since_it_last_looked(keep, tastes, a_taste):
    first = keep(a_taste(1))
    _, number = tastes.changed_after(0)
    assert tastes.changed_after(number) == ([], number)
    second = keep(a_taste(2))
    changed = keep(a_taste(1, text_hash="h2", maker="again"))
    found, newer = tastes.changed_after(number)
    assert (found, newer > number) == ([second, changed], True)
    assert first not in tastes.changed_after(0)[0]  # one current taste a user


def test_the_number_grows_when_the_newest_taste_changes_again(keep, tastes, a_taste):
    numbers = []
    for text in ["h1", "h2", "h3"]:
        keep(a_taste(1, text_hash=text))
        numbers.append(tastes.changed_after(0)[1])
    assert numbers == sorted(set(numbers))


def test_a_reader_of_a_store_that_is_gone_gets_all(keep, tastes, a_taste):
    taste = keep(a_taste(1))
    assert tastes.changed_after(1_000_000) == ([taste], 1)


def test_many_tastes_come_in_the_order_of_their_change(store, tastes, a_taste):
    made = [a_taste(user) for user in range(2500, 0, -1)]
    with store.writing() as connection:
        for taste in made:
            write_taste(connection, taste)
    assert tastes.changed_after(0) == (made, 2500)


def test_counts_tell_tastes_with_films_from_those_without(keep, tastes, a_taste):
    keep(a_taste(1))
    keep(a_taste(2, films=()))
    assert tastes.counts() == TasteCounts(tastes=2, with_films=1)


def test_a_store_that_is_not_there_is_named(tmp_path):
    with pytest.raises(StoreError, match="there is no store"):
        Tastes(tmp_path / "work.db")

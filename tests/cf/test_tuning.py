from dataclasses import replace

import pytest

from cf import Interactions
from cf.als import AlsParameters
from cf.blend import BlendParameters
from cf.selection import Chosen
from cf.tuning import ITERATIONS, TrialBook, keep_winner, planned, tune, winner
from core.errors import ArtefactError

AT_FACTORS = 64  # where the fake search is best


class FakeSearch:
    """Judges settings by a formula, and remembers what it was asked."""

    popularity_ndcg, judged_users = 0.1, 50

    def __init__(self, dies_after=10**9):
        self.asked = []
        self._dies_after = dies_after

    def worth(self, als):
        if len(self.asked) == self._dies_after:
            raise KeyboardInterrupt
        self.asked.append(als)
        return 1 / (1 + abs(als.factors - AT_FACTORS)) + als.regularization / 1e4 + als.iterations / 1e6

    def tuned(self, als):
        return Chosen(als, BlendParameters(), 0.2 + als.regularization / 1e4)


class Clock:
    """A second more at each look."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 1
        return self.now


@pytest.fixture(scope="module")
def world(trained):
    return Interactions.from_frame(trained.frame, (movie.id for movie in trained.catalogue), 10)[0]


@pytest.fixture
def book(world, tmp_path):
    return TrialBook(tmp_path, world, "time", 1)


def run(search, book, settings=60, budget_s=1e9, **more):
    return tune(search, book, settings, 1, budget_s, Clock(), **more)


def test_the_best_point_of_the_space_wins_in_three_rounds(book):
    search, steps = FakeSearch(), []
    found = run(search, book, 120, on_trial=lambda: steps.append(1))
    assert (found.chosen.als.factors, found.chosen.als.regularization) == (AT_FACTORS, 100.0)
    assert found.chosen.als.iterations == ITERATIONS[-1]
    assert len(steps) == found.fitted == found.planned == planned(120) == 120 + 40 + 14


def test_a_run_that_was_killed_goes_on_and_ends_as_if_it_was_not(book, world, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(FakeSearch(dies_after=25), book)
    with book.path.open("a") as file:
        file.write('{"als": {"factors": 8, "regu')  # the line that was being written
    again = FakeSearch()
    resumed = run(again, book)
    whole = run(FakeSearch(), TrialBook(tmp_path / "other", world, "time", 1))
    assert (resumed.known, resumed.fitted) == (25, whole.fitted - 25)
    assert replace(resumed, known=0, fitted=whole.fitted) == whole
    assert run(FakeSearch(), book).fitted == 0


def test_a_spent_budget_ends_without_a_choice_and_keeps_the_trials(book):
    found = run(FakeSearch(), book, budget_s=20.0)
    assert found.chosen is None
    assert found.fitted == len(book.read()) > 0
    assert found.best_ndcg == max(book.read().values())
    while found.chosen is None:
        found = run(FakeSearch(), book, budget_s=20.0)
    assert found.fitted + found.known == found.planned


def test_a_budget_of_nothing_makes_no_trial(book):
    found = run(FakeSearch(), book, budget_s=0.0)
    assert (found.chosen, found.best, found.fitted) == (None, None, 0)


def test_other_data_and_another_split_have_books_of_their_own(world, tmp_path):
    some = world.only(world.user > 3)
    paths = {TrialBook(tmp_path, *which, 1).path for which in ((world, "time"), (world, "holdout"), (some, "time"))}
    assert len(paths) == 3


@pytest.mark.parametrize("line", ["no json", "[]", '{"als": {"height": 3}, "ndcg": 1}', '{"ndcg": 1}'])
def test_a_foreign_book_is_refused(book, line):
    book.path.write_text(line + "\n")
    with pytest.raises(ArtefactError, match="move it away"):
        book.read()


def test_the_winner_is_kept_for_later_trainings(tmp_path):
    assert winner(tmp_path) == ()
    als = AlsParameters(64, 3.0, 1.5, 15)
    keep_winner(tmp_path, als)
    assert winner(tmp_path) == (als,)
    (tmp_path / "winner.json").write_text('{"factors": 3}')
    with pytest.raises(ArtefactError, match="run matinee tune"):
        winner(tmp_path)

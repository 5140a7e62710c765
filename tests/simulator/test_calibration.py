"""A world of the real size is like the real site, figure by figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from simulator.calibration import Figure, calibrate, co_occurrence_lift, table
from simulator.world import REAL_SIZE, World


@pytest.fixture(scope="module")
def figures():
    """Of a world with the real catalogue and days, and a seventieth of the users."""
    return calibrate(World.build(1, replace(REAL_SIZE, users=4_000), date(2026, 1, 1)))


def test_every_figure_holds_in_a_world_with_a_seventieth_of_the_users(figures):
    assert [figure for figure in figures if not figure.holds()] == []


@pytest.mark.prove
def test_every_figure_holds_in_a_world_of_the_real_size_and_the_page_shows_them():
    figures = calibrate(World.build(1, REAL_SIZE, date(2026, 1, 1)))
    assert [figure for figure in figures if not figure.holds()] == []
    assert table(figures) in (Path(__file__).parents[2] / "docs" / "simulator.md").read_text()


def test_the_table_marks_what_does_not_hold():
    rows = table([Figure("fame", 1, 0.1, 1.05), Figure("fees", 1, 0.1, 1.2)]).splitlines()
    assert rows[2:] == ["| fame | 1 | 1.05 | 0.1 | yes |", "| fees | 1 | 1.2 | 0.1 | NO |"]


def drawn(n_crowds):
    """Users who watch 5 of the films of their crowd: crowds share no film."""
    rng = np.random.default_rng(1)
    crowd = np.repeat(np.arange(2_000) % n_crowds, 5)
    film = np.argsort(rng.random((2_000, 60 // n_crowds)), axis=1)[:, :5].ravel() * n_crowds + crowd
    return np.repeat(np.arange(2_000), 5), film


def test_the_lift_of_chance_is_1():
    # Without replacement a user's 5 films of 60 meet each other 59/60 as often as the expectation has it.
    assert co_occurrence_lift(*drawn(1)) == pytest.approx(1, abs=0.03)


def test_the_lift_of_two_crowds_without_a_common_film_is_2():
    assert co_occurrence_lift(*drawn(2)) == pytest.approx(2, abs=0.1)

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ids import MovieId
from core.money import Usd
from telemetry.licence import PICK_PRIOR_PPM
from telemetry.picks import PRIOR, learned_ppm

counts = st.lists(st.tuples(st.integers(0, 10**7), st.floats(0, 1), st.integers(0, 10**6)), min_size=1, max_size=20)
FEES = {MovieId("heat+1995"): Usd.parse("0.10")}.copy


def test_without_any_list_the_prior_is_what_is_believed():
    assert learned_ppm([0] * 20, [0] * 20) == PICK_PRIOR_PPM


@given(counts)
def test_what_is_learned_never_rises_with_the_position_and_lies_among_what_was_seen_and_believed(positions):
    lists = [shown for shown, _, _ in positions]
    plays = [int(shown * share) for shown, share, _ in positions]
    prior = sorted((ppm for _, _, ppm in positions), reverse=True)
    learned = learned_ppm(lists, plays, prior)
    assert list(learned) == sorted(learned, reverse=True)
    seen = [1e6 * played / shown for played, shown in zip(plays, lists, strict=True) if shown]
    assert min(seen + prior) - 1 <= min(learned) <= max(learned) <= max(seen + prior) + 1


def test_counts_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        learned_ppm([1, 1], [1], [5, 5])


def test_with_many_lists_the_true_probabilities_are_found_where_the_prior_is_far_off():
    rng = np.random.default_rng(3)
    true = 0.2 * 0.8 ** np.arange(20)
    lists = 200_000
    learned = np.array(learned_ppm([lists] * 20, rng.binomial(lists, true).tolist())) / 1e6
    # Four standard errors of a share, and what 100 lists of a prior at most 0.2 away can pull among 200,000.
    assert (np.abs(learned - true) <= 4 * np.sqrt(true * (1 - true) / lists) + 0.2 * 100 / lists).all()


def test_with_few_lists_the_estimate_is_nearer_to_the_truth_than_what_was_counted():
    """The truth is half the prior; 200 draws of 300 lists each. Means of squared errors over 4,000 shares."""
    rng = np.random.default_rng(4)
    true = np.array(PICK_PRIOR_PPM) / 2e6
    counted = rng.binomial(300, true, size=(200, 20))
    learned = np.array([learned_ppm([300] * 20, row.tolist()) for row in counted]) / 1e6
    assert ((learned - true) ** 2).mean() < ((counted / 300 - true) ** 2).mean()


def test_a_list_is_priced_by_the_newest_version_and_says_which(decisions, open_writer, open_reader, ledger_path):
    writer, films = open_writer(FEES), ("heat+1995",)
    before, after = decisions.one(films), decisions.one(films)
    writer.write([before], None)
    with closing(sqlite3.connect(ledger_path)) as ledger, ledger:
        ledger.execute("INSERT INTO picks VALUES (1, 0, 0, 0, '[]', '[]', ?)", (json.dumps([500_000] + [0] * 19),))
    writer.write([after], None)
    first, second = open_reader().entry(before.request), open_reader().entry(after.request)
    assert (first.picks, first.expected_licence) == (PRIOR.version, Usd(7_102_000))
    assert (second.picks, second.expected_licence) == (1, Usd.parse("0.05"))


def test_decisions_of_before_are_told_as_commits_and_were_priced_by_the_prior(
    decisions, open_writer, open_reader, ledger_path
):
    made = decisions.many(3)
    open_writer().write(made, None)
    with closing(sqlite3.connect(ledger_path)) as ledger, ledger:
        ledger.executescript(
            "DROP TABLE commits; DROP TABLE picks; ALTER TABLE decisions DROP COLUMN picks;"
            "DELETE FROM _sqlite_migrations WHERE name = 'commits_and_picks';"
        )
    open_writer()
    with closing(sqlite3.connect(ledger_path)) as ledger:
        rows = ledger.execute("SELECT first_request, last_request, decisions FROM commits").fetchall()
    assert rows == [(made[0].request, made[2].request, 3)]
    assert open_reader().entry(made[1].request).picks == PRIOR.version


def test_each_write_is_one_commit_that_names_its_first_and_last_decision(decisions, open_writer, ledger_path):
    writer = open_writer()
    batches = [decisions.many(3), decisions.many(1)]
    for batch in batches:
        writer.write(batch, None)
    writer.write([], None)
    with closing(sqlite3.connect(ledger_path)) as ledger:
        rows = ledger.execute("SELECT * FROM commits").fetchall()
    assert rows == [(n + 1, batch[0].request, batch[-1].request, len(batch)) for n, batch in enumerate(batches)]

"""Training while the service runs: what fails is told, and what is given up leaves nothing behind."""

from __future__ import annotations

import pytest

from core.clock import SystemClock
from core.errors import CatalogueError
from core.settings import Settings
from ingest import EventStore
from matinee.live import Retraining


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """A home whose events are none: no model can be trained of them."""
    monkeypatch.setenv("MATINEE_HOME", str(tmp_path))
    made = Settings(home=tmp_path)
    EventStore(made.events_db).close()
    return made


def test_a_training_that_fails_is_raised_where_somebody_looks(settings):
    with Retraining(settings, SystemClock()) as retraining:
        retraining.start()
        with pytest.raises(CatalogueError, match="no film was seen in events yet"):
            retraining.wait()
        with pytest.raises(CatalogueError):
            retraining.start()


def test_on_leaving_a_training_is_given_up_without_a_word(settings):
    with Retraining(settings, SystemClock()) as retraining:
        retraining.start()
        retraining.check()


def test_before_the_first_training_there_is_nothing_to_wait_for(settings):
    with Retraining(settings, SystemClock()) as retraining:
        retraining.wait()
        assert retraining.age_s < 60

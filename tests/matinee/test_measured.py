"""What our stores say of a run is of that run alone."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import pytest
import sqlite_utils

from core.decision import Decision, Ranking
from core.ids import MovieId, RequestId, UserId, request_id_text
from core.settings import Settings
from ingest.effects import Effects
from ingest.event_store import EventStore
from matinee.measured import Measured
from telemetry.ledger_schema import LEDGER
from telemetry.ledger_writer import LedgerWriter

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path):
    with closing(EventStore(tmp_path / "events.db")) as store:
        store.commit(Effects(), [], {}, NOON)
    return Settings.from_environment({"MATINEE_HOME": str(tmp_path)})


def decided(number):
    ranking = Ranking((MovieId("up+2009"),), "m1", (), ())
    return Decision(RequestId(number), NOON, UserId(7), "", ranking, 5)


def test_decisions_that_others_asked_for_do_not_count(settings):
    with closing(LedgerWriter(settings.ledger_db, dict)) as writer:
        writer.write([decided(number) for number in (1, 2, 3)], None)
    answers = [request_id_text(RequestId(number)) for number in (1, 3, 4)]
    assert Measured.now(settings, [*answers, "", "no id"]).decisions == 2


def test_a_ledger_of_an_older_version_is_not_in_the_way(settings):
    with closing(sqlite_utils.Database(settings.ledger_db)) as old:
        LEDGER.apply(old, stop_before="commits_and_picks")
        assert "picks" not in old.table_names()
    assert Measured.now(settings).decisions == 0

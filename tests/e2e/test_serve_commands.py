"""`matinee serve` before anything is trained, and `matinee trace` on what was recorded."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from cf.rankers import BlendRanker, LastResort, PopularRanker, TasteRanker
from core.decision import Attempt, Decision, Outcome, Ranking
from core.ids import MovieId, UserId, request_id_text
from core.money import Usd
from core.movie import AgeLimit, AgeSource, Movie
from core.settings import Settings
from core.user import User
from ingest import Catalogue, UserTable
from matinee.cli import main
from matinee.revision import UNKNOWN, code_revision
from matinee.wiring import licence_by_movie
from telemetry import SINKS, Gap, RequestIds
from telemetry.series import RANKERS

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HEAT = Movie(MovieId("heat+1995"), "Heat", age_limit=AgeLimit(18, AgeSource.ESTIMATE), licence_fee=Usd.parse("0.10"))
UP = Movie(MovieId("up+2009"), "Up", age_limit=AgeLimit(0, AgeSource.ESTIMATE))


def test_the_service_answers_before_anything_is_trained_and_says_what_is_missing(service_of):
    service = service_of([sys.executable, "-m", "matinee", "serve"])
    database = service.home / "events.db"
    Catalogue(database).put([HEAT, UP], NOON.date(), 0)
    UserTable(database).put([User(UserId(42), age_years=30)], 0)
    process = service.start()
    service.wait_until_answering()
    assert service.get("/readyz", ops=True)[0] == 503
    assert "no model is loaded" in service.get("/readyz", ops=True)[2]
    status, headers, body = service.get("/recommend/42")
    assert (status, headers["x-model-version"]) == (200, "none")
    assert sorted(body.split(",")) == [HEAT.id, UP.id]
    assert service.get("/recommend/43")[2] == UP.id, "nobody knows how old 43 is"
    code, printed = service.stop()
    assert code == 0
    assert printed.count("\n") == 1
    assert f":{service.port}/recommend/USERID" in printed
    traced = CliRunner().invoke(main, ["trace", headers["x-request-id"]], env=service.environment)
    assert traced.exit_code == 0, traced.output
    assert "last resort" in traced.output
    assert process.returncode == 0


@pytest.fixture
def written(tmp_path):
    """The ledger with one decision and a gap after it."""
    ids = RequestIds(1)
    attempts = (
        Attempt("blend", Outcome.FAILED, 0, 90, "KeyError: 7"),
        Attempt("popularity", Outcome.SERVED, 2, 30),
    )
    ranking = Ranking((HEAT.id, UP.id), "2026-11-20-a", attempts, (("seen", 3), ("age", 1)))
    decision = Decision(ids.next(NOON), NOON, UserId(42), "default", ranking, 150)
    gap = Gap(ids.next(NOON), ids.next(NOON), 2)
    with closing(
        SINKS.open("sqlite:", path=tmp_path / "ledger.db", fee_by_movie=lambda: {HEAT.id: HEAT.licence_fee})
    ) as sink:
        sink.write([decision], gap)
    return decision, gap


def trace(home, *arguments):
    return CliRunner().invoke(main, ["trace", *arguments], env={"MATINEE_HOME": str(home)})


def test_a_trace_tells_all_that_led_to_a_list(tmp_path, written):
    decision, _ = written
    done = trace(tmp_path, request_id_text(decision.request), "--json")
    assert json.loads(done.output) == {
        "request": request_id_text(decision.request),
        "time": "2026-11-20T12:00:00+00:00",
        "user": 42,
        "arm": "default",
        "model": "2026-11-20-a",
        "elapsed_us": 150,
        "movies": ["heat+1995", "up+2009"],
        "attempts": [
            {
                "ranker": "blend",
                "outcome": "failed",
                "movies": 0,
                "elapsed_us": 90,
                "detail": "KeyError: 7",
            },
            {"ranker": "popularity", "outcome": "served", "movies": 2, "elapsed_us": 30, "detail": ""},
        ],
        "filtered": {"seen": 3, "age": 1},
        "expected_licence_usd": "0.007102",
        "unknown_fees": 1,
        "realised_licence_usd": None,
        "llm_share_usd": None,
    }


def test_a_trace_for_reading_has_the_same(tmp_path, written):
    lines = trace(tmp_path, request_id_text(written[0].request)).output.splitlines()
    assert "  blend  failed, 0 films, 90 us: KeyError: 7" in lines
    assert "filtered  seen 3, age 1" in lines
    assert "licence   expected $0.007102, 1 films without a known fee" in lines
    assert lines[-2:] == ["   1  heat+1995", "   2  up+2009"]


@pytest.mark.parametrize("text", ["abc", "", "0123", "fffffffffffffffff", "8000000000000000"])
def test_what_is_no_request_id_is_refused(tmp_path, written, text):
    done = trace(tmp_path, text)
    assert done.exit_code == 1
    assert "is no request id: 16 hexadecimal digits" in done.output


def test_a_request_that_was_dropped_is_explained(tmp_path, written):
    done = trace(tmp_path, request_id_text(written[1].last))
    assert done.exit_code == 1
    assert "2 decisions around it were dropped under overload" in done.output


def test_an_unknown_request_is_told_what_the_ledger_holds(tmp_path, written):
    done = trace(tmp_path, "0" * 16)
    assert done.exit_code == 1
    assert "holds 1 decisions from 2026-11-20 12:00:00 to 2026-11-20 12:00:00 UTC" in done.output


def test_an_empty_ledger_and_a_missing_one_are_told_apart(tmp_path):
    assert "there is no store" in trace(tmp_path, "0" * 16).output
    SINKS.open("sqlite:", path=tmp_path / "ledger.db", fee_by_movie=dict).close()
    assert "it is empty" in trace(tmp_path, "0" * 16).output


def test_only_known_fees_reach_the_ledger(tmp_path):
    settings = Settings(home=tmp_path)
    Catalogue(settings.events_db).put([HEAT, UP], NOON.date(), 0)
    assert licence_by_movie(settings.events_db) == {HEAT.id: Usd.parse("0.10")}


def test_the_metric_table_knows_every_ranker_of_the_chain():
    assert {ranker.name for ranker in (BlendRanker, TasteRanker, PopularRanker, LastResort)} < set(RANKERS)


def test_a_revision_is_known_in_a_checkout_only(tmp_path):
    assert code_revision(tmp_path) == UNKNOWN

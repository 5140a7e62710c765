"""What every decision sink promises to the recorder, whatever stands behind it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.decision import Attempt, Decision, Outcome, Ranking
from core.errors import SettingError, StoreError, UnknownScheme
from core.ids import MovieId, RequestId, UserId
from telemetry import SINKS, DecisionSink, Gap, Ledger
from telemetry.request_ids import WRITERS

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def a_decision(number: int, elapsed_us: int = 5) -> Decision:
    attempts = (Attempt("blend", Outcome.SERVED, 1, elapsed_us),)
    ranking = Ranking((MovieId(f"film+{number}"),), "2026-11-20-a", attempts)
    return Decision(RequestId(number), NOON + timedelta(seconds=number), UserId(7), "default", ranking, 9)


class DecisionSinkContract:
    """Subclasses provide `open()`, the fixture `kept`, and `refuse_writes()`."""

    def open(self) -> DecisionSink:
        raise NotImplementedError

    def kept(self, *numbers: int) -> list[Decision | None]:
        """The decisions with these request ids as they are kept, None where there is none."""
        raise NotImplementedError

    def refuse_writes(self) -> None:
        """Let the place behind the sink fail from now on."""
        raise NotImplementedError

    def test_decisions_are_kept_as_they_were_made(self):
        made = [a_decision(1), a_decision(2)]
        self.open().write(made, Gap(RequestId(3), RequestId(4), 2))
        assert self.kept(1, 2, 3) == [*made, None]

    def test_a_repeated_write_changes_nothing(self):
        sink = self.open()
        sink.write([a_decision(1)], None)
        sink.write([a_decision(1), a_decision(2)], None)
        assert self.kept(1, 2) == [a_decision(1), a_decision(2)]

    def test_a_defect_keeps_nothing_of_its_batch_and_is_no_store_error(self):
        sink = self.open()
        with pytest.raises(ValueError, match="-5"):
            sink.write([a_decision(1), a_decision(2, elapsed_us=-5)], None)
        assert self.kept(1, 2) == [None, None]

    def test_a_place_that_fails_is_a_store_error(self):
        sink = self.open()
        self.refuse_writes()
        with pytest.raises(StoreError):
            sink.write([a_decision(1)], None)

    def test_two_writers_have_two_numbers(self):
        numbers = {self.open().claim_writer(NOON), self.open().claim_writer(NOON)}
        assert len(numbers) == 2
        assert numbers < set(range(WRITERS))


class TestSqliteSink(DecisionSinkContract):
    @pytest.fixture(autouse=True)
    def ledger(self, tmp_path):
        self.path = tmp_path / "ledger.db"
        self.opened = []
        yield
        for sink in self.opened:
            sink.close()

    def open(self):
        self.opened.append(SINKS.open("sqlite:", path=self.path, fee_by_movie=dict))
        return self.opened[-1]

    def kept(self, *numbers):
        ledger = Ledger(self.path)
        entries = [ledger.entry(RequestId(number)) for number in numbers]
        ledger.close()
        return [entry and entry.decision for entry in entries]

    def refuse_writes(self):
        self.opened[-1]._database.execute("PRAGMA query_only=ON")


def test_a_place_that_sqlite_does_not_take_is_refused(tmp_path):
    for url in ("sqlite:elsewhere.db", "sqlite:?mode=ro"):
        with pytest.raises(SettingError):
            SINKS.open(url, path=tmp_path / "ledger.db", fee_by_movie=dict)
    with pytest.raises(UnknownScheme, match="known schemes are sqlite"):
        SINKS.open("sqlit:", path=tmp_path / "ledger.db", fee_by_movie=dict)

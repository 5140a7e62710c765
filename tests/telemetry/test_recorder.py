from __future__ import annotations

import threading
import time

from core.errors import StoreError
from telemetry import Gap, Recorder
from telemetry.metrics import PLACES


class FakeSink:
    """Keeps what it is given; fails as often as told; chokes on a decision that is told to be defective."""

    def __init__(self, failures: int = 0, defective: object = None) -> None:
        self.failures = failures
        self.defective = defective
        self.kept: list = []
        self.gaps: list[Gap] = []
        self.closed = False

    def claim_writer(self, now):
        return 0

    def write(self, decisions, gap):
        if self.failures:
            self.failures -= 1
            raise StoreError("database is locked")
        if self.defective in decisions:
            raise ValueError("a negative span")
        self.kept += decisions
        if gap is not None:
            self.gaps.append(gap)

    def close(self):
        self.closed = True


def count(metrics, name, *labels):
    return metrics._cells[PLACES[name, labels]]


def a_recorder(sink, metrics, most=1000):
    return Recorder(sink, metrics, most, pause_s=0.001)


def test_everything_recorded_before_a_close_is_written(decisions, metrics):
    sink = FakeSink()
    recorder = a_recorder(sink, metrics)
    recorder.start()
    made = decisions.many(500)
    for decision in made:
        recorder.record(decision)
    recorder.close(patience_s=10)
    assert sink.kept == made
    assert sink.closed
    assert count(metrics, "matinee_decisions_total", "recorded") == 500
    assert count(metrics, "matinee_recorder_queue_decisions") == 0


def test_what_comes_beyond_the_queue_is_dropped_and_kept_as_one_gap(decisions, metrics):
    sink = FakeSink()
    recorder = a_recorder(sink, metrics, most=10)
    made = decisions.many(15)
    for decision in made:
        recorder.record(decision)
    recorder.start()
    recorder.close(patience_s=10)
    assert sink.kept == made[:10]
    assert sink.gaps == [Gap(made[10].request, made[14].request, 5)]
    assert count(metrics, "matinee_decisions_total", "dropped") == 5


def test_the_queue_takes_again_after_an_overload(decisions, metrics):
    sink = FakeSink()
    recorder = a_recorder(sink, metrics, most=1)
    for decision in decisions.many(3):
        recorder.record(decision)
    recorder.start()
    while not sink.kept:
        time.sleep(0.001)
    last = decisions.one()
    recorder.record(last)
    recorder.close(patience_s=10)
    assert sink.kept[-1] == last
    assert [gap.dropped for gap in sink.gaps] == [2]


def test_a_ledger_that_fails_for_a_while_loses_nothing_and_doubles_nothing(decisions, metrics):
    sink = FakeSink(failures=3)
    recorder = a_recorder(sink, metrics)
    made = decisions.many(20)
    for decision in made:
        recorder.record(decision)
    recorder.start()
    recorder.close(patience_s=10)
    assert sink.kept == made
    assert count(metrics, "matinee_ledger_retries_total") == 3


def test_a_defective_decision_is_lost_alone(decisions, metrics):
    made = decisions.many(33)
    sink = FakeSink(defective=made[20])
    recorder = a_recorder(sink, metrics, most=33)
    for decision in made:
        recorder.record(decision)
    recorder.record(decisions.one())
    recorder.start()
    recorder.close(patience_s=10)
    assert sink.kept == made[:20] + made[21:]
    assert [gap.dropped for gap in sink.gaps] == [1], "the gap beside it is kept"
    assert count(metrics, "matinee_decisions_total", "lost") == 1
    assert count(metrics, "matinee_errors_total", "recorder") == 1


def test_a_ledger_that_fails_until_the_end_is_given_up_and_the_loss_is_counted(decisions, metrics, caplog):
    recorder = a_recorder(FakeSink(failures=10**9), metrics)
    for decision in decisions.many(7):
        recorder.record(decision)
    recorder.start()
    recorder.close(patience_s=0.1)
    recorder._thread.join(10)
    assert count(metrics, "matinee_decisions_total", "lost") == 7
    assert "7 decisions are lost" in caplog.text


def test_no_request_waits_while_the_ledger_is_stuck(decisions, metrics):
    stuck = threading.Event()
    entered = threading.Event()

    class StuckSink(FakeSink):
        def write(self, decisions, gap):
            entered.set()
            stuck.wait(10)
            super().write(decisions, gap)

    sink = StuckSink()
    recorder = a_recorder(sink, metrics, most=5)
    recorder.start()
    recorder.record(decisions.one())
    assert entered.wait(10)
    for decision in decisions.many(8):
        recorder.record(decision)  # would hang here
    stuck.set()
    recorder.close(patience_s=10)
    assert len(sink.kept) + sum(gap.dropped for gap in sink.gaps) == 9


def test_a_locked_ledger_is_waited_for(decisions, metrics, open_writer, open_reader):
    sink = open_writer()
    sink._database.execute("PRAGMA busy_timeout=10")
    other = open_writer()
    other._database.execute("BEGIN IMMEDIATE")
    recorder = a_recorder(sink, metrics)
    for decision in decisions.many(5):
        recorder.record(decision)
    recorder.start()
    while not count(metrics, "matinee_ledger_retries_total"):
        time.sleep(0.001)
    other._database.execute("ROLLBACK")
    recorder.close(patience_s=10)
    assert open_reader().counts().decisions == 5


def test_many_threads_may_record_at_once(decisions, metrics):
    sink = FakeSink()
    recorder = a_recorder(sink, metrics, most=10_000)
    recorder.start()
    parts = [decisions.many(250) for _ in range(4)]
    callers = [threading.Thread(target=lambda part=part: [*map(recorder.record, part)]) for part in parts]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    recorder.close(patience_s=10)
    assert sorted(decision.request for decision in sink.kept) == [one.request for part in parts for one in part]

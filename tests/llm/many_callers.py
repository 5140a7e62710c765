"""Calls made by several processes with several threads each; run as a process of its own, which forks first.

Usage: many_callers.py FOLDER PROCESSES THREADS TEXTS KEYS DAY_NANO. Each thread wants the answers to TEXTS texts, of
which KEYS differ, under a budget for the day; the fake model's invoice is FOLDER/invoice. Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.ids import UserId
from core.money import Usd
from core.usage import CallOutcome, Charge, CountSource
from llm import Begun, Cached, Calls, Limit, Limits, OverBudget, PlannedCall, WorkStore, deliver
from telemetry import CallGroup, CallLedger, CallReport

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LEASE_S = 3600
MOST = Usd(1000)


class Caller:
    """One process: its threads share a store. Its time passes with every look, so that no two usages are at once."""

    def __init__(self, folder: Path, day: Usd) -> None:
        self.store = WorkStore(folder / "work.db")
        self.calls = Calls(self.store, Limits(day=day, user=Usd(10**15), in_flight=10_000))
        self.invoice = os.open(folder / "invoice", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.day = day
        self.seen: Counter[str] = Counter()

    def want(self, name: str, texts: int, keys: int) -> None:
        rng = random.Random(name)
        for number in range(texts):
            self.seen[self.answer(f"{name}.{number}", f"key {rng.randrange(keys)}", rng)] += 1

    def answer(self, call: str, key: str, rng: random.Random) -> str:
        planned = PlannedCall(call, key, UserId(1), "p", "chat", "m", "free", "v1", 1, MOST, "table", 40, 10)
        now = NOON + timedelta(microseconds=rng.randrange(10**6))
        while True:
            got = self.calls.begin(planned, now, LEASE_S)
            standing = self.calls.spending(now)
            assert standing.spent + standing.reserved <= self.day
            if isinstance(got, Cached):
                return "cached"
            if isinstance(got, OverBudget):
                assert got.limit is Limit.DAY
                return "over budget"
            if isinstance(got, Begun):
                return self.pay(got, rng)
            time.sleep(0.002)

    def pay(self, begun: Begun, rng: random.Random) -> str:
        """The fake model: it takes its time and writes its invoice."""
        time.sleep(0.01)
        cost = rng.randrange(MOST.nano + 1)
        os.write(self.invoice, f"{begun.planned.call} {cost}\n".encode())
        usage = begun.usage(CallOutcome.ANSWERED, CountSource.REPORTED, 10, input_tokens=30, output_tokens=5)
        self.calls.finish(begun, usage, Charge(usage.call, Usd(cost), "table", is_certain=True), "{}")
        return "begun"


def in_child(folder: Path, number: int, threads: int, texts: int, keys: int, day: Usd) -> int:
    child = os.fork()
    if child == 0:
        caller = Caller(folder, day)
        crowd = [
            threading.Thread(target=caller.want, args=(f"{number}.{place}", texts, keys)) for place in range(threads)
        ]
        for thread in crowd:
            thread.start()
        for thread in crowd:
            thread.join()
        (folder / f"seen.{number}").write_text(json.dumps(caller.seen))
        os._exit(0)
    return child


def main(folder: Path, processes: int, threads: int, texts: int, keys: int, day: Usd) -> None:
    children = [in_child(folder, number, threads, texts, keys, day) for number in range(processes)]
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * processes
    seen: Counter[str] = Counter()
    for number in range(processes):
        seen.update(json.loads((folder / f"seen.{number}").read_text()))
    store, ledger = WorkStore(folder / "work.db"), CallLedger(folder / "ledger.db")
    while deliver(store, ledger):
        pass
    report = CallReport(folder / "ledger.db")
    billed = dict(line.split() for line in (folder / "invoice").read_text().splitlines())
    kept = {call: report.of_call(call) for call in billed}
    totals = report.totals(CallGroup.DAY).values()
    print(
        json.dumps(
            dict(seen)
            | {
                "billed_calls": len(billed),
                "billed": sum(map(int, billed.values())),
                "charged": sum(part.charged.nano for part in totals),
                "spent": Calls(store, Limits(day, day, 1)).spending(NOON).spent.nano,
                "calls": sum(part.calls for part in totals),
                "hits": sum(part.hits for part in totals),
                "wrong": [
                    call for call, row in kept.items() if row is None or row[1].amount.nano != int(billed[call])
                ],
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:6]), Usd(int(sys.argv[6])))

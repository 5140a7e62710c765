"""Kills a worker at many points; run as a process of its own, which forks before it does anything else.

Usage: work_crash_points.py FOLDER POINTS. The worker feeds jobs, claims them, calls a fake model that writes an
invoice, stores tastes and delivers usages to the ledger. Prints one JSON object: statements, points, those that went
wrong with the reasons, and how many points left a lost call.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.ids import MovieId, UserId
from core.money import Usd
from core.taste import Means, NamedFilm, Polarity, Taste
from core.usage import CallOutcome, Charge, CountSource
from llm import (
    Begun,
    Cached,
    Calls,
    CursorStep,
    Job,
    Jobs,
    Limits,
    Patience,
    PlannedCall,
    Tastes,
    Wanted,
    WorkStore,
    deliver,
    undelivered,
)
from telemetry import CallLedger, CallReport

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
USERS, KEYS, WORDLESS, LIMITED = 24, 5, UserId(3), UserId(7)
MOST = Usd(1000)
LEASE_S = 60
AMPLE = Limits(Usd(10**9), Usd(10**9), 100)


class Worker:
    """One life of a worker; its statements on both stores are counted, and it dies at the one it is told."""

    def __init__(self, folder: Path, start: datetime, kill_at: int) -> None:
        self.now = start
        self.statements = 0
        self.kill_at = kill_at
        self.store, self.ledger = WorkStore(folder / "work.db"), CallLedger(folder / "ledger.db")
        self.jobs = Jobs(self.store, Patience(), random.Random(1))
        self.calls = Calls(self.store, AMPLE)
        self.invoice = os.open(folder / "invoice", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for database in (self.store._database, self.ledger._database):
            database.conn.set_trace_callback(self.count)

    def count(self, _: str) -> None:
        self.statements += 1
        if self.statements == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def work(self) -> None:
        """Until all users are fed and done and the outbox is empty."""
        while True:
            read = int(self.jobs.cursor("feed") or 0)
            if read < USERS:
                users = [Wanted(UserId(user)) for user in range(read, read + 4)]
                self.jobs.put(users, self.now, CursorStep("feed", str(read) if read else "", str(read + 4)))
            for job in self.jobs.claim("w", 3, self.now, LEASE_S):
                self.understand(job)
            deliver(self.store, self.ledger, most=5)
            if self.jobs.counts().done == USERS and not undelivered(self.store):
                break
            self.now += timedelta(seconds=1)

    def understand(self, job: Job) -> None:
        if job.user == WORDLESS:
            self.jobs.done(job, None, self.now)
            return
        for attempt in (1, 2):
            got = self.calls.begin(planned(job, attempt), self.now, LEASE_S)
            if isinstance(got, Begun) and job.user == LIMITED and job.tries == 1:
                usage = got.usage(CallOutcome.RATE_LIMITED, CountSource.REPORTED, 3)
                self.calls.finish(got, usage, Charge(usage.call, Usd(0), "table", is_certain=True), None)
                self.jobs.retry(job, "rate limited", self.now)
                return
            if isinstance(got, Cached) or self.pay(got, is_valid=attempt == 2 or job.user % 2 == 0):
                self.jobs.done(job, taste(job.user), self.now)
                return

    def pay(self, begun: Begun, is_valid: bool) -> bool:
        """The model answers, and writes what it bills. Returns whether the answer was of use."""
        cost = Usd(300 + begun.planned.attempt)
        os.write(self.invoice, f"{begun.planned.call} {cost.nano}\n".encode())
        outcome = CallOutcome.ANSWERED if is_valid else CallOutcome.INVALID
        usage = begun.usage(outcome, CountSource.REPORTED, 10, input_tokens=30, output_tokens=5)
        charge = Charge(usage.call, cost, "table", is_certain=True)
        self.calls.finish(begun, usage, charge, "{}" if is_valid else None)
        return is_valid


def planned(job: Job, attempt: int) -> PlannedCall:
    call, key = f"{job.user}.{job.claims}.{attempt}", f"key {job.user % KEYS if job.user != LIMITED else 'limited'}"
    return PlannedCall(call, key, job.user, "p", "chat", "m", "free", "v1", attempt, MOST, "table", 40, 10)


def taste(user: UserId) -> Taste:
    film = NamedFilm(MovieId(f"film+{user}+1999"), Polarity.LIKED, Means.LLM, "words")
    return Taste(user, NOON, (film,), text_hash=f"text of {user}")


def in_child(folder: Path, start: datetime, kill_at: int) -> bool:
    """Whether a worker was killed; one that ended writes how many statements it needed."""
    child = os.fork()
    if child == 0:
        worker = Worker(folder, start, kill_at)
        worker.work()
        (folder / "statements").write_text(str(worker.statements))
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def defects(folder: Path) -> tuple[list[str], int]:
    """What is lost or doubled after all lives, and how many calls ended as lost."""
    with closing(CallReport(folder / "ledger.db")) as report, closing(Tastes(folder / "work.db")) as tastes:
        users = range(USERS)
        rows = [row for user in users for row in report.of_user(UserId(user))]
        found, writes = tastes.changed_after(0)
        conflicts = report.conflicts()
    with closing(WorkStore(folder / "work.db")) as store:
        standing = Calls(store, AMPLE).spending(NOON)
    billed = {call: int(cost) for call, cost in map(str.split, (folder / "invoice").read_text().splitlines())}
    kept = {usage.call: (usage, charge) for usage, charge in rows}
    outcomes = Counter(usage.outcome for usage, _ in kept.values())
    n_lost = outcomes[CallOutcome.LOST]
    cost_of_paid = {
        call: charge.amount.nano for call, (usage, charge) in kept.items() if usage.outcome is not CallOutcome.LOST
    }
    n_served = outcomes[CallOutcome.ANSWERED] + outcomes[CallOutcome.CACHED]
    wordy = [taste(UserId(user)) for user in users if user != WORDLESS]
    checks = {
        "each user has the one taste, written once": sorted(found, key=lambda one: one.user) == wordy
        and writes == len(wordy),
        "each billed call has its usage": set(billed) <= set(kept),
        "what is not lost costs what was billed": all(
            cost_of_paid.get(call, nano) == nano for call, nano in billed.items()
        ),
        "what is lost costs the most and says so": all(
            charge == Charge(usage.call, MOST, "table", is_certain=False)
            for usage, charge in kept.values()
            if usage.outcome is CallOutcome.LOST
        ),
        "what was not billed is free": not any(nano for call, nano in cost_of_paid.items() if call not in billed),
        "one kill loses one call at the most": n_lost <= 1,
        "one answer a key": outcomes[CallOutcome.ANSWERED] == KEYS + 1,
        "one job is done again at the most": len(wordy) <= n_served <= len(wordy) + 1,
        "the budget agrees with the ledger": standing.spent.nano == sum(c.amount.nano for _, c in kept.values()),
        "nothing is in flight": standing.in_flight == 0,
        "no row came twice and different": conflicts == 0,
    }
    return [name for name, holds in checks.items() if not holds], n_lost


def main(folder: Path, points: int) -> None:
    clean = folder / "clean"
    clean.mkdir()
    assert not in_child(clean, NOON, kill_at=0)
    statements = int((clean / "statements").read_text())
    wrong: dict[int, list[str]] = {}
    wrong[0], n_lost = defects(clean)
    assert n_lost == 0
    kill_points = sorted({1 + number * (statements - 1) // (points - 1) for number in range(points)})
    for point in kill_points:
        place = folder / str(point)
        place.mkdir()
        was_killed = in_child(place, NOON, point)
        finished = not in_child(place, NOON + timedelta(hours=1), kill_at=0)
        found, lost = defects(place)
        wrong[point] = found + ["not killed"] * (not was_killed) + ["not finished"] * (not finished)
        n_lost += lost
        for file in place.iterdir():
            file.unlink()
    bad = {point: reasons for point, reasons in wrong.items() if reasons}
    print(json.dumps({"statements": statements, "points": len(kill_points), "wrong": bad, "with_lost_call": n_lost}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

"""Kills a whole worker at many points; run as a process of its own, which forks before it does anything else.

Usage: flow_crash_points.py FOLDER POINTS. The worker is the real one with feeder, asker, prices and ledger; its model
writes an invoice and fails in every way. A moment at which it may die is an SQL statement on either store, or one
before, while or after the model is asked. Prints one JSON object: moments, points, those that went wrong with the
reasons, and how many points left a lost call.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.clock import ManualClock
from core.ids import MovieId, UserId
from core.money import Usd
from core.taste import Means, Polarity
from core.usage import CallOutcome, CountSource
from core.user import User
from llm import (
    Calls,
    Candidate,
    Jobs,
    Limits,
    Mention,
    Patience,
    Tastes,
    Understanding,
    WorkStore,
    undelivered,
)
from llm import asker as asker_module
from llm import worker as worker_module
from llm.asker import Asker
from llm.completer import Completed, CompletionRequest, NotCompleted, TokenCounts
from llm.delivery import Delivery
from llm.feeder import Feeder, hash_of
from llm.outside import Outside
from llm.prompt_files import PromptFile
from llm.tokens import TokenCounter, estimate
from llm.worker import Worker
from telemetry import CallLedger, CallReport
from telemetry.prices import Prices

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
USERS, TEXTS = 24, 7
PLAIN, WORDLESS = UserId(3), UserId(7)
AMPLE = Limits(Usd(10**12), Usd(10**12), 100)
HEAT, UP = MovieId("heat+1995"), MovieId("up+2009")
TOKENS = TokenCounts(300, 0, 20, 0)
COST = 300 * 150 + 20 * 600  # billionths: gpt-4o-mini
SAID = json.dumps({"liked": [HEAT], "disliked": []})


class RunningClock(ManualClock):
    """Each look at the time takes a moment, so that waits end."""

    def now(self) -> datetime:
        self.sleep(0.2)
        return super().now()


class Life:
    """Counts its moments, and ends the process at the one it is told."""

    def __init__(self, kill_at: int) -> None:
        self.moments, self.kill_at = 0, kill_at

    def moment(self, _: str = "") -> None:
        self.moments += 1
        if self.moments == self.kill_at:
            os._exit(9)


class Site:
    """Users who all sign up, and what each of them wrote; what titles can not tell is one of TEXTS texts."""

    def sign_ups(self, after: str, most: int) -> tuple[list[UserId], str]:
        return [UserId(user) for user in range(int(after or 0), USERS)][:most], str(USERS)

    def described(self, after: str, _: int) -> tuple[list[User], str]:
        return [], after

    def end(self) -> str:
        return "end"

    def now(self) -> Site:
        return self

    def renew(self) -> None:
        """The films are always the same."""

    def end_fetching(self) -> None:
        """All records are here."""

    def known(self, ids: list[UserId]) -> dict[UserId, User]:
        return {user: record(user) for user in ids}

    def read(self, likes: str, _: str) -> Understanding:
        named = Mention("Up", "likes", 0, 2, Polarity.LIKED, (UP,), Means.TITLE, (), is_open=False, why="")
        candidates = (Candidate(HEAT, "Heat", 1995, 1.0),)
        words = likes.removeprefix("Up")
        vague = Mention(words, "likes", 2, len(likes), Polarity.LIKED, (), None, candidates, is_open=True, why="")
        return Understanding((named, vague) if words else (named,))


def record(user: UserId) -> User:
    words = "" if user == WORDLESS else "Up" if user == PLAIN else f"Up heet{user % TEXTS}"
    return User(user, likes=words)


class Model:
    """Bills each call that it works on, in a file, before it answers. The first calls of a life go wrong."""

    provider, model, priced_as, thinking_tokens = "openai", "gpt-4o-mini", "", 0

    def __init__(self, folder: Path, life: Life) -> None:
        self.invoice = os.open(folder / "invoice", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.life, self.calls = life, 0

    async def complete(self, request: CompletionRequest) -> Completed | NotCompleted:
        self.life.moment()
        await asyncio.sleep(0)
        self.calls += 1
        if self.calls == 1:
            return NotCompleted(CallOutcome.RATE_LIMITED, "slow down", may_be_billed=False, latency_ms=1)
        name = os.urandom(6).hex()
        os.write(self.invoice, f"{name} {COST}\n".encode())
        self.life.moment()
        await asyncio.sleep(0)
        if self.calls == 2:
            return NotCompleted(CallOutcome.TIMEOUT, "cut", may_be_billed=True, latency_ms=1)
        text = "rubbish" if self.calls == 3 else SAID
        self.life.moment()
        return Completed(text, CallOutcome.ANSWERED, TOKENS, name, "gpt-4o-mini-2024-07-18", 1)

    async def close(self) -> None:
        """Nothing is open."""


class Deaf:
    """Counts nothing."""

    def __getattr__(self, _: str) -> object:
        return lambda *_: None


def live(folder: Path, start: datetime, prices: Prices, life: Life) -> None:
    """The life of a worker until nothing is left to do."""
    worker_module.POLL_S = asker_module.TWIN_POLL_S = 0.0005
    clock, site = RunningClock(start), Site()
    store, ledger = WorkStore(folder / "work.db"), CallLedger(folder / "ledger.db")
    for database in (store._database, ledger._database):
        database.conn.set_trace_callback(life.moment)
    prompt, counter = PromptFile.load("resolve_mentions", 1), TokenCounter("bytes", CountSource.ESTIMATE, estimate)
    model = Model(folder, life)
    asker = Asker(model, Calls(store, AMPLE), prompt, counter, prices, clock, Deaf(), 4, lambda: os.urandom(8).hex())
    jobs = Jobs(store, Patience(), random.Random(1))
    outside = Outside(site, asker, site, Delivery(store, Calls(store, AMPLE), ledger, clock))
    worker = Worker("w", jobs, Feeder(jobs, site), outside, clock, Deaf())
    while jobs.counts().done < USERS or undelivered(store) or Calls(store, AMPLE).spending(clock.now()).in_flight:
        asyncio.run(worker_of(worker, asker).run(asyncio.Event(), until_empty=True))
        clock.sleep(worker_module.LEASE_S)
        Calls(store, AMPLE).settle_lost(clock.now())


def worker_of(worker: Worker, asker: Asker) -> Worker:
    """The same worker for another turn: its asker is open again."""
    asker._is_closed = worker._is_ending = False
    return worker


def in_child(folder: Path, start: datetime, prices: Prices, kill_at: int) -> bool:
    """Whether a worker was killed; one that ended writes how many moments it had."""
    child = os.fork()
    if child == 0:
        life = Life(kill_at)
        try:
            live(folder, start, prices, life)
            (folder / "moments").write_text(str(life.moments))
        except BaseException:  # noqa: BLE001  a child must not go on as its parent
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, 9), code
    return code == 9


def defects(folder: Path) -> tuple[list[str], int]:
    """What is lost or doubled after all lives, and how many calls ended as lost."""
    with closing(CallReport(folder / "ledger.db")) as report, closing(Tastes(folder / "work.db")) as tastes:
        rows = [row for user in range(USERS) for row in report.of_user(UserId(user))]
        found = {user: tastes.get(UserId(user)) for user in range(USERS)}
        conflicts = report.conflicts()
    with closing(WorkStore(folder / "work.db")) as store:
        standing = Calls(store, AMPLE).spending(NOON)
    billed = {name: int(cost) for name, cost in map(str.split, (folder / "invoice").read_text().splitlines())}
    certain = {usage.completion: charge.amount.nano for usage, charge in rows if usage.completion}
    uncertain = [charge.amount.nano for _, charge in rows if not charge.is_certain]
    unanswered = [cost for name, cost in billed.items() if name not in certain]
    outcomes = Counter(usage.outcome for usage, _ in rows)
    free = [c.amount.nano for usage, c in rows if c.is_certain and not usage.completion]
    checks = {
        "each has the taste of the words": all(
            (None if taste is None else [(film.movie, film.means) for film in taste.films]) == wanted(UserId(user))
            and (taste is None or taste.text_hash == hash_of(record(UserId(user))))
            for user, taste in found.items()
        ),
        "no answer is booked twice": len(certain) == sum(bool(usage.completion) for usage, _ in rows),
        "what is certain costs what was billed": certain == {name: billed.get(name) for name in certain},
        "what is not certain costs at least what was billed": sum(uncertain) >= sum(unanswered)
        and len(uncertain) >= len(unanswered),
        "what was not billed is free": not any(free),
        "one kill loses as many calls as were in flight at the most": outcomes[CallOutcome.LOST] <= 4,
        "one answer a text": outcomes[CallOutcome.ANSWERED] == TEXTS,
        "the budget agrees with the ledger": standing.spent.nano == sum(charge.amount.nano for _, charge in rows),
        "nothing is in flight": standing.in_flight == 0,
        "no row came twice and different": conflicts == 0,
    }
    return [name for name, holds in checks.items() if not holds], outcomes[CallOutcome.LOST]


def wanted(user: UserId) -> list[tuple[MovieId, Means]] | None:
    if user == WORDLESS:
        return None
    return [(UP, Means.TITLE)] + [(HEAT, Means.LLM)] * (user != PLAIN)


def main(folder: Path, points: int) -> None:
    prices = Prices(folder / "prices.toml")
    clean = folder / "clean"
    clean.mkdir()
    assert not in_child(clean, NOON, prices, kill_at=0)
    moments = int((clean / "moments").read_text())
    wrong: dict[int, list[str]] = {}
    wrong[0], n_lost = defects(clean)
    assert n_lost == 0
    kill_points = sorted({1 + number * (moments * 9 // 10 - 1) // (points - 1) for number in range(points)})
    for point in kill_points:
        place = folder / str(point)
        place.mkdir()
        was_killed = in_child(place, NOON, prices, point)
        finished = not in_child(place, NOON + timedelta(hours=1), prices, kill_at=0)
        found, lost = defects(place)
        wrong[point] = found + ["not killed"] * (not was_killed) + ["not finished"] * (not finished)
        n_lost += lost > 0
        for file in place.iterdir():
            file.unlink()
    bad = {point: reasons for point, reasons in wrong.items() if reasons}
    print(json.dumps({"moments": moments, "points": len(kill_points), "wrong": bad, "with_lost_call": n_lost}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

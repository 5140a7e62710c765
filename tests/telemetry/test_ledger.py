from __future__ import annotations

import random
import stat
from datetime import timedelta

import pytest

from core.decision import Attempt, Outcome, Ranking
from core.errors import StoreError
from core.ids import MovieId
from core.money import Usd
from telemetry import Gap
from telemetry.ledger_writer import LedgerWriter
from telemetry.names import Names
from telemetry.request_ids import WRITERS


def test_a_decision_comes_back_as_it_was_made(decisions, open_writer, open_reader):
    writer = open_writer()
    made = decisions.one(("heat+1995", "up+2009"))
    writer.write([made, decisions.one()], None)
    assert open_reader().entry(made.request).decision == made


def test_an_unknown_request_has_no_entry(decisions, open_writer, open_reader):
    open_writer()
    ledger = open_reader()
    assert ledger.entry(decisions.one().request) is None
    assert ledger.gap_around(decisions.one().request) is None
    assert ledger.counts().decisions == 0
    assert ledger.counts().last is None


def test_the_same_batch_again_changes_nothing(decisions, open_writer, open_reader):
    writer = open_writer()
    batch, gap = decisions.many(3), Gap(decisions.one().request, decisions.one().request, 2)
    writer.write(batch, gap)
    writer.write(batch, gap)
    counts = open_reader().counts()
    assert (counts.decisions, counts.dropped) == (3, 2)


def test_a_list_with_known_fees_has_an_expected_cost_and_one_without_has_none(decisions, open_writer, open_reader):
    writer = open_writer(lambda: {MovieId("heat+1995"): Usd.parse("0.10")})
    priced, unpriced = decisions.one(("heat+1995", "up+2009")), decisions.one(("up+2009",))
    writer.write([priced, unpriced], None)
    ledger = open_reader()
    assert ledger.entry(priced.request).expected_licence == Usd(7_102_000)
    assert ledger.entry(priced.request).unknown_fees == 1
    assert ledger.entry(unpriced.request).expected_licence is None
    assert ledger.entry(unpriced.request).unknown_fees == 1


def test_a_request_inside_a_gap_of_its_writer_is_explained(decisions, open_writer, open_reader):
    writer = open_writer()
    first, inside, last, after = decisions.many(4)
    gap = Gap(first.request, last.request, 3)
    writer.write([], gap)
    ledger = open_reader()
    assert ledger.gap_around(inside.request) == gap
    assert ledger.gap_around(after.request) is None
    assert ledger.gap_around(inside.request | 2 << 10) is None, "of another writer"


def test_two_processes_share_one_ledger(decisions, open_writer, open_reader):
    one, other = open_writer(), open_writer()
    batches = [decisions.one(("heat+1995", "up+2009")), decisions.one(("up+2009", "big+1988", "heat+1995"))]
    one.write(batches[:1], None)
    other.write(batches[1:], None)
    ledger = open_reader()
    assert [ledger.entry(item.request).decision for item in batches] == batches


def test_each_writer_has_a_number_of_its_own_and_numbers_come_around(decisions, open_writer):
    writer = open_writer()
    now = decisions.one().time
    numbers = [writer.claim_writer(now) for _ in range(WRITERS)]
    assert sorted(numbers) == list(range(WRITERS))
    assert writer.claim_writer(now) == numbers[0]


def test_the_ledger_is_private_to_its_owner(ledger_path, decisions, open_writer):
    open_writer().write([decisions.one()], None)
    modes = {stat.S_IMODE(file.stat().st_mode) for file in ledger_path.parent.iterdir()}
    assert modes == {0o600}


def test_a_foreign_file_is_refused_by_name(tmp_path):
    (tmp_path / "ledger.db").write_text("no database at all, but long enough to be read as one" * 30)
    with pytest.raises(StoreError, match="can not open the store"):
        LedgerWriter(tmp_path / "ledger.db", dict)
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="can not make the ledger"):
        LedgerWriter(tmp_path / "file" / "ledger.db", dict)


def test_a_write_that_fails_keeps_nothing_and_can_be_made_again(decisions, open_writer, open_reader):
    writer = open_writer()
    writer._database.execute("CREATE TRIGGER full BEFORE INSERT ON gaps BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    batch, gap = decisions.many(2), Gap(decisions.one().request, decisions.one().request, 1)
    with pytest.raises(StoreError, match="disk full"):
        writer.write(batch, gap)
    assert open_reader().counts().decisions == 0
    writer._database.execute("DROP TRIGGER full")
    writer.write(batch, gap)
    assert open_reader().counts().decisions == 2


def test_names_forget_rather_than_grow_without_bound(open_writer):
    names = Names(open_writer()._database, "films", str, 3)
    names.learn({"a", "b"})
    numbers = {name: names.number(name) for name in ("a", "b")}
    names.learn({"b", "c", "d"})
    assert names.number("b") == numbers["b"]
    with pytest.raises(KeyError):
        names.number("a")


def test_a_decision_takes_at_most_200_bytes_on_disk(ledger_path, decisions, open_writer, open_reader):
    rng = random.Random(1)
    movies = [f"the+film+of+number+{number}+1994" for number in range(5000)]
    writer = open_writer({MovieId(movie): Usd(rng.randrange(10**8)) for movie in movies}.copy)
    made = []
    for _ in range(20_000):
        attempts = (
            Attempt("blend", Outcome.SHORT, 15, rng.randrange(2000)),
            Attempt("popularity", Outcome.SERVED, 5, rng.randrange(2000)),
        )
        filtered = (("seen", rng.randrange(300)), ("age", rng.randrange(300)))
        ranking = Ranking(tuple(map(MovieId, rng.sample(movies, 20))), "2026-11-20-a", attempts, filtered)
        made.append(decisions.one(user=rng.randrange(10**6), ranking=ranking, elapsed_us=rng.randrange(5000)))
    for start in range(0, len(made), 1000):
        writer.write(made[start : start + 1000], None)
    writer.close()
    assert ledger_path.stat().st_size / len(made) <= 200
    assert open_reader().counts().last - made[-1].time < timedelta(milliseconds=1)

"""Laws of the ledger: what is encoded comes back; request ids are unique and ascend whatever the clock does."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.decision import Attempt, Decision, Outcome, Ranking
from core.money import Usd
from telemetry import RequestIds, row, varint
from telemetry.licence import PICK_PRIOR_PPM, expected_licence
from telemetry.request_ids import EPOCH

counts = st.integers(0, 2**40)
texts = st.text(max_size=30)
attempts = st.builds(Attempt, texts, st.sampled_from(Outcome), counts, counts, texts)
rankings = st.builds(
    Ranking,
    st.lists(st.from_regex(r"[a-z0-9+]{1,12}", fullmatch=True), max_size=20, unique=True).map(tuple),
    texts,
    st.lists(attempts, max_size=4).map(tuple),
    st.lists(st.tuples(texts, counts), max_size=3, unique_by=lambda pair: pair[0]).map(tuple),
)
times = st.integers(0, 2**51).map(lambda us: EPOCH + timedelta(microseconds=us))  # until 2091
decisions = st.builds(Decision, st.integers(0, 2**63 - 1), times, st.integers(0, 2**31 - 1), texts, rankings, counts)


@given(decisions)
def test_a_decision_encoded_and_decoded_is_itself(decision):
    films = {movie: number for number, movie in enumerate(decision.ranking.movies)}
    encoded = row.encode(decision, 1, films.__getitem__)
    text = row.pattern_text(row.pattern_of(decision))
    assert row.decode(encoded, text, decision.ranking.movies.__getitem__) == decision


@given(st.lists(st.integers(0, 2**64)))
def test_numbers_encoded_and_decoded_are_themselves(numbers):
    assert varint.decode(varint.encode(numbers)) == numbers


@given(st.integers(0, 4095), st.lists(st.integers(-5, 5), max_size=50))
def test_ids_of_a_writer_ascend_whatever_the_clock_does(writer, steps_ms):
    ids, now, made = RequestIds(writer), EPOCH + timedelta(days=2000), []
    for step in steps_ms:
        now += timedelta(milliseconds=step)
        made.append(ids.next(now))
    assert made == sorted(set(made))


@given(st.sets(st.integers(0, 4095), min_size=2, max_size=5), st.lists(st.integers(-2, 2), max_size=20))
def test_no_two_writers_give_the_same_id(writers, steps_ms):
    made = []
    for ids in map(RequestIds, writers):
        now = EPOCH + timedelta(days=2000)
        for step in steps_ms:
            now += timedelta(milliseconds=step)
            made.append(ids.next(now))
    assert len(made) == len(set(made))


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**10)), max_size=20))
def test_an_expected_cost_lies_between_nothing_and_its_dearest_film(fees):
    movies = [f"film+{position}" for position in range(len(fees))]
    known = {movie: Usd(fee) for movie, fee in zip(movies, fees, strict=True) if fee is not None}
    cost, unknown = expected_licence(movies, known)
    assert unknown == len(movies) - len(known)
    if not known:
        assert cost is None
    else:
        assert 0 <= cost.nano <= max(fee.nano for fee in known.values()) * sum(PICK_PRIOR_PPM) / 1e6

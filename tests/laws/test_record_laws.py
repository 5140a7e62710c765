"""Laws of records: strangers write them, so nothing whatever may raise; and a fee's history is what was read."""

import tempfile
from contextlib import closing, suppress
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from core.money import Usd
from core.movie import Movie
from core.user import User
from ingest import Catalogue, RefusedRecord
from ingest.movie_records import movie_from_record
from ingest.record_fields import parse_json
from ingest.user_records import user_from_record

scalars = st.none() | st.booleans() | st.text() | st.from_regex(r"-?\d{1,4}(\.\d)?", fullmatch=True)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
movie_names = st.sampled_from(
    [
        "id",
        "movie_id",
        "title",
        "genres",
        "release_date",
        "runtime",
        "overview",
        "cost",
        "license_cost",
        "adult",
        "certification",
    ]
)
user_names = st.sampled_from(
    ["user_id", "age", "gender", "occupation", "self_description_likes", "self_description_dislikes"]
)
DAYS = 6


@given(values | st.dictionaries(movie_names, values))
def test_any_value_is_a_film_or_a_refusal(value):
    assert isinstance(movie_from_record(value), Movie | RefusedRecord)


@given(values | st.dictionaries(user_names, values))
def test_any_value_is_a_user_or_a_refusal(value):
    assert isinstance(user_from_record(value), User | RefusedRecord)


@given(st.binary() | st.text(alphabet='{}[]",:0123456789.eE-+NaInfity\\u ').map(str.encode))
def test_any_bytes_are_json_or_a_value_error(body):
    with suppress(ValueError):
        movie_from_record(parse_json(body))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, DAYS - 1), st.none() | st.integers(0, 2)), max_size=12))
def test_a_fee_of_a_day_is_the_last_one_read_until_then(reads):
    first = date(2026, 11, 1)
    reads.sort(key=lambda read: read[0])
    with tempfile.TemporaryDirectory() as folder, closing(Catalogue(Path(folder) / "events.db")) as catalogue:
        for place, (day, nano) in enumerate(reads):
            fee = None if nano is None else Usd(nano)
            catalogue.put([Movie("a", "A", licence_fee=fee)], first + timedelta(day), place)
        for day in range(DAYS):
            known = [nano for read_day, nano in reads if read_day <= day and nano is not None]
            assert catalogue.fee_on("a", first + timedelta(day)) == (Usd(known[-1]) if known else None)
        fees = [fee for _, fee in catalogue.fees("a")]
        assert all(one != other for one, other in pairwise(fees))

from contextlib import closing

from ingest.event_reader import EventReader
from ingest.event_store import EventStore


def test_a_store_keeps_its_id_and_one_that_is_built_anew_has_another(tmp_path):
    assert made(tmp_path / "events.db") == (first := made(tmp_path / "events.db")) != ""
    assert made(tmp_path / "anew.db") != first


def made(path):
    EventStore(path).close()
    with closing(EventReader(path)) as reader:
        return reader.store_id()

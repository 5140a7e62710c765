"""A live world's lines on a topic are those of its file, and our own source reads them."""

from __future__ import annotations

import pytest

from core.errors import SettingError, WorldError
from ingest.sources import open_source
from simulator import LOG_SINKS
from simulator.live_log import LiveLog

# kafka-python reads its own schemas by a call that CPython 3.11 and 3.12 announce to remove
pytestmark = pytest.mark.filterwarnings("ignore:(read|open)_text is deprecated:DeprecationWarning")
LINES = ["2026-02-14T15:22,70999,GET /rate/heat+1995=9", "2026-02-14T15:23,70999,GET /data/m/up+2009/0.mpg"]


def test_lines_on_the_topic_are_the_lines_of_the_file_in_order(new_topic, tmp_path):
    topic = new_topic()
    url = f"kafka://{topic.address}/{topic.name}?api_version=2.3"
    log = LiveLog(tmp_path / "movielog.log", LOG_SINKS.open(url))
    for lines in (LINES[:1], LINES[1:]):
        log.write(lines)
        log.send(lines)
    log.close()
    source = open_source(url, lambda *_: None, False)
    chunks = list(source.read())
    source.close()
    read = [chunk.line(place).decode() for chunk in chunks for place in range(chunk.block.count(b"\n"))]
    assert read == LINES == (tmp_path / "movielog.log").read_text().splitlines()


@pytest.mark.parametrize("url", ["kafka:///topic", "kafka://broker:9092"])
def test_a_url_without_broker_or_topic_is_refused(url):
    with pytest.raises(SettingError, match="needs brokers and a topic"):
        LOG_SINKS.open(url)


def test_a_broker_that_is_not_there_is_named():
    with pytest.raises(WorldError, match=r"can not write to 127\.0\.0\.1:1"):
        LOG_SINKS.open("kafka://127.0.0.1:1/topic?api_version=2.3")

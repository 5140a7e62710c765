"""What is particular to a broker: partitions, null values, groups, positions that are gone."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from confluent_kafka import Producer

from core.errors import PositionLost, SettingError, SourceError
from ingest.chunk import MessageChunk, Position
from ingest.sources import EventSource, open_source


@pytest.fixture(scope="module")
def producer() -> Producer:
    return Producer({"test.mock.num.brokers": 1, "linger.ms": 0, "log_level": 0})


@pytest.fixture
def open_topic(producer: Producer) -> Iterator[Any]:
    """Opens `topic` of the cluster from stored positions; closes it in the end."""
    sources: list[EventSource] = []

    def opened(topic: str, stored: dict | None = None, options: str = "", follow: bool = False) -> EventSource:
        metadata = producer.list_topics(topic, timeout=10)
        (broker,) = metadata.brokers.values()
        url = f"kafka://{broker.host}:{broker.port}/{topic}?api_version=2.3{options}"
        sources.append(open_source(url, lambda *partition: (stored or {}).get(partition), follow))
        return sources[-1]

    yield opened
    for source in sources:
        source.close()


def send(producer: Producer, topic: str, partition: int, *values: bytes | None) -> None:
    for value in values:
        producer.produce(topic, value, partition=partition)
    producer.flush(10)


def read(source: EventSource) -> list[tuple[int, int, bytes | None]]:
    return sorted(
        (chunk.partition, chunk.position(index), chunk.line(index))
        for chunk in source.read()
        for index in range(chunk.block.count(b"\n"))
    )


def test_all_partitions_are_read_with_their_offsets_and_null_values(producer: Producer, open_topic: Any) -> None:
    source = open_topic("parts")
    send(producer, "parts", 0, b"a", None, b"c")
    send(producer, "parts", 3, b"x")
    assert read(source) == [(0, 0, b"a"), (0, 1, None), (0, 2, b"c"), (3, 0, b"x")]


def test_each_partition_goes_on_at_its_own_stored_position(producer: Producer, open_topic: Any) -> None:
    source = open_topic("resumed", {("kafka:resumed", 0): Position(2), ("kafka:resumed", 1): Position(1)})
    send(producer, "resumed", 0, b"a", b"b", b"c")
    send(producer, "resumed", 1, b"x", b"y")
    send(producer, "resumed", 2, b"p")
    assert read(source) == [(0, 2, b"c"), (1, 1, b"y"), (2, 0, b"p")]


def test_a_group_gives_us_partitions_and_positions_stay_ours(producer: Producer, open_topic: Any) -> None:
    source = open_topic("shared", {("kafka:shared", 0): Position(1)}, "&group=matinee")
    send(producer, "shared", 0, b"a", b"b")
    send(producer, "shared", 1, b"x")
    assert read(source) == [(0, 1, b"b"), (1, 0, b"x")]
    assert source.progress() == (3, 3)


def test_a_position_behind_the_end_of_the_topic_is_refused(producer: Producer, open_topic: Any) -> None:
    source = open_topic("gone", {("kafka:gone", 0): Position(99)})
    send(producer, "gone", 0, b"a")
    with pytest.raises(PositionLost, match="--from-start"):
        read(source)


def test_no_broker_is_said_at_once() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{bound.getsockname()[1]}"
        with pytest.raises(SourceError, match="can not reach the broker 127"):
            open_source(f"kafka://{address}/log", lambda *_: None, follow=False)


def test_a_topic_that_is_not_there_is_named(producer: Producer, open_topic: Any) -> None:
    open_topic("there")
    source = open_topic("there")
    source._topic = "elsewhere"
    with pytest.raises(SourceError, match="no topic 'elsewhere'"):
        read(source)


@pytest.mark.parametrize(
    "url",
    [
        "kafka://broker/topic",
        "kafka://broker:9092",
        "kafka:topic",
        "kafka://broker:9092/topic?api_version=new",
        "kafka://broker:9092/topic?offset=earliest",
    ],
)
def test_a_kafka_url_that_says_something_else_is_refused(url: str) -> None:
    with pytest.raises(SettingError):
        open_source(url, lambda *_: None, follow=False)


def test_a_message_with_a_newline_is_one_line() -> None:
    chunk = MessageChunk("kafka:t", 0, [5, 9], [b"a\nb", None])
    assert chunk.block == b"\n\n"
    assert (chunk.line(0), chunk.line(1), chunk.start, chunk.position(1), chunk.next) == (
        b"a\nb",
        None,
        5,
        9,
        Position(10),
    )

"""A Kafka cluster for the contracts: librdkafka's own, on loopback, in memory, speaking the real protocol."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from confluent_kafka import Producer


class Topic:
    """A new topic of the cluster."""

    def __init__(self, producer: Producer, address: str, name: str) -> None:
        self._producer = producer
        self.address = address
        self.name = name
        producer.list_topics(name, timeout=10)  # asking for it makes it

    def send(self, values: list[bytes | None], partition: int = 0) -> None:
        for value in values:
            self._producer.produce(self.name, value, partition=partition)
        self._producer.flush(10)


@pytest.fixture(scope="session")
def new_topic() -> Callable[[], Topic]:
    """Makes topics of four partitions."""
    settings = {"test.mock.num.brokers": 1, "linger.ms": 0, "log_level": 0}
    producer = Producer(settings)
    (broker,) = producer.list_topics(timeout=10).brokers.values()
    numbers = itertools.count()
    return lambda: Topic(producer, f"{broker.host}:{broker.port}", f"log{next(numbers)}")

"""A Kafka topic that a live world writes its log to: one message a line, without a key."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from core.backends import PortUrl
from core.errors import SettingError, WorldError

try:
    from kafka import KafkaProducer
    from kafka.errors import KafkaError
except ModuleNotFoundError as error:
    raise WorldError("kafka: needs a package that is not installed: pip install 'matinee[kafka]'") from error

_WAIT_S = 10.0


def open_kafka(url: PortUrl) -> KafkaLog:
    """The topic of `kafka://BROKER,BROKER/TOPIC?api_version=2.3`.

    Without api_version the broker is asked for it. Raises WorldError when the first broker does not answer.
    """
    url.only_options("api_version")
    topic = url.path.strip("/")
    if not url.host or not topic:
        raise SettingError(f"kafka: needs brokers and a topic, not {url.host + url.path!r}: kafka://HOST:9092/TOPIC")
    version = url.options.get("api_version")
    try:
        _reach(url.host.split(","))
        producer = KafkaProducer(
            bootstrap_servers=url.host.split(","),
            api_version=None if version is None else tuple(map(int, version.split("."))),
            acks="all",
            max_block_ms=int(_WAIT_S * 1000),
        )
    except (KafkaError, OSError, ValueError) as error:
        raise WorldError(f"can not write to {url.host}: {error!r}; check the broker and its address") from error
    return KafkaLog(producer, topic)


def _reach(brokers: Sequence[str]) -> None:
    """Raise OSError when the first broker takes no connection: kafka-python would go on trying."""
    host, _, port = brokers[0].partition(":")
    socket.create_connection((host, int(port)), _WAIT_S).close()


class KafkaLog:
    """Writes to one partition, where lines keep their order."""

    def __init__(self, producer: KafkaProducer, topic: str) -> None:
        self._producer = producer
        self._topic = topic

    def write(self, lines: Sequence[str]) -> None:
        """Return when the broker has the lines. Raises WorldError when it does not take them."""
        try:
            sent = [self._producer.send(self._topic, line.encode(), partition=0) for line in lines]
            self._producer.flush(_WAIT_S)
            for message in sent:
                message.get(_WAIT_S)
        except KafkaError as error:
            raise WorldError(f"the broker does not take lines of {self._topic}: {error!r}") from error

    def close(self) -> None:
        self._producer.close(_WAIT_S)

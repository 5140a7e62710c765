"""A Kafka topic as an event source. Positions are ours: nothing is ever committed to the broker."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from core.backends import PortUrl
from core.errors import PositionLost, SettingError, SourceError
from ingest.chunk import MessageChunk
from ingest.sources import EventSource, Positions

try:
    from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
    from kafka.errors import KafkaError, OffsetOutOfRangeError
except ModuleNotFoundError as error:
    raise SourceError("kafka: needs a package that is not installed: pip install 'matinee[kafka]'") from error

_BROKER = re.compile(r"[^:]+:[0-9]{1,5}")
_CONNECT_SECONDS = 5
_POLL_MS = 500
_MESSAGES = 10_000  # most in one chunk
_SILENT_POLLS_MAX = 60  # half a minute: a group's first assignment takes 3 s


def open_kafka(url: PortUrl, positions: Positions, follow: bool) -> EventSource:
    """The source of `kafka://BROKER,BROKER/TOPIC?group=NAME&api_version=2.3`.

    Without a group all partitions are read; with one they are shared among its members. Without api_version the
    broker is asked for it, which takes a connection.
    """
    url.only_options("group", "api_version")
    topic = url.path.strip("/")
    if "@" in url.host:
        raise SettingError("kafka: a name or a key does not belong into the address: give kafka://HOST:9092/TOPIC")
    brokers = url.host.split(",")
    if not topic or not all(map(_BROKER.fullmatch, brokers)):
        raise SettingError(f"kafka: needs brokers and a topic, not {url.host + url.path!r}: kafka://HOST:9092/TOPIC")
    version = url.options.get("api_version")
    if version is not None and re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,2}){1,2}", version) is None:
        raise SettingError(f"kafka: api_version={version!r} is refused: give a broker version such as 2.3")
    _check_reachable(brokers)
    with _named_errors(f"{url.host}/{topic}"):
        consumer = KafkaConsumer(
            bootstrap_servers=brokers,
            group_id=url.options.get("group"),
            api_version=None if version is None else tuple(map(int, version.split("."))),
            enable_auto_commit=False,
            auto_offset_reset="none",
        )
    return KafkaSource(consumer, topic, positions, follow)


class KafkaSource:
    """Reads the partitions that are ours, each from its stored position or else from its beginning."""

    def __init__(self, consumer: KafkaConsumer, topic: str, positions: Positions, follow: bool) -> None:
        self._consumer = consumer
        self._topic = topic
        self._source = f"kafka:{topic}"
        self._positions = positions
        self._follow = follow
        self._ends: dict[TopicPartition, int] = {}
        self._subscribed = False

    def read(self) -> Iterator[MessageChunk]:
        with _named_errors(self._source):
            self._subscribe()
            self._ends = {}
            silent = 0
            while not self._is_at_end() and silent < _SILENT_POLLS_MAX:
                fetched = self._consumer.poll(_POLL_MS, max_records=_MESSAGES)
                silent = 0 if fetched else silent + 1
                for place, messages in fetched.items():
                    offsets, values = [message.offset for message in messages], [m.value for m in messages]
                    yield MessageChunk(self._source, place.partition, offsets, values)
        if silent == _SILENT_POLLS_MAX and not self._follow:
            raise SourceError(
                f"{self._source} gave nothing for {_SILENT_POLLS_MAX * _POLL_MS // 1000} s: the broker is gone, or "
                "other members of the group have all partitions; look at both"
            )

    def progress(self) -> tuple[int, int]:
        places = self._ends.keys() & self._consumer.assignment()
        return sum(map(self._consumer.position, places)), sum(self._ends[place] for place in places)

    def close(self) -> None:
        self._consumer.close(autocommit=False)

    def seek(self, places: Iterable[TopicPartition]) -> None:
        """Go to the stored positions of partitions that became ours."""
        for place in places:
            stored = self._positions(self._source, place.partition)
            if stored is None:
                self._consumer.seek_to_beginning(place)
            else:
                self._consumer.seek(place, stored.offset)

    def _subscribe(self) -> None:
        if self._subscribed:
            return
        if self._consumer.config["group_id"] is None:
            places = [TopicPartition(self._topic, n) for n in self._consumer.partitions_for_topic(self._topic) or ()]
            if not places:
                raise SourceError(f"there is no topic {self._topic!r} on the broker: create it, or correct the URL")
            self._consumer.assign(places)
            self.seek(places)
        else:
            self._consumer.subscribe([self._topic], listener=_Listener(self))
        self._subscribed = True

    def _is_at_end(self) -> bool:
        """Whether all that was there when a partition was first looked at in this reading has been read."""
        places = self._consumer.assignment()
        if new := places - self._ends.keys():
            self._ends |= self._consumer.end_offsets(new)
            for place in new:
                if self._consumer.position(place) > self._ends[place]:
                    raise OffsetOutOfRangeError(f"{place} ends at {self._ends[place]}")  # the topic was made anew
        self._ends = {place: self._ends[place] for place in places}
        return bool(places) and all(self._consumer.position(place) >= end for place, end in self._ends.items())


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python has no types
    """Hears which partitions the group gives us."""

    def __init__(self, source: KafkaSource) -> None:
        self._source = source

    def on_partitions_revoked(self, revoked: Any) -> None:
        """Nothing to do: the next member goes on at the stored position, so it reads what we read and did not store.

        Both store it, to the same effect, and neither moves the position back.
        """

    def on_partitions_assigned(self, assigned: Any) -> None:
        self._source.seek(assigned)


@contextmanager
def _named_errors(source: str) -> Iterator[None]:
    try:
        yield
    except OffsetOutOfRangeError as error:
        raise PositionLost(
            f"{source} no longer has what follows our stored position ({error}): the broker has deleted it; "
            "read what is left with --from-start"
        ) from error
    except KafkaError as error:
        raise SourceError(f"can not read {source}: {error!r}; check the broker and its address") from error


def _check_reachable(brokers: Iterable[str]) -> None:
    """Raise SourceError when no broker takes a connection: kafka-python would try for ever."""
    for broker in brokers:
        host, _, port = broker.partition(":")
        try:
            socket.create_connection((host, int(port)), _CONNECT_SECONDS).close()
            return
        except (OSError, OverflowError) as error:
            reason = f"can not reach the broker {broker}: {error}; start it, or correct the URL"
    raise SourceError(reason)

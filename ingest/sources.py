"""Event sources: the port through which the site's log comes in, and the table of its backends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from core.backends import Backends
from ingest.chunk import Chunk, Position

Positions = Callable[[str, int], Position | None]  # the stored position of a source's partition, None when new


class EventSource(Protocol):
    """A log from which every line comes once, in order within its partition, beginning after what is stored."""

    def read(self) -> Iterator[Chunk]:
        """Everything that is there now and was not yet read; call again for what came since.

        Raises SourceError when the log can not be read, PositionLost when what follows the stored position is gone.
        """
        ...

    def progress(self) -> tuple[int, int]:
        """How much was read and how much there is, in the same unit, for a progress bar."""
        ...

    def close(self) -> None: ...


SOURCES: Backends[EventSource] = Backends(
    {"file": "ingest.file_source:open_file", "kafka": "ingest.kafka_source:open_kafka"}
)


def open_source(url: str, positions: Positions, follow: bool) -> EventSource:
    """The event source that `url` names.

    follow : the log is still being written, so that an unfinished last line is left until it is finished.
    Raises UnknownScheme, SettingError or SourceError.
    """
    return SOURCES.open(url, positions=positions, follow=follow)

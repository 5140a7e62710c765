"""The outside world becomes checked rows."""

from ingest.catalogue import Catalogue, ImportCount
from ingest.chunk import Position
from ingest.course_csv import read_movie_csv, read_user_csv
from ingest.directory import Directory, Fetched
from ingest.effects import RejectedAt, microseconds
from ingest.event_reader import EventReader
from ingest.event_store import EventStore, Replayed
from ingest.lines import parse_line
from ingest.movielens import read_movielens
from ingest.newcomers import Newcomers
from ingest.pump import Pump, Pumped
from ingest.record_fields import RecordReason, RefusedRecord
from ingest.rejected import RejectedLines
from ingest.sources import EventSource, Positions, open_source
from ingest.user_table import UserTable

__all__ = [
    "Catalogue",
    "Directory",
    "EventReader",
    "EventSource",
    "EventStore",
    "Fetched",
    "ImportCount",
    "Newcomers",
    "Position",
    "Positions",
    "Pump",
    "Pumped",
    "RecordReason",
    "RefusedRecord",
    "RejectedAt",
    "RejectedLines",
    "Replayed",
    "UserTable",
    "microseconds",
    "open_source",
    "parse_line",
    "read_movie_csv",
    "read_movielens",
    "read_user_csv",
]

"""The streaming service in a box, with the truth known."""

from simulator.caller import Caller, CallerReport
from simulator.directory import SERVER_NAME, DirectoryServer
from simulator.lines import format_event
from simulator.truth import Truth
from simulator.world import REAL_SIZE, World, WorldSize

__all__ = [
    "REAL_SIZE",
    "SERVER_NAME",
    "Caller",
    "CallerReport",
    "DirectoryServer",
    "Truth",
    "World",
    "WorldSize",
    "format_event",
]

"""The streaming service in a box, with the truth known."""

from simulator.api_faults import ApiFault
from simulator.behaviour import Behaviour
from simulator.caller import Caller, CallerReport
from simulator.directory import DirectoryServer
from simulator.endpoint import EndpointFault, LlmEndpoint
from simulator.fault_plan import FaultPlan
from simulator.lines import format_event
from simulator.live_log import LOG_SINKS
from simulator.live_truth import end_of_log
from simulator.local_server import SERVER_NAME
from simulator.scaled_clock import ScaledClock
from simulator.tally import Totals
from simulator.timetable import BrokenForm, Timetable
from simulator.truth import Truth
from simulator.world import REAL_SIZE, World, WorldSize

__all__ = [
    "LOG_SINKS",
    "REAL_SIZE",
    "SERVER_NAME",
    "ApiFault",
    "Behaviour",
    "BrokenForm",
    "Caller",
    "CallerReport",
    "DirectoryServer",
    "EndpointFault",
    "FaultPlan",
    "LlmEndpoint",
    "ScaledClock",
    "Timetable",
    "Totals",
    "Truth",
    "World",
    "WorldSize",
    "end_of_log",
    "format_event",
]

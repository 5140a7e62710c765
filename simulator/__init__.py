"""The streaming service in a box, with the truth known."""

from simulator.api_faults import ApiFault
from simulator.caller import Caller, CallerReport
from simulator.directory import DirectoryServer
from simulator.endpoint import EndpointFault, LlmEndpoint
from simulator.fault_plan import FaultPlan
from simulator.lines import format_event
from simulator.local_server import SERVER_NAME
from simulator.truth import Truth
from simulator.world import REAL_SIZE, World, WorldSize

__all__ = [
    "REAL_SIZE",
    "SERVER_NAME",
    "ApiFault",
    "Caller",
    "CallerReport",
    "DirectoryServer",
    "EndpointFault",
    "FaultPlan",
    "LlmEndpoint",
    "Truth",
    "World",
    "WorldSize",
    "format_event",
]

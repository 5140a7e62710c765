"""The streaming service in a box, with the truth known."""

from simulator.api_faults import ApiFault
from simulator.behaviour import Behaviour
from simulator.caller import Caller
from simulator.caller_report import CallerReport
from simulator.directory import DirectoryServer
from simulator.endpoint import EndpointFault, LlmEndpoint
from simulator.fault_plan import FaultPlan
from simulator.invoice import InvoiceLine
from simulator.lines import format_event
from simulator.live_log import LOG_SINKS, SPOILT, settle_log
from simulator.live_truth import end_of_log, truth_by_user
from simulator.local_server import SERVER_NAME
from simulator.scaled_clock import ScaledClock
from simulator.tally import Group, Totals, totals_by
from simulator.timetable import BrokenForm, PriceChange, Timetable
from simulator.truth import Truth
from simulator.world import LOG, REAL_SIZE, World, WorldSize

__all__ = [
    "LOG",
    "LOG_SINKS",
    "REAL_SIZE",
    "SERVER_NAME",
    "SPOILT",
    "ApiFault",
    "Behaviour",
    "BrokenForm",
    "Caller",
    "CallerReport",
    "DirectoryServer",
    "EndpointFault",
    "FaultPlan",
    "Group",
    "InvoiceLine",
    "LlmEndpoint",
    "PriceChange",
    "ScaledClock",
    "Timetable",
    "Totals",
    "Truth",
    "World",
    "WorldSize",
    "end_of_log",
    "format_event",
    "settle_log",
    "totals_by",
    "truth_by_user",
]

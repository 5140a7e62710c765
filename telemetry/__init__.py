"""What happened, and what it cost."""

from telemetry.call_ledger import Added, CallLedger
from telemetry.call_report import CallGroup, CallReport, CallTotals
from telemetry.exposition import exposition
from telemetry.fees import Fees
from telemetry.ledger import Ledger, LedgerCounts, LedgerEntry
from telemetry.metric_files import clear_metrics, open_metrics, read_metrics
from telemetry.metrics import Metrics
from telemetry.play_book import Booked, FeeHistory, PlayBook, Start
from telemetry.play_report import PlayGroup, PlayReport, PlayTotals
from telemetry.prices import Prices
from telemetry.recorder import Recorder
from telemetry.request_ids import RequestIds
from telemetry.series import metric_table
from telemetry.sink import SINKS, DecisionSink, Gap

__all__ = [
    "SINKS",
    "Added",
    "Booked",
    "CallGroup",
    "CallLedger",
    "CallReport",
    "CallTotals",
    "DecisionSink",
    "FeeHistory",
    "Fees",
    "Gap",
    "Ledger",
    "LedgerCounts",
    "LedgerEntry",
    "Metrics",
    "PlayBook",
    "PlayGroup",
    "PlayReport",
    "PlayTotals",
    "Prices",
    "Recorder",
    "RequestIds",
    "Start",
    "clear_metrics",
    "exposition",
    "metric_table",
    "open_metrics",
    "read_metrics",
]

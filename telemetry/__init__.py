"""What happened, and what it cost."""

from telemetry.amortise import ShareBook
from telemetry.calibration import Decile
from telemetry.call_ledger import Added, CallLedger
from telemetry.call_report import CallGroup, CallReport, CallTotals
from telemetry.corrections import Corrected, correct
from telemetry.cost_line import LISTS_AT_LARGE, CostGroup, CostLine, CostTable, View, per
from telemetry.cost_report import CostReport
from telemetry.cost_unknown import Unknown
from telemetry.counted import counted
from telemetry.exposition import exposition
from telemetry.fees import Fees
from telemetry.invoice_file import InvoiceFile
from telemetry.ledger import Ledger, LedgerCounts, LedgerEntry
from telemetry.list_cost import ListCost
from telemetry.metric_files import clear_metrics, open_metrics, read_metrics
from telemetry.metrics import Metrics
from telemetry.pick_lessons import Calibration, judge_picks, learn_picks
from telemetry.picks import Picks
from telemetry.play_book import Booked, Cursor, FeeHistory, PlayBook, Start
from telemetry.play_report import PlayGroup, PlayReport, PlayTotals
from telemetry.prices import Prices
from telemetry.reconcile import Match, Pair, Reconciled
from telemetry.recorder import Recorder
from telemetry.request_ids import RequestIds
from telemetry.series import REQUESTS, metric_table
from telemetry.sink import SINKS, DecisionSink, Gap
from telemetry.span import EVER, Span
from telemetry.speeds import quantile_us

__all__ = [
    "EVER",
    "LISTS_AT_LARGE",
    "REQUESTS",
    "SINKS",
    "Added",
    "Booked",
    "Calibration",
    "CallGroup",
    "CallLedger",
    "CallReport",
    "CallTotals",
    "Corrected",
    "CostGroup",
    "CostLine",
    "CostReport",
    "CostTable",
    "Cursor",
    "Decile",
    "DecisionSink",
    "FeeHistory",
    "Fees",
    "Gap",
    "InvoiceFile",
    "Ledger",
    "LedgerCounts",
    "LedgerEntry",
    "ListCost",
    "Match",
    "Metrics",
    "Pair",
    "Picks",
    "PlayBook",
    "PlayGroup",
    "PlayReport",
    "PlayTotals",
    "Prices",
    "Reconciled",
    "Recorder",
    "RequestIds",
    "ShareBook",
    "Span",
    "Start",
    "Unknown",
    "View",
    "clear_metrics",
    "correct",
    "counted",
    "exposition",
    "judge_picks",
    "learn_picks",
    "metric_table",
    "open_metrics",
    "per",
    "quantile_us",
    "read_metrics",
]

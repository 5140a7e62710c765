"""What a list has cost so far, for its trace: licences of plays that it led to, and its share of the LLM."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from core.errors import NothingToReport
from core.ids import RequestId
from telemetry import CostReport


def costs_so_far(ledger: Path, request: RequestId) -> dict[str, Any]:
    """With stable keys: `realised_licence_usd` and what belongs to it, `llm_share_usd`; null is not known.

    `llm_share_usd` is null for a list that used nothing that a model said; `llm_user_usd` is what was charged for its
    user (the view of cash), which `llm_sharing_lists` bear.
    """
    try:
        with closing(CostReport(ledger)) as report:
            found = report.of_list(request)
    except NothingToReport:  # plays were never booked
        found = None
    if found is None:
        return {"realised_licence_usd": None, "llm_share_usd": None}
    return {
        "realised_licence_usd": str(found.realised.fees),
        "plays": found.realised.plays,
        "plays_without_fee": found.realised.unpriced,
        "plays_may_come_until": found.open_until.isoformat(),
        "llm_share_usd": None if found.share is None else str(found.share),
        "llm_user_usd": str(found.charged),
        "llm_sharing_lists": found.sharing,
    }


def cost_lines(report: Mapping[str, Any]) -> list[str]:
    """The same for reading."""
    if report["realised_licence_usd"] is None:
        return ["realised  unknown: no plays were booked yet"]
    plays, unpriced = report["plays"], report["plays_without_fee"]
    lines = [
        f"realised  ${report['realised_licence_usd']} for {plays} plays, {unpriced} of them without a known fee; "
        f"more may come until {report['plays_may_come_until']}"
    ]
    if report["llm_share_usd"] is not None:
        lines.append(
            f"LLM       ${report['llm_share_usd']}, its share of ${report['llm_user_usd']} charged for the user, "
            f"which {report['llm_sharing_lists']} lists bear"
        )
    return lines

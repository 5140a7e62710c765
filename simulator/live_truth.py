"""The truth of a live run: a file that says what was really done, and how strong the true effects were."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from simulator.behaviour import Behaviour
from simulator.tally import Tally
from simulator.timetable import Timetable
from simulator.truth import Truth
from simulator.viewings import REACTIONS

LIVE_TRUTH = "truth.json"


def write_live_truth(
    folder: Path,
    begin: datetime,
    end: datetime,
    behaviour: Behaviour,
    timetable: Timetable,
    tally: Tally,
    lines: Mapping[int, int],
    members: Mapping[int, Sequence[int]],
) -> None:
    """Say what the run from `begin` to `end` was, in place of what is said of an earlier one.

    lines, members : what each trouble did, see `Timetable.as_json`.
    """
    truth = {
        "stand_in": "a simulated site: users, films, tastes and fees are invented",
        "begin": begin.isoformat(),
        "end": end.isoformat(),
        "effects": asdict(behaviour) | REACTIONS,
        "troubles": timetable.as_json(lines, members),
        **tally.as_json(),
    }
    (folder / LIVE_TRUTH).write_text(json.dumps(truth, indent=2) + "\n", encoding="utf-8")


def end_of_log(folder: Path) -> datetime:
    """Where the site's time goes on: at the end of the last run, or else on the day after the history.

    Raises WorldError when there is no world in `folder`.
    """
    path = folder / LIVE_TRUTH
    if path.exists():
        return datetime.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["end"])
    last = datetime.fromtimestamp(int(Truth.load(folder).seen_us.max()) // 1_000_000, UTC)
    return last.replace(hour=0, minute=0, second=0) + timedelta(days=1)

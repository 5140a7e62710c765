"""The truth of a live world: files that say what was really done in all its runs, by whom, and why."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, astuple
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from core.errors import WorldError
from core.ids import UserId
from simulator.behaviour import Behaviour
from simulator.invoice import INVOICE, read_invoice, sums
from simulator.tally import COUNTS, Group, Totals, as_json
from simulator.truth import Truth
from simulator.viewings import REACTIONS
from simulator.world import LOG

LIVE_TRUTH, BY_USER = "truth.json", "truth_by_user"
STAND_IN = "a simulated site: users, films, tastes and fees are invented"
_GROUP = ("day", "user_id", "model", "arm")
_SUMS = ("total", "days", "models", "arms")  # of a run, and of all runs together
_TAIL_BYTES = 65_536  # of a log: its last times stand there


class LiveTruth:
    """Writes the truth of one run: that it began, and at its end what it was. Earlier runs are kept.

    truth.json is replaced at once, never half: it names the files of the runs by user, which are written before. A
    run that was killed stays in it without an end, and `complete` says false: what it counted is lost.
    """

    def __init__(self, folder: Path, begin: datetime, behaviour: Behaviour) -> None:
        self._folder = folder
        self._runs = _runs(folder)
        self._run: dict[str, Any] = {
            "begin": begin.isoformat(),
            "end": None,
            "effects": asdict(behaviour) | REACTIONS,
        }
        self._billed = len(read_invoice(folder / INVOICE))
        self._replace()

    def close(self, end: datetime, groups: Mapping[Group, Totals], troubles: list[dict[str, Any]]) -> None:
        """Say what the run was. troubles : see `Timetable.as_json`. Raises WorldError when it can not be written."""
        try:
            self._close(end, groups, troubles)
        except OSError as error:
            raise WorldError(
                f"the truth of this run can not be written to {self._folder}: {error.strerror}; it stays as a run "
                "without an end: make room before the next one"
            ) from error

    def _close(self, end: datetime, groups: Mapping[Group, Totals], troubles: list[dict[str, Any]]) -> None:
        name = f"{BY_USER}/{len(self._runs) + 1:04}.csv"
        _write_groups(self._folder / name, groups)
        self._run |= {
            "end": end.isoformat(),
            "by_user": name,
            "troubles": troubles,
            "llm": sums(read_invoice(self._folder / INVOICE)[self._billed :]),
            **as_json(groups),
        }
        self._replace()

    def _replace(self) -> None:
        runs = [*self._runs, self._run]
        closed = [run for run in runs if run["end"] is not None]
        truth = {
            "stand_in": STAND_IN,
            "complete": len(closed) == len(runs),
            "begin": runs[0]["begin"],
            "end": runs[-1]["end"],
            **{name: _added([run[name] for run in closed]) for name in _SUMS},
            "llm": sums(read_invoice(self._folder / INVOICE)),
            "runs": runs,
        }
        path = self._folder / LIVE_TRUTH
        aside = path.with_name(f"{path.name}.new")
        aside.write_text(json.dumps(truth, indent=2) + "\n", encoding="utf-8")
        os.replace(aside, path)


def truth_by_user(folder: Path) -> Iterator[tuple[Group, Totals]]:
    """What each user truly did, by day and by what served, in all runs that were not killed; run after run.

    Added up in any grouping it is what truth.json says. A group that two runs have comes twice.
    """
    for run in _runs(folder):
        if run["end"] is not None:
            yield from _read_groups(folder / run["by_user"])


def end_of_log(folder: Path) -> datetime:
    """Where the site's time goes on: at the end of the last run, or else on the day after the history.

    After a run that was killed: at the last time that the log tells. Raises WorldError when there is no world in
    `folder`.
    """
    runs = _runs(folder)
    if runs:
        end = runs[-1]["end"]
        return datetime.fromisoformat(end) if end else _last_time(folder, datetime.fromisoformat(runs[-1]["begin"]))
    last = datetime.fromtimestamp(int(Truth.load(folder).seen_us.max()) // 1_000_000, UTC)
    return last.replace(hour=0, minute=0, second=0) + timedelta(days=1)


def _runs(folder: Path) -> list[dict[str, Any]]:
    """What is said of the runs so far. Raises WorldError when the file says nothing of the kind."""
    path = folder / LIVE_TRUTH
    if not path.exists():
        return []
    try:
        runs: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["runs"]
    except (ValueError, KeyError, TypeError) as error:
        raise WorldError(
            f"{path} is damaged: {type(error).__name__} {error}; it is JSON that tells the runs: put a whole copy in "
            "its place, or remove it to begin a new truth"
        ) from error
    return runs


def _last_time(folder: Path, begin: datetime) -> datetime:
    """The latest time in the last lines of the log, `begin` when none is later."""
    path = folder / LOG
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        lines = file.read().decode("utf-8", "replace").split("\n")[1:]
    return max([begin, *filter(None, map(_time, lines))])


def _time(line: str) -> datetime | None:
    """When a line says that something happened, None when it is spoilt."""
    try:
        return datetime.fromisoformat(line.partition(",")[0]).replace(tzinfo=UTC)
    except ValueError:
        return None


def _write_groups(path: Path, groups: Mapping[Group, Totals]) -> None:
    path.parent.mkdir(exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*_GROUP, *COUNTS))
        writer.writerows((*astuple(group), *astuple(totals)) for group, totals in sorted(groups.items()))


def _read_groups(path: Path) -> Iterator[tuple[Group, Totals]]:
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            group = Group(date.fromisoformat(row["day"]), UserId(int(row["user_id"])), row["model"], row["arm"])
            yield group, Totals(*(int(row[name]) for name in COUNTS))


def _added(values: list[dict[str, Any]]) -> dict[str, Any]:
    """Counts with equal keys added up, at any depth."""
    keys = dict.fromkeys(key for value in values for key in value)
    added: dict[str, Any] = {}
    for key in keys:
        found = [value[key] for value in values if key in value]
        added[key] = _added(found) if isinstance(found[0], dict) else sum(found)
    return added

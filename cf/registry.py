"""The registry: the models that were trained, which of them serves, and how that came about."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cf.artefact import CARD, load, read_card, save
from cf.json_lines import JsonLines
from cf.model import Card, Model
from core.errors import ArtefactError

_CURRENT = "CURRENT"
_HISTORY = "history.jsonl"
_VERDICT = "verdict.json"


@dataclass(frozen=True)
class Why:
    """Who lets a model serve, when, and why."""

    at: datetime
    by: str
    reason: str


class Registry:
    """A folder with one sub-folder a version, the file CURRENT, which names the one that serves, and a history."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._history = JsonLines(path / _HISTORY)

    def add(self, model: Model) -> Card:
        """Store a model without serving it. Returns its card, with the version."""
        return save(model, self._path)

    def publish(self, version: str, why: Why) -> None:
        """Let `version` serve; who reads CURRENT sees the old or the new one, never something between.

        Raises ArtefactError when there is no such model, or when it is damaged: then what served serves on.
        """
        self.load(version)
        self._publish(version, why, "publish")

    def rollback(self, why: Why) -> str:
        """Let the model serve again that served before the one that serves now; returns its version.

        Done again, it goes back one more. Raises ArtefactError when none served before, or when it is gone.
        """
        versions = self._served()
        if len(versions) < 2:
            raise ArtefactError(f"no model served before {self.current() or 'the first one'}: matinee models promote")
        version = versions[-2]
        read_card(self._folder(version))  # no more than that: it was checked when it served, and the service has it
        self._publish(version, why, "rollback")
        return version

    def history(self) -> list[dict[str, Any]]:
        """What was let serve, the oldest first: version, what (publish or rollback), at, by, reason."""
        return self._history.entries()

    def current(self) -> str | None:
        """The version that serves, None before the first was published. Raises ArtefactError when it is not said."""
        path = self._path / _CURRENT
        try:
            return path.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise ArtefactError(f"{path} does not say which model serves ({error}): run matinee train") from error

    def previous(self) -> str | None:
        """The version that a rollback would let serve, None when there is none."""
        versions = self._served()
        return versions[-2] if len(versions) > 1 else None

    def stamp(self) -> tuple[int, int] | None:
        """What every `publish` changes, also one of the version that serves already; None before the first."""
        try:
            status = (self._path / _CURRENT).stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns

    def card(self, version: str) -> Card:
        """The card of a version. Raises ArtefactError when it is missing or foreign."""
        return read_card(self._folder(version))

    def cards(self) -> list[Card]:
        """The cards of all models, the newest data first, without those that `damaged` tells."""
        cards = [found for found in self._read().values() if isinstance(found, Card)]
        return sorted(cards, key=lambda card: (card.last_us, card.batch, card.version), reverse=True)

    def damaged(self) -> dict[str, str]:
        """Folders whose card can not be read, with the reason."""
        return {name: str(found) for name, found in self._read().items() if isinstance(found, ArtefactError)}

    def load(self, version: str) -> Model:
        """The model of a version, checked and memory-mapped. Raises ArtefactError with the reason."""
        return load(self._folder(version))

    def size_bytes(self, version: str) -> int:
        """What a version takes on the disk."""
        return sum(path.stat().st_size for path in self._folder(version).iterdir())

    def judged(self, version: str, verdict: Mapping[str, object]) -> None:
        """Keep with a model what the gate found. Not on its card: that says what it is, whoever judges it."""
        folder = self._folder(version)
        scratch = folder / f".{_VERDICT}-{os.getpid()}"
        scratch.write_text(json.dumps(verdict, indent=2) + "\n")
        scratch.replace(folder / _VERDICT)

    def verdict(self, version: str) -> dict[str, Any] | None:
        """What the gate found of a version, None when it was never judged."""
        try:
            content: dict[str, Any] = json.loads((self._folder(version) / _VERDICT).read_text())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise ArtefactError(f"the verdict on {version} can not be read ({error}): judge it again") from error
        return content

    def prune(self, keep: int) -> list[str]:
        """Remove all but the `keep` newest models; returns what is gone.

        The model that serves and the one that a rollback needs always stay. A service that still has a model in
        hand keeps it: its files only lose their names.
        """
        kept = {self.current(), self.previous()}
        others = [card.version for card in self.cards() if card.version not in kept]
        gone = others[max(0, keep - len(kept - {None})) :]
        for version in gone:
            scratch = self._path / f".gone-{version}"
            self._folder(version).rename(scratch)
        for leftover in (*self._path.glob(".gone-*"), *self._path.glob(".new-*")):
            if leftover.name.startswith(".gone-") or not _runs(leftover.name.removeprefix(".new-")):
                shutil.rmtree(leftover, ignore_errors=True)
        return gone

    def _publish(self, version: str, why: Why, what: str) -> None:
        with self._alone():
            current, entries = self.current(), self._history.entries()
            if current is not None and (not entries or entries[-1]["version"] != current):
                found = Why(why.at, "unknown", "found serving: whoever published it was killed before it was noted")
                self._note(current, found, "publish")
            scratch = self._path / f".{_CURRENT}-{os.getpid()}"
            scratch.write_text(version + "\n")
            scratch.replace(self._path / _CURRENT)
            self._note(version, why, what)

    def _note(self, version: str, why: Why, what: str) -> None:
        at = why.at.isoformat()
        self._history.append({"at": at, "what": what, "version": version, "by": why.by, "reason": why.reason})

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time publishes; the lock ends with its process."""
        with (self._path / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _served(self) -> list[str]:
        """What served, one after the other, without what was rolled back; the last one serves now."""
        versions: list[str] = []
        for entry in self._history.entries():
            if entry["what"] == "rollback":
                versions = versions[:-1]
            if versions[-1:] != [entry["version"]]:
                versions.append(entry["version"])
        current = self.current()
        return versions if current is None or versions[-1:] == [current] else [*versions, current]

    def _read(self) -> dict[str, Card | ArtefactError]:
        found: dict[str, Card | ArtefactError] = {}
        for path in sorted(self._path.glob(f"[!.]*/{CARD}")):
            try:
                found[path.parent.name] = read_card(path.parent)
            except ArtefactError as error:
                found[path.parent.name] = error
        return found

    def _folder(self, version: str) -> Path:
        if not version or "/" in version or version.startswith("."):
            raise ArtefactError(f"{version!r} is no version of a model: matinee models list shows them")
        return self._path / version


def _runs(process: str) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(int(process), 0)
    except (OSError, ValueError):
        return False
    return True

"""The registry: the models that were trained, and which of them serves."""

from __future__ import annotations

import os
from pathlib import Path

from cf.artefact import CARD, load, read_card, save
from cf.model import Card, Model
from core.errors import ArtefactError

_CURRENT = "CURRENT"


class Registry:
    """A folder with one sub-folder a version and the file CURRENT, which names the one that serves."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, model: Model) -> Card:
        """Store a model without serving it. Returns its card, with the version."""
        return save(model, self._path)

    def publish(self, version: str) -> None:
        """Let `version` serve; who reads CURRENT sees the old or the new one, never something between.

        Raises ArtefactError when there is no such model.
        """
        read_card(self._folder(version))
        scratch = self._path / f".{_CURRENT}-{os.getpid()}"
        scratch.write_text(version + "\n")
        scratch.replace(self._path / _CURRENT)

    def current(self) -> str | None:
        """The version that serves, None before the first was published. Raises ArtefactError when it is not said."""
        path = self._path / _CURRENT
        try:
            return path.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise ArtefactError(f"{path} does not say which model serves ({error}): run matinee train") from error

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
        """The cards of all models, the newest data first."""
        cards = [read_card(path.parent) for path in self._path.glob(f"[!.]*/{CARD}")]
        return sorted(cards, key=lambda card: (card.last_us, card.batch, card.version), reverse=True)

    def load(self, version: str) -> Model:
        """The model of a version, checked and memory-mapped. Raises ArtefactError with the reason."""
        return load(self._folder(version))

    def _folder(self, version: str) -> Path:
        if not version or "/" in version or version.startswith("."):
            raise ArtefactError(f"{version!r} is no version of a model: matinee models list shows them")
        return self._path / version

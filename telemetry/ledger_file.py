"""The file of the ledger: opened for writing one way by all who write it, private to its owner."""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database, Migrations

from core.errors import StoreError
from core.sqlite import open_store
from telemetry.ledger_schema import LEDGER


def open_ledger(path: Path, *more: Migrations) -> Database:
    """The ledger at `path`, made when absent; `more` are tables beside those that every ledger has.

    Raises StoreError when it can not be made or is none of ours.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # SQLite gives its side files the mode of the main one
    except OSError as error:
        raise StoreError(f"can not make the ledger {path}: {error}") from error
    return open_store(path, LEDGER, *more)

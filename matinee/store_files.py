"""Store files as a process opened them: who replaces one leaves the process with a file that is gone."""

from __future__ import annotations

from pathlib import Path

from core.errors import StoreError


class StoreFiles:
    """Remembers which files stand at some paths. For stores that are held open for long."""

    def __init__(self, *paths: Path) -> None:
        self._known = {path: _identity(path) for path in paths}

    def check(self) -> None:
        """Raises StoreError when another file, or none, stands at one of the paths now."""
        for path, identity in self._known.items():
            if _identity(path) != identity:
                raise StoreError(f"{path} was replaced or taken away while it was in use: start this command again")


def _identity(path: Path) -> tuple[int, int] | None:
    """None where no file is. While a file is held open its number is not given to another one."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino

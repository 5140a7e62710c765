"""The revision of the code that runs."""

from __future__ import annotations

import subprocess
from pathlib import Path

UNKNOWN = "unknown"


def code_revision(root: Path = Path(__file__).parents[1]) -> str:
    """The commit that is checked out at `root`, with "+changes" when files differ from it; UNKNOWN outside of git."""
    try:
        commit = _git(root, "rev-parse", "HEAD")
        return commit + ("+changes" if _git(root, "status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        return UNKNOWN


def _git(root: Path, *arguments: str) -> str:
    if not (root / ".git").exists():  # or git would find a repository around an installed package
        raise OSError(f"{root} is no checkout")
    done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True, timeout=5)
    return done.stdout.strip()

"""Commands as processes that end with the one that started them, even when that is killed."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys

from core.settings import environment_with

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def start(*words: str, **changes: str) -> subprocess.Popen[bytes]:
    """`matinee WORDS`, without its output. On Linux it gets SIGTERM when the thread that called this has ended.

    changes : settings that are other ones for it, see `core.settings.environment_with`.
    """
    command = [sys.executable, "-m", "matinee.leash", str(os.getpid()), *words]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment_with(**changes))


def main(parent: int, words: list[str]) -> None:
    """Be the command, with SIGTERM when the parent ends; be nothing when it has ended already.

    Said by the child of itself: code between fork and exec is not safe beside threads.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == parent:
        from matinee.cli import main as command  # after the promise: imports take a second

        command(words, prog_name="matinee")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])

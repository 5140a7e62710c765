"""The author of what a command does, for the records."""

from __future__ import annotations

import os
import pwd


def author(command: str) -> str:
    """Who runs this process, by login name (by number where the machine knows no name), and with which command."""
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:  # a container may run as a number that has no name
        name = str(number)
    return f"{name}, {command}"

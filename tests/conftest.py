"""What all tests share: long proofs stay out unless asked for, and the shared data is found or named as absent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).parents[2] / "shared"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """`make prove` selects the long form with -m prove; everything else leaves it out."""
    if config.option.markexpr:
        return
    long_forms = [item for item in items if item.get_closest_marker("prove")]
    config.hook.pytest_deselected(items=long_forms)
    items[:] = [item for item in items if item not in long_forms]


@pytest.fixture(scope="session")
def shared_real() -> Path:
    """The folder of real data beside the project; tests that need it skip where it is absent."""
    real = SHARED / "real"
    if not real.is_dir():
        pytest.skip("needs the real data in ../shared/real, which is no part of the project")
    return real


@pytest.fixture
def crash_report() -> Callable[..., dict[str, Any]]:
    """Runs a script that kills processes of its own at many points; gives the report that it prints as JSON."""

    def run(script: Path, *arguments: object, **environment: str) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, script, *map(str, arguments)],
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])} | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        report: dict[str, Any] = json.loads(done.stdout)
        return report

    return run

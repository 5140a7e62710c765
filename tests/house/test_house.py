"""The house itself: who may import whom, how long a file may be, and who may read the environment."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("api", "cf", "core", "ingest", "llm", "matinee", "simulator", "telemetry")
SOURCES = sorted(
    path
    for path in ROOT.rglob("*.py")
    if not any(part.startswith(".") or part == "var" for part in path.relative_to(ROOT).parts)
)
MODULES = [path for path in SOURCES if path.relative_to(ROOT).parts[0] in ROOMS]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_file_has_at_most_300_lines(path):
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_says_what_it_is_for(path):
    assert ast.get_docstring(ast.parse(path.read_text()))


def reads_the_environment(source: str) -> bool:
    names = {"environ", "environb", "getenv", "getenvb", "putenv"}
    nodes = list(ast.walk(ast.parse(source)))
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    imported = {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    return bool(names & (attributes | imported))


@pytest.mark.parametrize("path", [path for path in MODULES if name(path) != "core/settings.py"], ids=name)
def test_only_the_settings_read_the_environment(path):
    assert not reads_the_environment(path.read_text())


def test_the_test_for_the_environment_can_fail():
    assert reads_the_environment("import os\nprint(os.environ['X'])")
    assert reads_the_environment("from os import getenv")
    assert reads_the_environment((ROOT / "core" / "settings.py").read_text())


def test_imports_go_down_never_up_or_sideways():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("word", ["genai_prices", "granian", "kafka", "openai", "prometheus_client", "tiktoken"])
def test_a_library_that_may_be_replaced_is_imported_by_one_module_a_room(word):
    pattern = re.compile(rf"^\s*(?:from|import) {word}\b", re.MULTILINE)
    homes = [path.parent.name for path in MODULES if pattern.search(path.read_text())]
    assert homes
    assert len(homes) == len(set(homes)), homes


IMPORT_ALL = """
import importlib, pkgutil, sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.bind", "os.mkdir", "sqlite3.connect", "subprocess.Popen"):
        raise RuntimeError(f"{event} {arguments} on import")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        raise RuntimeError(f"{event} {arguments} on import")
names = sys.argv[1:]
third = {"click", "flask", "granian", "implicit.als", "kafka", "numpy", "pandas", "polars", "prometheus_client",
         "requests", "scipy.sparse", "scipy.stats", "sqlite_utils", "werkzeug.serving"}
for name in sorted(third):
    importlib.import_module(name)
sys.addaudithook(refuse)
for name in names:
    importlib.import_module(name)
"""


def test_nothing_happens_on_import():
    names = [name(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__") for path in MODULES]
    names = [one for one in names if not one.endswith("__main__")]
    command = [sys.executable, "-B", "-c", IMPORT_ALL, *names]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

"""What is written agrees with what is there: generated pages, links, locks and the workflow files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from matinee.docs import GENERATED

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path for path in ROOT.rglob("*.md") if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
)


@pytest.mark.parametrize("target", sorted(GENERATED))
def test_a_generated_page_agrees_with_the_code(target):
    assert (ROOT / target).read_text() == GENERATED[target](), "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_of_ours_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
    ours = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in ours if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_with_hashes_and_names_no_address(lock):
    text = (ROOT / lock).read_text()
    assert "://" not in text
    pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert pins
    assert all("==" in pin and pin.endswith("\\") for pin in pins)


def test_the_readme_names_the_two_commands():
    readme = (ROOT / "README.md").read_text()
    assert "make run" in readme
    assert "make test" in readme


def test_every_decision_is_listed_in_order():
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))

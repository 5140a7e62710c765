import re
from pathlib import Path

import pytest

from cf import metrics

PAGE = (Path(__file__).parents[2] / "docs" / "measures.md").read_text()
NAMES = ("recall", "ndcg", "hit", "coverage", "novelty")


@pytest.mark.parametrize("name", NAMES)
def test_the_page_says_what_the_code_says(name):
    section = PAGE.split(f"\n## {name}\n")[1].split("\n## ")[0]
    written = {step: " ".join(text.split()) for step, text in re.findall(r"- (\w+): (.*?)(?=\n- |\Z)", section, re.S)}
    assert list(written) == ["Metric", "Data", "Operationalization"]
    said = " ".join(getattr(metrics, name).__doc__.split())
    for step, text in written.items():
        assert f"{step}: {text}" in said

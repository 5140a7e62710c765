import re
from pathlib import Path

import pytest

from cf import coldstart, metrics

PAGE = (Path(__file__).parents[2] / "docs" / "measures.md").read_text()
SAID = {name: getattr(metrics, name) for name in ("recall", "ndcg", "hit", "coverage", "novelty")}
SAID["coldstart"] = coldstart.judge


@pytest.mark.parametrize("name", SAID)
def test_the_page_says_what_the_code_says(name):
    section = PAGE.split(f"\n## {name}\n")[1].split("\n## ")[0]
    written = {
        step: " ".join(text.split()) for step, text in re.findall(r"- (\w+): (.*?)(?=\n- |\n\n|\Z)", section, re.S)
    }
    assert list(written) == ["Metric", "Data", "Operationalization"]
    said = " ".join(SAID[name].__doc__.split())
    for step, text in written.items():
        assert f"{step}: {text}" in said

import inspect
import re
from pathlib import Path

import pytest

from cf import coldstart, genre_metrics, metrics

PAGE = (Path(__file__).parents[2] / "docs" / "measures.md").read_text()
NOT_METRICS = {"genre_shares"}
SAID = {
    name: of
    for module in (metrics, genre_metrics)
    for name, of in vars(module).items()
    if inspect.isfunction(of) and of.__module__ == module.__name__ and not name.startswith("_")
    if name not in NOT_METRICS
}
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

"""Prompt files are never edited, only followed."""

from __future__ import annotations

import hashlib

import pytest

from core.errors import SettingError
from llm.prompt_files import PROMPTS, PromptFile

WRITTEN = {
    "resolve_mentions/v1.toml": "24476119055c8d68cbbbcca38c77584311dde4a3192529a898eb1025b4f87698",
}


def test_no_prompt_was_edited_and_each_is_listed_here():
    found = {
        str(path.relative_to(PROMPTS)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in PROMPTS.rglob("*.toml")
    }
    assert found == WRITTEN


def test_a_prompt_is_known_by_its_name_version_and_hash():
    prompt = PromptFile.load("resolve_mentions", 1)
    assert prompt.sha256 == WRITTEN["resolve_mentions/v1.toml"]
    assert prompt.provenance == f"resolve_mentions v1 {prompt.sha256[:8]}"
    assert "{reason}" in prompt.repair


@pytest.mark.parametrize(
    "text", [None, "", "system = 1\nrepair = 'x'", "system = 'x'", "system = 'x'\nrepair = ' '", "a =", "\xff"]
)
def test_a_prompt_that_is_absent_or_incomplete_is_refused(tmp_path, text):
    (tmp_path / "greet").mkdir()
    if text is not None:
        (tmp_path / "greet" / "v1.toml").write_text(text, encoding="latin-1")
    with pytest.raises(SettingError, match=r"greet/v1\.toml"):
        PromptFile.load("greet", 1, tmp_path)

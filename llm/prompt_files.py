"""Prompt files: what a language model is told, in versions that are never edited, only followed by the next."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from core.errors import SettingError

PROMPTS = Path(__file__).parents[1] / "prompts"  # beside the rooms, in the project as in an installed wheel


@dataclass(frozen=True, slots=True)
class PromptFile:
    """One version of a prompt. `system` goes first and never changes; `repair` has one place, {reason}."""

    name: str
    version: int
    sha256: str
    system: str
    repair: str

    @classmethod
    def load(cls, name: str, version: int, folder: Path = PROMPTS) -> PromptFile:
        """`NAME/vVERSION.toml` of the folder. Raises SettingError when it is absent or not such a file."""
        path = folder / name / f"v{version}.toml"
        try:
            data = path.read_bytes()
            said = tomllib.loads(data.decode())
        except (OSError, ValueError) as error:
            raise SettingError(
                f"no prompt in {path}: {error}; prompts ship with matinee, install it again"
            ) from error
        texts = {part: said.get(part) for part in ("system", "repair")}
        if set(said) != set(texts) or not all(isinstance(text, str) and text.strip() for text in texts.values()):
            raise SettingError(f"{path} is no prompt: it must hold the texts system and repair, nothing else")
        return cls(name, version, hashlib.sha256(data).hexdigest(), said["system"].strip(), said["repair"].strip())

    @property
    def provenance(self) -> str:
        """What tastes, usages and cache keys name it by.

        >>> PromptFile("resolve_mentions", 1, "ab12cd34" * 8, "Match.", "Again.").provenance
        'resolve_mentions v1 ab12cd34'
        """
        return f"{self.name} v{self.version} {self.sha256[:8]}"

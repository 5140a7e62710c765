"""Settings: the only reader of the environment. Every field has a default that works with nothing installed."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from core.errors import NotMoney, SettingError
from core.money import Usd

PREFIX = "MATINEE_"


def _setting(
    default: Any, text: str, low: int | None = None, high: int | None = None, *, is_secret: bool = False
) -> Any:
    return field(default=default, metadata={"help": text, "low": low, "high": high}, repr=not is_secret)


@dataclass(frozen=True)
class Settings:
    """All settings of one process, checked. Field `home` is the variable MATINEE_HOME, and so on."""

    home: Path = _setting(Path("var"), "Folder that holds all state: stores, models, the simulated world.")
    events: str = _setting(
        "file:var/world/movielog.log",
        "Where the event log comes from: file:PATH (plain or .gz) or kafka://BROKER:9092/TOPIC?group=matinee.",
    )
    directory: str = _setting(
        "http://127.0.0.1:8080?rate=50",
        "The user and movie APIs; rate is the most calls a second that we make.",
    )
    stars_max: int = _setting(10, "Most stars that a rating may have: 10, or 5 for logs until 2025.", 5, 10)
    ledger: str = _setting("sqlite:", "Where decisions are recorded: sqlite: (ledger.db in MATINEE_HOME).")
    host: str = _setting("0.0.0.0", "Address on which /recommend is answered.")  # noqa: S104  the caller is elsewhere
    port: int = _setting(8082, "Port on which /recommend is answered.", 1, 65535)
    ops_host: str = _setting("127.0.0.1", "Address of the private ops pages; loopback unless told otherwise.")
    ops_port: int = _setting(8083, "Port of the private ops pages.", 1, 65535)
    workers: int = _setting(2, "Processes that answer /recommend.", 1, 64)
    deadline_ms: int = _setting(250, "Time that one request's rankers may take together, in milliseconds.", 1, 600)
    recorder_queue: int = _setting(
        100_000,
        "Decisions that may wait to be recorded; what comes beyond is dropped and counted.",
        1,
        10_000_000,
    )
    completer: str = _setting(
        "rules:",
        "Who understands what titles leave open: rules: (no LLM, no cost), openai:MODEL (OpenAI's own), "
        "or any compatible server as openai://HOST:PORT/v1?model=NAME&priced_as=MODEL (or priced_as=free).",
    )
    llm_key: str = _setting(
        "", "Secret key of the LLM's provider; none is needed on most local servers.", is_secret=True
    )
    llm_day_usd: Usd = _setting(Usd.parse("1.00"), "Most that LLM calls may cost on one day (UTC), in US dollars.")
    llm_user_usd: Usd = _setting(Usd.parse("0.001"), "Most that LLM calls may ever cost for one user, in US dollars.")
    llm_in_flight: int = _setting(8, "LLM calls in flight at most, over all worker processes.", 1, 1000)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """The settings that the MATINEE_* variables say. Raises SettingError with the way out."""
        source = os.environ if environment is None else environment
        known = {PREFIX + item.name.upper(): item for item in fields(cls)}
        values: dict[str, Any] = {}
        for name, text in source.items():
            if not name.startswith(PREFIX):
                continue
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1, cutoff=0)[0]
                raise SettingError(f"{name} is no setting of matinee: the nearest known one is {near}")
            values[known[name].name] = _parsed(name, text, known[name])
        if "home" in values and "events" not in values:
            values["events"] = f"file:{values['home'] / 'world' / 'movielog.log'}"
        settings = cls(**values)
        if settings.port == settings.ops_port:
            raise SettingError(f"{PREFIX}PORT and {PREFIX}OPS_PORT are both {settings.port}: give each its own")
        return settings

    @property
    def events_db(self) -> Path:
        return self.home / "events.db"

    @property
    def work_db(self) -> Path:
        return self.home / "work.db"

    @property
    def ledger_db(self) -> Path:
        return self.home / "ledger.db"

    @property
    def prices(self) -> Path:
        """Our own prices of language models, which need not exist."""
        return self.home / "prices.toml"

    @property
    def vocabularies(self) -> Path:
        """Vocabularies for counting tokens, which need not exist."""
        return self.home / "tiktoken"

    @property
    def models(self) -> Path:
        return self.home / "models"

    @property
    def world(self) -> Path:
        return self.home / "world"


def _parsed(name: str, text: str, item: Any) -> Any:
    """The value that `text` gives to a field, of the type of its default."""
    if isinstance(item.default, Path):
        if not text:
            raise SettingError(f"{name} is empty: give a folder, or unset it for {item.default}")
        return Path(text)
    if isinstance(item.default, int):
        low, high = item.metadata["low"], item.metadata["high"]
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and low <= int(text) <= high):
            raise SettingError(f"{name}={text!r} is refused: give a whole number from {low} to {high}")
        return int(text)
    if isinstance(item.default, Usd):
        try:
            return Usd.parse(text)
        except NotMoney as error:
            raise SettingError(f"{name}: {error}") from error
    if not item.repr:
        return _secret(name, text)
    if not text and item.default:
        raise SettingError(f"{name} is empty: give a value, or unset it for {item.default!r}")
    return text


def _secret(name: str, text: str) -> str:
    """A key without the spaces and line ends that come with it from a file; never shown, whatever is wrong."""
    key = text.strip()
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise SettingError(f"{name} is refused: a key has no spaces, control characters or letters beyond ASCII")
    return key


def environment_with(**changes: str) -> dict[str, str]:
    """The environment of this process with settings changed, for a process that it starts: home="var" and so on."""
    return os.environ | {PREFIX + name.upper(): value for name, value in changes.items()}


def described() -> Iterator[tuple[str, str, str]]:
    """Every setting as (variable, default, help), in order: the source of `.env.example` and of the docs table."""
    for item in fields(Settings):
        yield PREFIX + item.name.upper(), str(item.default), item.metadata["help"]


def env_example() -> str:
    """The text of `.env.example`."""
    blocks = [f"# {text}\n# {name}={default}\n" for name, default, text in described()]
    return "# Every setting of matinee with its default, written by `make docs`.\n\n" + "\n".join(blocks)


def settings_table() -> str:
    """The settings as a Markdown table."""
    rows = [f"| `{name}` | `{default}` | {text} |" for name, default, text in described()]
    return "\n".join(["| variable | default | what it says |", "| --- | --- | --- |", *rows]) + "\n"

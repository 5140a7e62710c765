"""Tokens of a text before it is sent: counted with the model's vocabulary where its file is here, else estimated."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import tiktoken

from core.errors import SettingError
from core.usage import CountSource
from llm.completer import CompletionRequest

BYTES_A_TOKEN = 4  # English text has about 4.5 bytes a token, JSON full of film ids about 3.5
TOKENS_A_MESSAGE, TOKENS_OF_AN_ANSWER = 3, 3  # marks around each message and before the answer, as OpenAI counts them
DEFAULT_VOCABULARY = "o200k_base"  # of all of OpenAI's models since 2024; for others a count that is near


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """What makes a vocabulary out of its file. Source: tiktoken_ext.openai_public of tiktoken 0.14.0.

    That module would look for the file in a folder that the environment names, and then on the network.
    """

    file: str  # sha1 of its public address: its name in every cache of tiktoken
    sha256: str
    pattern: str
    special_tokens: dict[str, int]


_WORD = r"[^\r\n\p{L}\p{N}]?"
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_SHORT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_VOCABULARIES = {
    "o200k_base": _Vocabulary(
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        "|".join(
            [
                f"{_WORD}{_UPPER}*{_LOWER}+{_SHORT}",
                f"{_WORD}{_UPPER}+{_LOWER}*{_SHORT}",
                r"\p{N}{1,3}",
                r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
                r"\s*[\r\n]+",
                r"\s+(?!\S)",
                r"\s+",
            ]
        ),
        {"<|endoftext|>": 199999, "<|endofprompt|>": 200018},
    ),
    "cl100k_base": _Vocabulary(
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]"
        r"|\s+(?!\S)|\s",
        {
            "<|endoftext|>": 100257,
            "<|fim_prefix|>": 100258,
            "<|fim_middle|>": 100259,
            "<|fim_suffix|>": 100260,
            "<|endofprompt|>": 100276,
        },
    ),
}


@dataclass(frozen=True, slots=True)
class TokenCounter:
    """Counts the tokens of texts. `source` says whether it counts or estimates; `name` with what."""

    name: str
    source: CountSource
    count: Callable[[str], int]

    @classmethod
    def of(cls, model: str, folder: Path) -> TokenCounter:
        """The counter for a model, with the vocabulary file in `folder`, which is never fetched.

        The file is named as in a cache of tiktoken, or NAME.tiktoken. Without it, or for a model of another
        vocabulary than o200k_base and cl100k_base, texts are estimated at BYTES_A_TOKEN. A model that tiktoken does
        not know is counted with o200k_base. Raises SettingError for a file that is not the vocabulary of its name.
        """
        try:
            name = tiktoken.encoding_name_for_model(model)
            source = CountSource.TOKENIZER
        except KeyError:
            name, source = DEFAULT_VOCABULARY, CountSource.ESTIMATE  # counted, but with what may be another's words
        known = _VOCABULARIES.get(name)
        paths = (folder / known.file, folder / f"{name}.tiktoken") if known else ()
        path = next((path for path in paths if path.is_file()), None)
        if known is None or path is None:
            return cls(f"bytes / {BYTES_A_TOKEN}", CountSource.ESTIMATE, estimate)
        encoding = _encoding(name, known, path)
        return cls(name, source, lambda text: len(encoding.encode_ordinary(text)))


def _encoding(name: str, known: _Vocabulary, path: Path) -> tiktoken.Encoding:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingError(f"can not read the vocabulary {path}: {error}; take it away to estimate tokens") from error
    if hashlib.sha256(data).hexdigest() != known.sha256:
        raise SettingError(f"{path} is not the vocabulary {name}: take it away, or get it again")
    ranks = {base64.b64decode(token): int(rank) for token, rank in map(bytes.split, data.splitlines())}
    return tiktoken.Encoding(name, pat_str=known.pattern, mergeable_ranks=ranks, special_tokens=known.special_tokens)


def estimate(text: str) -> int:
    """About how many tokens a text has, for when no vocabulary is there.

    >>> estimate(""), estimate("Heat"), estimate("Café")
    (0, 1, 2)
    """
    return -(-_bytes(text) // BYTES_A_TOKEN)


def most_tokens(text: str) -> int:
    """More tokens a text can not have: every vocabulary of bytes has at least one byte a token. For reservations."""
    return _bytes(text)


def request_tokens(request: CompletionRequest, count: Callable[[str], int]) -> int:
    """Input tokens of a whole call: its messages, its schema, and the marks between them."""
    said = sum(count(one.role) + count(one.content) + TOKENS_A_MESSAGE for one in request.messages)
    return said + count(json.dumps(request.schema, separators=(",", ":"))) + TOKENS_OF_AN_ANSWER


def difference(counted: int, reported: int) -> float:
    """By what share of the tokens reported after a call the count before it was off. Above 0.02 is worth a look.

    >>> difference(98, 100), difference(0, 0)
    (0.02, 0.0)
    """
    return abs(counted - reported) / max(reported, 1)


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))

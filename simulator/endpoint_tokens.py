"""Tokens as the endpoint counts them: a stated stand-in, and a prompt cache that behaves as the real one."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

from core.clock import Clock

BYTES_A_TOKEN = 4  # the stand-in: English text has about four bytes a token; no vocabulary is loaded
LEAST_CACHED, CACHE_STEP = 1024, 128  # tokens: prefixes are cached from 1,024 on, in steps of 128
CACHE_S = 300.0  # a prefix that nobody asks for is forgotten after five minutes


def count_tokens(text: str) -> int:
    """Bytes in UTF-8 divided by four, rounded up. An estimate that every answer names as such.

    >>> count_tokens(""), count_tokens("Heat"), count_tokens("Café")
    (0, 1, 2)
    """
    return -(-len(text.encode("utf-8", "surrogatepass")) // BYTES_A_TOKEN)


class PromptCache:
    """Remembers the prefixes of prompts, for each model apart. Threads may share it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._used: OrderedDict[bytes, float] = OrderedDict()  # digest of a prefix: when it was last used
        self._lock = threading.Lock()

    def cached_tokens(self, model: str, prompt: str) -> int:
        """How many of the prompt's first tokens were sent before; the prompt is remembered from now on."""
        data = prompt.encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(f"{model}\0".encode())
        cached = begin = 0
        with self._lock:
            now = self._clock.monotonic()
            while self._used and next(iter(self._used.values())) <= now - CACHE_S:
                self._used.popitem(last=False)
            for tokens in range(LEAST_CACHED, len(data) // BYTES_A_TOKEN + 1, CACHE_STEP):
                digest.update(data[begin : tokens * BYTES_A_TOKEN])
                begin = tokens * BYTES_A_TOKEN
                key = digest.digest()
                if key in self._used:
                    cached = tokens
                self._used[key] = now
                self._used.move_to_end(key)
        return cached

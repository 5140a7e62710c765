"""One process that asks a model by HTTP: how many texts, of which all are the same; run by several at once.

Usage: many_workers.py TEXTS FIRST_USER, with the settings in the environment. Prints one JSON object: how many were
answered, and the answers, each once.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import closing

from core.clock import SystemClock
from core.ids import MovieId, UserId
from core.settings import Settings
from core.taste import Polarity
from llm import WorkStore
from llm.completer import COMPLETERS
from llm.question import OpenMention
from matinee.serving import metrics_folder
from matinee.worker_wiring import asker_of
from telemetry import open_metrics


async def main(texts: int, first_user: int) -> None:
    settings, clock = Settings.from_environment(), SystemClock()
    completer = COMPLETERS.open(settings.completer, key="", clock=clock)
    films = (MovieId("heat+1995"), MovieId("heat+1986"))
    mention = OpenMention("heet", "I loved heet", Polarity.LIKED, films)
    with closing(WorkStore(settings.work_db)) as store:
        metrics = open_metrics(metrics_folder(settings), os.getpid())
        asker = asker_of(settings, completer, store, clock, metrics)
        asked = await asyncio.gather(*(asker.ask(UserId(first_user + number), [mention]) for number in range(texts)))
    await completer.close()
    answers = {repr(one.answer) for one in asked if one.answer is not None}
    print(json.dumps({"answered": sum(one.answer is not None for one in asked), "answers": sorted(answers)}))


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))

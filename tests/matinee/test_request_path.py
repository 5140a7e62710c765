"""No language model in the request path: what the service loads can not even call one."""

from __future__ import annotations

import json
import subprocess
import sys

OF_THE_WORKER = ("openai", "httpx2", "tiktoken", "genai_prices", "llm.asker", "llm.worker", "llm.openai_completer")


def test_the_process_that_answers_requests_loads_no_client_no_tokenizer_and_no_prices(tmp_path):
    """A worker process of the service, built as `matinee serve` builds it, has answered a request."""
    script = f"""
import json, sys
from pathlib import Path
from matinee import serving, serve_commands, wiring
from core.settings import Settings
from ingest import UserTable
from llm import WorkStore
from telemetry import SINKS
settings = Settings(home=Path({str(tmp_path)!r}))
UserTable(settings.events_db).close()
WorkStore(settings.work_db).close()
serving.clear_metrics(serving.metrics_folder(settings))
SINKS.open(settings.ledger, path=settings.ledger_db, fee_by_movie=dict).close()
service = serving.worker(settings, wiring.recommender, wiring.licence_by_movie)
print(json.dumps([name for name in {OF_THE_WORKER!r} if name in sys.modules]))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []

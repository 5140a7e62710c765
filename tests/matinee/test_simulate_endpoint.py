"""`matinee simulate endpoint` serves the stand-in for an LLM alone, and says how to ask it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from datetime import date

import openai
import pytest
from click.testing import CliRunner

from core.settings import Settings
from matinee.cli import main
from simulator import World, WorldSize


@pytest.fixture
def home(tmp_path):
    World.build(3, WorldSize(20, 30, 3, 2), date(2026, 1, 1)).write(tmp_path / "world")
    return tmp_path


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as a POSIX signal")
def test_it_answers_at_the_address_that_it_prints_until_ctrl_c(home):
    command = [sys.executable, "-m", "matinee", "simulate", "endpoint", "--port", "0", "--fault", "refusal=1"]
    environment = {"MATINEE_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        said, how = process.stdout.readline(), process.stdout.readline()
        (url,) = re.findall(r"stand-in for an LLM answers on (\S+): it knows", said)
        with openai.OpenAI(api_key="none", base_url=url, max_retries=0) as client:
            answer = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "hi"}])
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert answer.choices[0].message.refusal
    (completer,) = re.findall(r"MATINEE_COMPLETER='(.*)'", how)
    assert completer.startswith(f"openai://{url.removeprefix('http://')}?model=")
    assert Settings.from_environment({"MATINEE_COMPLETER": completer}).completer == completer


def test_without_a_world_it_is_refused_in_one_line(tmp_path):
    result = CliRunner().invoke(main, ["simulate", "endpoint", "--port", "0"], env={"MATINEE_HOME": str(tmp_path)})
    assert result.exit_code == 1
    assert result.output.startswith("matinee: there is no world")

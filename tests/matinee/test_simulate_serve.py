"""`matinee simulate serve` also answers as an LLM, and both go wrong as often as it is told."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import date

import pytest
import requests
from click.testing import CliRunner

from core.errors import WorldError
from matinee.cli import main
from simulator import DirectoryServer, LlmEndpoint, World, WorldSize

FAULTS = ("--llm-fault", "refusal=1", "--api-fault", "429=0.5", "--api-fault", "404=0.5")


@pytest.fixture
def home(tmp_path):
    World.build(3, WorldSize(20, 30, 3, 2), date(2026, 1, 1)).write(tmp_path / "world")
    return tmp_path


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as a POSIX signal")
def test_faults_and_an_llm_are_served_until_ctrl_c(home):
    command = [sys.executable, "-m", "matinee", "simulate", "serve", "--port", "0", "--llm-port", "0", *FAULTS]
    environment = {"MATINEE_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        api, llm = (process.stdout.readline().split(" answers on " if n else " answer on ")[1] for n in range(2))
        user = (home / "world" / "users.tsv").read_text().split("\t")[0]
        statuses = {requests.get(f"{api.split(': /user')[0]}/user/{user}", timeout=5).status_code for _ in range(20)}
        question = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hello"}]}
        answer = requests.post(f"{llm.split(': it')[0]}/chat/completions", json=question, timeout=5)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert statuses == {404, 429}
    assert answer.json()["choices"][0]["message"]["refusal"]
    (line,) = (home / "world" / "invoice.csv").read_text().splitlines()[1:]
    assert line.startswith(answer.json()["id"])


@pytest.mark.parametrize("option", ["--api-fault=slow", "--api-fault=refusal=0.1", "--llm-fault=500=often"])
def test_what_is_no_fault_is_refused_with_the_known_ones(home, option):
    result = CliRunner().invoke(main, ["simulate", "serve", option], env={"MATINEE_HOME": str(home)})
    assert result.exit_code == 2
    assert "KIND one of 429, " in " ".join(result.output.split())


@pytest.mark.parametrize("options", [("--api-fault=slow=0.6", "--api-fault=429=0.5"), ("--api-fault=slow=nan",)])
def test_rates_that_are_no_shares_are_refused_in_one_line(home, options):
    result = CliRunner().invoke(main, ["simulate", "serve", *options], env={"MATINEE_HOME": str(home)})
    assert result.exit_code == 1
    assert result.output.startswith("matinee: faults slow=")


@pytest.mark.parametrize(
    "option", ["--llm-latency=-1", "--llm-latency=inf", "--llm-errors=nan", "--rate=nan", "--rate=inf", "--rate=0"]
)
def test_numbers_that_no_server_can_have_are_refused(home, option):
    result = CliRunner().invoke(main, ["simulate", "serve", option], env={"MATINEE_HOME": str(home)})
    assert result.exit_code == 2
    assert f"Invalid value for '{option.partition('=')[0]}'" in result.output


def test_servers_refuse_such_numbers_themselves(home):
    with pytest.raises(WorldError, match="answers after -1 s"):
        LlmEndpoint(home / "world", latency_s=-1)
    with pytest.raises(WorldError, match="nan calls a second can not be"):
        DirectoryServer(home / "world", 0, rate=float("nan"))

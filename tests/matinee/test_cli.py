"""The command itself: every name in its table leads to a command, and errors are one line."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from matinee.cli import COMMANDS, main


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_of_the_table_is_there_and_says_what_it_does(name):
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert main.get_command(click.Context(main), name).help


def test_an_unknown_command_is_refused():
    result = CliRunner().invoke(main, ["recomend"])
    assert result.exit_code == 2
    assert "No such command 'recomend'" in result.output


def test_a_wrong_setting_is_one_line_and_exit_code_1(monkeypatch):
    monkeypatch.setenv("MATINEE_PROT", "1")
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 1
    assert result.output == "matinee: MATINEE_PROT is no setting of matinee: the nearest known one is MATINEE_PORT\n"

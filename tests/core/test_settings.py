"""Settings: defaults that work, typing errors that teach."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import SettingError
from core.settings import Settings, described, env_example


def test_an_empty_environment_gives_the_defaults():
    settings = Settings.from_environment({})
    assert (settings.port, settings.ops_host, settings.home) == (8082, "127.0.0.1", Path("var"))


def test_variables_of_others_are_none_of_our_business():
    assert Settings.from_environment({"HOME": "/root", "PORT": "1"}) == Settings()


def test_an_unknown_name_is_refused_with_the_nearest_known_one():
    with pytest.raises(SettingError, match=r"MATINEE_PROT is no setting.*nearest known one is MATINEE_PORT"):
        Settings.from_environment({"MATINEE_PROT": "8082"})


@pytest.mark.parametrize("text", ["", "0", "65536", "eighty", "-1", "8082.0", "٣", "9" * 5000])
def test_a_number_out_of_its_range_is_refused_with_the_range(text):
    with pytest.raises(SettingError, match="give a whole number from 1 to 65535"):
        Settings.from_environment({"MATINEE_PORT": text})


@pytest.mark.parametrize("name", ["MATINEE_HOME", "MATINEE_EVENTS"])
def test_an_empty_value_is_refused_with_the_way_out(name):
    with pytest.raises(SettingError, match=f"{name} is empty"):
        Settings.from_environment({name: ""})


def test_all_state_lies_under_home_the_default_log_included():
    settings = Settings.from_environment({"MATINEE_HOME": "elsewhere"})
    places = [settings.events_db, settings.ledger_db, settings.models, settings.world]
    assert all(place.parts[0] == "elsewhere" for place in places)
    assert settings.events == "file:elsewhere/world/movielog.log"


def test_the_process_environment_is_read_when_none_is_given(monkeypatch):
    monkeypatch.setenv("MATINEE_WORKERS", "7")
    assert Settings.from_environment().workers == 7


def test_the_example_file_says_the_defaults():
    lines = [line.removeprefix("# ") for line in env_example().splitlines() if line.startswith("# MATINEE_")]
    assert Settings.from_environment(dict(line.split("=", 1) for line in lines)) == Settings()


def test_every_setting_has_a_help_text_that_is_a_sentence():
    assert [name for name, _, text in described() if not text.endswith(".")] == []


def test_one_port_for_both_is_refused():
    with pytest.raises(SettingError, match="are both 8083: give each its own"):
        Settings.from_environment({"MATINEE_PORT": "8083"})


def test_a_key_loses_the_line_end_that_came_with_it():
    assert Settings.from_environment({"MATINEE_LLM_KEY": " sk-secret\r\n"}).llm_key == "sk-secret"


@pytest.mark.parametrize("key", ["sk-sec\rret", "sk-sécret", "sk sec ret", "sk-\x00ret", "sk-ключ"])
def test_a_key_that_no_header_can_hold_is_refused_and_not_shown(key):
    with pytest.raises(SettingError, match="MATINEE_LLM_KEY is refused") as told:
        Settings.from_environment({"MATINEE_LLM_KEY": key})
    assert key not in str(told.value)

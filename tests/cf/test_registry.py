"""The registry: which model serves, how that came about, what goes and what stays."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cf import Registry, Why
from core.errors import ArtefactError

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def why(hour=0, by="matinee train", reason="better"):
    return Why(NOON + timedelta(hours=hour), by, reason)


@pytest.fixture
def three(trained, tmp_path):
    """A registry with three models that differ in their code only, and their versions in the order of time."""
    registry = Registry(tmp_path / "models")
    cards = [
        registry.add(replace(trained.model, card=replace(trained.card, revision=revision, batch=7 + at)))
        for at, revision in enumerate(("a", "b", "c"))
    ]
    return registry, [card.version for card in cards]


def test_before_the_first_model_none_serves(tmp_path):
    registry = Registry(tmp_path / "models")
    assert (registry.current(), registry.previous(), registry.history(), registry.cards()) == (None, None, [], [])


def test_a_current_file_that_nobody_can_read_is_refused_with_the_way_out(tmp_path):
    (tmp_path / "CURRENT").write_bytes(b"\xff\xfe")
    with pytest.raises(ArtefactError, match=r"does not say which model serves.*run matinee train"):
        Registry(tmp_path).current()


@pytest.mark.parametrize("version", ["", ".hidden", "../elsewhere"])
def test_a_name_that_leads_out_of_the_folder_is_no_version(tmp_path, version):
    with pytest.raises(ArtefactError, match="is no version of a model"):
        Registry(tmp_path).card(version)


def test_the_history_says_who_let_what_serve_when_and_why(three):
    registry, (a, b, _) = three
    registry.publish(a, why())
    registry.publish(b, why(1, "root", "it was asked for"))
    assert registry.history() == [
        {
            "at": "2026-11-20T12:00:00+00:00",
            "what": "publish",
            "version": a,
            "by": "matinee train",
            "reason": "better",
        },
        {
            "at": "2026-11-20T13:00:00+00:00",
            "what": "publish",
            "version": b,
            "by": "root",
            "reason": "it was asked for",
        },
    ]


def test_a_rollback_goes_back_to_what_served_before_and_again_one_more(three):
    registry, versions = three
    for version in (*versions, versions[-1]):
        registry.publish(version, why())
    assert registry.previous() == versions[1]
    assert [registry.rollback(why()) for _ in range(2)] == [versions[1], versions[0]]
    assert registry.current() == versions[0]
    with pytest.raises(ArtefactError, match="no model served before"):
        registry.rollback(why())
    assert [entry["what"] for entry in registry.history()] == ["publish"] * 4 + ["rollback"] * 2


def test_after_a_rollback_the_next_model_goes_back_to_the_one_that_was_rolled_back_to(three):
    registry, (a, b, c) = three
    registry.publish(a, why())
    registry.publish(b, why())
    registry.rollback(why())
    registry.publish(c, why())
    assert registry.rollback(why()) == a


def test_a_damaged_model_is_not_published_and_what_served_serves_on(three, tmp_path):
    registry, (a, b, _) = three
    registry.publish(a, why())
    (tmp_path / "models" / b / "factors.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(ArtefactError, match=r"factors\.npy is damaged"):
        registry.publish(b, why())
    assert registry.current() == a


def test_a_publisher_that_was_killed_before_it_noted_it_is_made_up_for_by_the_next_one(three, tmp_path):
    registry, (a, b, c) = three
    registry.publish(a, why())
    (tmp_path / "models" / "CURRENT").write_text(b + "\n")
    assert registry.previous() == a
    registry.publish(c, why())
    assert [entry["version"] for entry in registry.history()] == [a, b, c]
    assert "killed before it was noted" in registry.history()[1]["reason"]


def test_half_an_entry_of_a_killed_writer_is_cut_off_by_the_next_one(three, tmp_path):
    registry, (a, b, _) = three
    registry.publish(a, why())
    path = tmp_path / "models" / "history.jsonl"
    path.write_bytes(path.read_bytes() + b'{"version": "2026')
    assert [entry["version"] for entry in registry.history()] == [a]
    registry.publish(b, why())
    assert [entry["version"] for entry in registry.history()] == [a, b]
    assert len([json.loads(line) for line in path.read_text().splitlines()]) == 2


@pytest.mark.parametrize("line", [b"rubbish", b"[]"])
def test_a_history_that_is_none_of_ours_is_refused_with_the_line(three, tmp_path, line):
    registry, (a, *_) = three
    (tmp_path / "models" / "history.jsonl").write_bytes(line + b"\n")
    with pytest.raises(ArtefactError, match=r"line 1 of .*history\.jsonl"):
        registry.publish(a, why())


def test_pruning_keeps_the_newest_the_one_that_serves_and_the_one_before(three, tmp_path):
    registry, (a, b, c) = three
    registry.publish(a, why())
    registry.publish(b, why())
    (tmp_path / "models" / ".new-999999999").mkdir()
    assert registry.prune(2) == [c]
    assert [card.version for card in registry.cards()] == [b, a]
    assert sorted(path.name for path in (tmp_path / "models").glob(".*")) == [".lock"]
    assert registry.prune(1) == []


def test_pruning_starts_with_the_oldest_data(three):
    registry, (a, b, c) = three
    registry.publish(b, why())
    assert registry.prune(2) == [a]
    assert registry.load(c).card.version == c


def test_a_model_whose_card_is_damaged_is_told_apart_and_hides_no_other(three, tmp_path):
    registry, (a, b, c) = three
    (tmp_path / "models" / b / "card.json").write_text("{")
    assert [card.version for card in registry.cards()] == [c, a]
    assert list(registry.damaged()) == [b]
    assert "is no model card of ours" in registry.damaged()[b]


def test_a_verdict_stays_beside_the_card_and_changes_nothing_of_it(three):
    registry, (a, *_) = three
    before = registry.card(a)
    assert registry.verdict(a) is None
    registry.judged(a, {"passed": True})
    assert (registry.verdict(a), registry.card(a), registry.load(a).card) == ({"passed": True}, before, before)
    assert registry.size_bytes(a) > 1000

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from cf import Registry, train
from cf.artefact import named, read_card
from core.errors import ArtefactError, TrainingError


def test_the_same_data_and_seed_give_the_same_bytes(trained, tmp_path):
    again = Registry(tmp_path).add(train(trained.frame, trained.catalogue, trained.ages, **trained.arguments))
    assert again == trained.card


def test_the_same_data_in_another_store_is_the_same_version_with_that_stores_id(trained, stored):
    registry, version, path = stored
    model = train(trained.frame, trained.catalogue, trained.ages, **trained.arguments | {"store": "two"})
    card = registry.add(model)
    assert card == replace(trained.card, store="two")
    assert registry.card(version) == card
    assert [entry.name for entry in path.parent.iterdir()] == [version]


def test_another_seed_is_another_version(trained, tmp_path):
    model = train(trained.frame, trained.catalogue, trained.ages, **trained.arguments | {"seed": 4})
    assert Registry(tmp_path).add(model).version != trained.card.version


def test_the_card_says_where_the_model_comes_from(trained):
    card = trained.card
    assert (card.batch, card.seed, card.stars_max, card.revision) == (7, 3, 10, "abc")
    assert (card.users, card.movies, card.interactions, card.unknown_movies) == (80, 60, len(trained.frame), 0)
    assert (card.first_us, card.last_us) == (0, (len(trained.frame) - 1) * 1_000_000)
    assert card.version.startswith("1970-01-01-")
    assert card.validation.blend_ndcg > card.validation.popularity_ndcg
    assert set(card.libraries) == {"implicit", "numpy", "scipy"}


def test_many_users_on_both_sides_of_a_moment_are_judged_by_time(trained, monkeypatch):
    monkeypatch.setattr("cf.training.LEAST_JUDGED_USERS", 20)
    model = train(trained.frame, trained.catalogue, trained.ages, **trained.arguments)
    assert (model.card.validation.split, trained.card.validation.split) == ("time", "per-user-last")


def test_without_a_catalogue_nothing_is_trained(trained):
    with pytest.raises(TrainingError, match="matinee catalog import"):
        train(trained.frame, [], trained.ages, **trained.arguments)


def test_events_of_another_catalogue_are_refused(trained, words):
    with pytest.raises(TrainingError, match="about a film of the catalogue"):
        train(words.events([(1, "stray", 3)]), trained.catalogue, {}, **trained.arguments)


def test_a_single_user_is_too_little(trained, words):
    with pytest.raises(TrainingError, match="ingest more events"):
        train(words.events([(1, "film+01", 3)]), trained.catalogue, {}, **trained.arguments)


def test_a_stored_model_is_the_one_that_was_trained(trained):
    model = train(trained.frame, trained.catalogue, trained.ages, **trained.arguments)
    stored = trained.model
    assert stored.movies == model.movies
    assert (stored.candidates.movies == model.candidates.movies).all()
    assert isinstance(stored.candidates.movies.base, np.memmap)
    assert replace(stored.card, files={}, version="") == replace(model.card, version="")


@pytest.fixture
def stored(trained, tmp_path):
    """A registry with one model that a test may damage."""
    registry = Registry(tmp_path / "models")
    card = registry.add(trained.model)
    return registry, card.version, tmp_path / "models" / card.version


def test_what_is_there_is_stored_again_without_harm(trained, stored):
    registry, version, path = stored
    assert registry.add(trained.model).version == version
    assert [entry.name for entry in path.parent.iterdir()] == [version]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("factors.npy", b"\x93NUMPY rubbish", "factors.npy is damaged"),
        ("movies.json", b"[]", "movies.json is damaged"),
        ("card.json", b"{", "is no model card of ours"),
        ("card.json", b"[]", "is no model card of ours"),
        ("card.json", b'{"format": "other/1"}', "its format is not matinee-model/3"),
    ],
)
def test_a_damaged_file_is_refused_with_its_name(stored, name, content, reason):
    registry, version, path = stored
    (path / name).write_bytes(content)
    with pytest.raises(ArtefactError, match=reason):
        registry.load(version)


def test_training_again_heals_a_damaged_model(trained, stored):
    registry, version, path = stored
    (path / "factors.npy").write_bytes(b"")
    assert registry.add(trained.model).version == version
    assert registry.load(version).card == trained.card


def test_healing_leaves_the_files_alone_that_a_worker_has_mapped(trained, stored):
    registry, version, path = stored
    mapped, before = registry.load(version), (path / "factors.npy").stat()
    (path / "movies.json").write_bytes(b"[]")
    registry.add(trained.model)
    assert (path / "factors.npy").stat().st_ino != before.st_ino  # written aside: the mapped file only lost its name
    assert (mapped.blend.factors == trained.model.blend.factors).all()


def test_a_model_without_one_of_our_files_is_foreign(stored):
    registry, version, path = stored
    card = read_card(path)
    renamed = named(replace(card, files={"other.npy": "0"}))
    (path / "card.json").write_text(json.dumps({"format": "matinee-model/3"} | asdict(renamed)))
    with pytest.raises(ArtefactError, match="does not have the files"):
        registry.load(version)


def test_a_missing_file_is_refused(stored):
    registry, version, path = stored
    (path / "users.npy").unlink()
    with pytest.raises(ArtefactError, match=r"lacks users\.npy"):
        registry.load(version)


def test_a_card_that_was_changed_by_hand_is_refused(stored):
    registry, version, path = stored
    card = json.loads((path / "card.json").read_text())
    (path / "card.json").write_text(json.dumps(card | {"batch": 999}))
    with pytest.raises(ArtefactError, match="changed after it was written"):
        registry.load(version)


def test_the_published_version_is_the_current_one(stored, words):
    registry, version, _ = stored
    assert registry.current() is None
    registry.publish(version, words.why)
    assert registry.current() == version
    assert [card.version for card in registry.cards()] == [version]


@pytest.mark.parametrize("version", ["", "2026-01-01-none", "../models", ".new-1"])
def test_a_version_that_is_not_there_is_not_published(stored, words, version):
    registry, *_ = stored
    with pytest.raises(ArtefactError, match=r"no version of a model|there is no model"):
        registry.publish(version, words.why)
    assert registry.current() is None

import threading
from dataclasses import replace

import pytest

from cf import Registry, broken, train
from core.errors import StoreError
from core.ids import UserId


def test_without_a_model_seen_films_are_known_all_the_same(site):
    site.refresher.refresh()
    seen = site.trained.frame["movie_id"][site.trained.frame["user_id"] == 20]
    assert site.recommender.version == "none"
    assert len(site.films(20, 60)) == 60 - len(seen)
    assert not set(site.films(20, 60)) & set(seen)


def test_a_published_model_serves_from_the_next_refresh_on(site):
    site.refresher.refresh()
    version = site.publish()
    site.refresher.refresh()
    assert site.recommender.version == version
    assert site.refresher.loads == 1
    assert site.recommender.serving.fresh == {}  # the events are the model's now


def test_what_was_just_watched_is_gone_from_the_next_list(site):
    site.publish()
    site.refresher.refresh()
    first = site.films(20)[0]
    site.events.add(8, site.words.events([(20, first, 9)]))
    site.refresher.refresh()
    assert first not in site.films(20, 60)
    assert site.refresher.batch == 8


def test_a_new_user_with_events_is_folded_in_without_training(site):
    site.publish()
    site.users.put(8, {500: 40})
    site.events.add(8, site.words.events([(500, "film+00", 9), (500, "film+02", 9), (500, "film+04", 9)]))
    site.refresher.refresh()
    ranking = site.recommender.recommend(UserId(500), 10, 250)
    assert ranking.attempts[0].ranker == "blend"
    assert sum(int(movie[-2:]) % 2 for movie in ranking.movies) <= 3


def test_a_film_that_changes_again_moves_to_the_end(site):
    site.publish()
    site.events.add(8, site.words.events([(500, "film+00", 3), (500, "film+02", 9)]))
    site.refresher.refresh()
    site.events.add(9, site.words.events([(500, "film+00", 10)]))
    site.refresher.refresh()
    assert site.recommender.serving.fresh[500] == pytest.approx({"film+02": 0.9, "film+00": 1.0})
    assert list(site.recommender.serving.fresh[500]) == ["film+02", "film+00"]


def test_an_age_that_becomes_known_counts_from_the_next_refresh_on(site):
    site.publish()
    site.refresher.refresh()
    assert all(int(movie[-2:]) % 3 == 0 for movie in site.films(78))
    site.users.put(8, {78: 33})
    site.events.add(8, site.words.events([]))
    site.refresher.refresh()
    assert any(int(movie[-2:]) % 3 for movie in site.films(78))


@pytest.mark.parametrize("published", [True, False], ids=["with a model", "without a model"])
def test_a_film_that_gets_a_stricter_limit_is_gone_from_every_path_at_the_next_refresh(site, words, published):
    if published:
        site.publish()
    site.refresher.refresh()
    child, unknown_age, new_child = 1, 78, 500
    site.users.put(8, {new_child: 10})
    film = next(film for film in site.films(child) if film in site.films(unknown_age))
    site.catalogue.put(8, words.film(int(film[-2:]), 18))
    site.events.add(8, words.events([]))
    site.refresher.refresh()
    viewers = [site.recommender.serving.viewer(UserId(user)) for user in (child, unknown_age, new_child)]
    assert all(film not in site.films(user, 60) for user in (child, unknown_age, new_child))
    for ranker in site.recommender.serving.rankers:
        site.recommender.serving = replace(site.recommender.serving, rankers=(ranker,))
        assert all(film not in site.films(user, 60) for user in (child, unknown_age, new_child)), ranker.name
    assert film not in viewers[0].seen
    assert site.refresher.loads == published


def test_what_was_just_watched_stays_known_when_the_catalogue_changes(site, words):
    site.publish()
    site.refresher.refresh()
    site.events.add(8, words.events([(20, "film+00", 9)]))
    site.refresher.refresh()
    site.catalogue.put(9, words.film(1, 18))
    site.events.add(9, words.events([]))
    site.refresher.refresh()
    assert list(site.recommender.serving.fresh[20]) == ["film+00"]


def test_in_a_store_that_was_built_anew_nothing_counts_as_known_to_the_model(site, words):
    site.events.id = "two"
    site.events.add(8, words.events([(20, "film+00", 9)]))  # below the batch number of a longer-lived store too
    site.publish()
    site.refresher.refresh()
    frame = site.trained.frame
    assert set(site.recommender.serving.fresh) == set(frame["user_id"])
    assert "film+00" in site.recommender.serving.fresh[20]


def test_nothing_new_swaps_nothing(site):
    site.publish()
    site.refresher.refresh()
    before = site.recommender.serving
    site.refresher.refresh()
    assert site.recommender.serving is before


def test_a_damaged_model_is_refused_once_and_the_old_one_serves_on(site, trained, tmp_path):
    version = site.publish()
    site.refresher.refresh()
    other = site.registry.add(
        train(trained.frame, trained.catalogue, trained.ages, **trained.arguments | {"seed": 4})
    ).version
    site.registry.publish(other, site.words.why)
    (tmp_path / "models" / other / "factors.npy").write_bytes(b"")
    site.refresher.refresh()
    site.refresher.refresh()
    assert site.recommender.version == version
    assert site.failed == ["model"]


def test_a_refused_model_is_taken_up_once_training_has_healed_it(site, tmp_path, caplog):
    version = site.publish()
    damaged = tmp_path / "models" / version / "factors.npy"
    damaged.write_bytes(b"")
    site.refresher.refresh()
    assert (site.recommender.version, site.failed) == ("none", ["model"])
    assert "no model serves" in caplog.text
    assert site.publish() == version
    site.refresher.refresh()
    assert (site.recommender.version, site.failed, site.refresher.loads) == (version, ["model"], 1)


@pytest.fixture
def second(site, trained):
    """The version of another model, stored and not published."""
    return site.registry.add(broken.constant(trained.model)).version


def test_a_rollback_loads_nothing_and_knows_what_was_watched_meanwhile(site, second, words, monkeypatch, tmp_path):
    first = site.publish()
    site.refresher.refresh()
    site.registry.publish(second, words.why)
    site.refresher.refresh()
    watched = site.films(20)[0]
    site.events.add(8, words.events([(20, watched, 9)]))
    site.users.put(8, {78: 33})
    site.refresher.refresh()
    monkeypatch.setattr(site.registry, "load", lambda version: pytest.fail("it was in hand"))
    operator = Registry(tmp_path / "models")
    operator.rollback(words.why)
    site.refresher.refresh()
    assert (site.recommender.version, site.refresher.loads) == (first, 2)
    assert watched not in site.films(20, 60)
    assert list(site.recommender.serving.fresh[20]) == [watched]
    assert site.recommender.serving.ages[78] == 18
    operator.publish(second, words.why)
    site.refresher.refresh()
    assert (site.recommender.version, site.refresher.loads) == (second, 2)


def test_the_model_in_hand_knows_a_stricter_limit_too(site, second, words):
    site.publish()
    site.refresher.refresh()
    site.registry.publish(second, words.why)
    site.refresher.refresh()
    site.catalogue.put(8, words.film(0, 18))
    site.events.add(8, words.events([]))
    site.refresher.refresh()
    site.registry.rollback(words.why)
    site.refresher.refresh()
    assert "film+00" not in site.films(1, 60)


def test_a_model_whose_ranker_fails_is_refused_before_anybody_asks_it(site, second, words, monkeypatch):
    first = site.publish()
    site.refresher.refresh()
    monkeypatch.setattr("cf.rankers.PopularRanker.films", lambda *_: 1 / 0)
    site.registry.publish(second, words.why)
    site.refresher.refresh()
    assert (site.recommender.version, site.failed) == (first, ["model"])


class Ticks(threading.Event):
    """Ends the thread after so many waits, and lets something happen before one of them."""

    def __init__(self, waits, at, happens):
        super().__init__()
        self.left, self.at, self.happens = waits, at, happens

    def wait(self, timeout=None):
        assert timeout == 0.25
        self.left -= 1
        if self.left == self.at:
            self.happens()
        return self.left < 0


def test_a_published_model_is_noticed_at_the_next_look_and_events_at_the_next_refresh(site, second, words):
    site.publish()
    site.refresher.refresh()

    def happens():
        site.registry.publish(second, words.why)
        site.events.error = StoreError("read too early")

    site.refresher.run(Ticks(4, 2, happens), 2.0, 8)
    assert set(site.failed) == {"refresh"}, "a look began the refresh, long before the next one was due"
    site.events.error = None
    site.refresher.run(Ticks(1, 9, None), 2.0, 8)
    assert site.recommender.version == second


def test_a_look_that_fails_is_told_by_the_refresh(site, monkeypatch):
    monkeypatch.setattr(site.registry, "stamp", lambda: (_ for _ in ()).throw(PermissionError("no")))
    site.refresher.run(Ticks(1, 9, None), 2.0, 8)
    assert site.failed == ["refresh"]


def test_a_model_is_not_lost_when_the_refresh_that_loaded_it_fails(site, monkeypatch):
    version = site.publish()
    with monkeypatch.context() as broken:
        broken.setattr(site.catalogue, "movies", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            site.refresher.refresh()
    site.refresher.refresh()
    assert (site.recommender.version, site.refresher.loads) == (version, 1)


def test_the_thread_outlives_a_failing_refresh(site, caplog):
    site.events.error = StoreError("the disk is gone")

    class StopAfterTwo(threading.Event):
        waits = 0

        def wait(self, timeout=None):
            self.waits += 1
            return self.waits > 2

    site.refresher.run(stop := StopAfterTwo(), 5.0)
    assert (stop.waits, site.failed) == (3, ["refresh", "refresh"])
    assert "the disk is gone" in caplog.text

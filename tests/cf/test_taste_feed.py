from core.errors import StoreError
from core.ids import UserId


def test_a_taste_reaches_the_lists_with_the_next_refresh(site, words):
    site.publish()
    site.refresher.refresh()
    before = site.recommender.recommend(UserId(5001), 10, 250)
    site.tastes.put(words.a_taste(*[words.named(m, words="x") for m in (0, 3, 6)], words.disliked(9)))
    site.refresher.try_refresh()
    after = site.recommender.recommend(UserId(5001), 10, 250)
    assert [ranking.attempts[-1].ranker for ranking in (before, after)] == ["popularity", "taste"]
    assert not {"film+00", "film+03", "film+06", "film+09"} & set(after.movies)
    assert site.failed == []


def test_an_erased_taste_is_forgotten(site, words):
    site.tastes.put(words.a_taste(words.named(0)))
    site.refresher.refresh_tastes()
    assert list(site.recommender.serving.tastes) == [5001]
    site.tastes.put(words.a_taste())
    site.refresher.refresh_tastes()
    assert not site.recommender.serving.tastes


def test_the_tastes_of_a_store_that_is_gone_are_forgotten(site, words):
    site.tastes.put(words.a_taste(words.named(0)))
    site.refresher.refresh_tastes()
    site.tastes._changes.clear()
    site.refresher.refresh_tastes()
    assert not site.recommender.serving.tastes


def test_tastes_stay_when_a_model_is_published(site, words):
    site.tastes.put(words.a_taste(words.named(0)))
    site.refresher.try_refresh()
    site.publish()
    site.refresher.try_refresh()
    assert site.recommender.recommend(UserId(5001), 5, 250).attempts[-1].ranker == "taste"


def test_events_do_not_wait_for_tastes_that_can_not_be_read(site):
    site.publish()
    site.tastes.error = StoreError("locked")
    site.refresher.try_refresh()
    assert site.failed == ["tastes"]
    assert site.recommender.version != "none"


def test_nothing_is_swapped_when_no_taste_changed(site):
    site.refresher.try_refresh()
    before = site.recommender.serving
    site.refresher.try_refresh()
    assert site.recommender.serving is before

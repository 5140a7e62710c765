"""A zoo of bad models: each is refused with its reason, and what served serves on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest

from cf import Interactions, Registry, broken
from cf.blend import Blend
from cf.candidates import CandidateTable
from cf.gate import Bounds, Case, judge
from cf.interactions import History
from cf.leaks import leaks_of_figures
from cf.rehearsal import Rehearsal
from cf.suitability import age_limits
from cf.trial import K, Recipe, Trial
from core.clock import ManualClock
from core.errors import ArtefactError
from core.money import Usd


def with_blend(model, **changes):
    return replace(model, blend=replace(model.blend, **changes))


def with_history(model, **changes):
    return replace(model, history=replace(model.history, **changes))


def nan_factors(model):
    factors = np.array(model.blend.factors)
    factors[3, 2] = np.nan
    return with_blend(model, factors=factors)


def nothing_in_it(model):
    n_axes = model.blend.factors.shape[1]
    none = np.zeros(0, np.int32)
    return replace(
        model,
        card=replace(model.card, users=0, movies=0),
        users=np.zeros(0, np.int64),
        movies=(),
        blend=Blend(np.zeros((0, n_axes), np.float32), model.blend.shrink, model.blend.parameters),
        history=History(np.zeros(1, np.int64), none, none.astype(np.float32)),
        candidates=CandidateTable(np.zeros((0, 0), np.uint8), np.zeros((0, 0), np.float32), np.zeros(0, np.int8)),
    )


UNSOUND = {
    "NaN factors": (nan_factors, "NaN or infinite"),
    "NaN in what shrinks them": (lambda m: with_blend(m, shrink=m.blend.shrink * np.nan), "NaN or infinite"),
    "factors that are all 0": (lambda m: with_blend(m, factors=m.blend.factors * 0), "all 0"),
    "permuted film ids": (lambda m: replace(m, movies=m.movies[::-1]), "ids were permuted"),
    "permuted user ids": (lambda m: replace(m, users=m.users[::-1].copy()), "users are not in ascending order"),
    "a stale map of films": (
        lambda m: replace(m, movies=m.movies[:-1], card=replace(m.card, movies=len(m.movies) - 1)),
        "the map is stale",
    ),
    "a map that its card does not know": (lambda m: replace(m, movies=(*m.movies, "z")), "a map is stale"),
    "empty": (nothing_in_it, "it is empty"),
    "histories of other users": (
        lambda m: with_history(m, start=m.history.start[:-1]),
        "histories do not belong to its users",
    ),
    "histories without weights": (lambda m: with_history(m, weights=m.history.weights[:-1]), "without a weight"),
    "histories of other films": (
        lambda m: with_history(m, movies=m.history.movies + np.int32(9)),
        "films that are not among its 60",
    ),
    "candidates of other users": (
        lambda m: replace(m, candidates=replace(m.candidates, ages=m.candidates.ages[:-1])),
        "candidates do not belong",
    ),
    "candidates that are no films": (
        lambda m: replace(m, candidates=replace(m.candidates, movies=m.candidates.movies + np.uint8(2))),
        "candidates speak of films",
    ),
    "candidates without a score": (
        lambda m: replace(m, candidates=replace(m.candidates, scores=m.candidates.scores * np.nan)),
        "scores that are NaN",
    ),
}


@pytest.mark.parametrize("animal", UNSOUND)
def test_what_does_not_fit_together_is_not_published_nor_served(trained, site, animal):
    spoil, reason = UNSOUND[animal]
    before = site.publish()
    site.refresher.refresh()
    version = site.registry.add(spoil(trained.model)).version
    with pytest.raises(ArtefactError, match=reason):
        site.registry.publish(version, site.words.why)
    assert site.registry.current() == before
    (site.registry._path / "CURRENT").write_text(version + "\n")  # by hand, past the registry
    site.refresher.refresh()
    assert (site.recommender.version, site.failed) == (before, ["model"])


def test_a_file_that_was_cut_is_refused(trained, tmp_path, words):
    registry = Registry(tmp_path)
    version = registry.add(trained.model).version
    path = tmp_path / version / "candidate_movies.npy"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ArtefactError, match=r"candidate_movies\.npy is damaged"):
        registry.publish(version, words.why)


@pytest.fixture(scope="module")
def court(trained):
    """A trial on the data of `trained`, and what hears the case of a model that would follow the trained one."""
    whole, _ = Interactions.from_frame(trained.frame, (movie.id for movie in trained.catalogue), 10)
    trial = Trial(whole, "per-user-last", 3)
    recipe = Recipe(trained.card.als, trained.card.blend)
    fees = {movie.id: Usd(1_000_000 * (1 + number)) for number, movie in enumerate(trained.catalogue)}

    class Clock(ManualClock):
        """Two readings are as far apart as the test says."""

        step_s = 0.0

        def monotonic(self):
            self._passed += self.step_s
            return self._passed

    def rehearse(model, step_s=0.0):
        clock = Clock(datetime(2026, 11, 20, tzinfo=UTC))
        clock.step_s = step_s
        users = trial.users.tolist()
        return Rehearsal.of(model, trained.catalogue, trained.ages, users, fees, clock)

    def case(model, **changes):
        own = Recipe(model.card.als, model.card.blend)
        heard = Case(
            split=trial.split,
            recipe=trial.recipe(own),
            model=trial.model(model),
            popularity=trial.popularity(own),
            serving=trial.recipe(recipe),
            has_als=own.blend.als_weight > 0,
            groups={"taste: even": np.arange(0, 80, 2), "taste: odd": np.arange(1, 80, 2), "nobody": np.arange(0)},
            leaks=[],
            rehearsal=rehearse(model),
            serving_rehearsal=rehearse(trained.model),
        )
        return replace(heard, **changes)

    def verdict(heard):
        return judge(heard, Bounds(least_users=50, least_group_users=30), 3)

    return SimpleNamespace(trial=trial, recipe=recipe, rehearse=rehearse, case=case, verdict=verdict, fees=fees)


def names(verdict):
    return [refusal.split(":")[0] for refusal in verdict.refusals]


def test_the_model_that_serves_passes_against_itself(trained, court):
    verdict = court.verdict(court.case(trained.model))
    assert verdict.refusals == []
    assert verdict.passed
    figures = verdict.as_json()["figures"]
    assert set(figures) == {"recipe", "model", "popularity", "serving"}
    assert figures["recipe"] == figures["serving"]
    assert verdict.groups["taste: even"]["difference"]["point"] == 0
    assert verdict.groups["nobody"]["users"] == 0


def test_a_first_model_is_compared_with_popularity(trained, court):
    verdict = court.verdict(court.case(trained.model, serving=None, serving_rehearsal=None))
    assert verdict.passed
    assert "serving" not in verdict.figures
    assert verdict.groups["taste: odd"]["difference"]["point"] > 0


def test_a_constant_list_is_refused(trained, court):
    verdict = court.verdict(court.case(broken.constant(trained.model)))
    assert "against its own recipe" in names(verdict)
    assert "against the model that serves" in names(verdict)


def test_random_films_are_refused(trained, court):
    assert "against its own recipe" in names(
        court.verdict(court.case(broken.random(trained.model, np.random.default_rng(1))))
    )


def test_factors_of_other_films_are_refused(trained, court):
    shuffled = np.random.default_rng(1).permutation(len(trained.model.movies))
    model = with_blend(trained.model, factors=np.array(trained.model.blend.factors)[shuffled])
    assert names(court.verdict(court.case(model))) == ["against its own recipe"]


def test_candidates_that_break_the_age_rule_are_refused_though_a_filter_would_keep_them_back(trained, court):
    by_movie = age_limits(trained.catalogue)
    limits = np.array([by_movie[movie] for movie in trained.model.movies], np.int8)
    verdict = court.verdict(court.case(broken.unsuitable(trained.model, limits)))
    assert "age rule" in names(verdict)
    assert verdict.rehearsal.unsuitable == 0
    assert verdict.rehearsal.offered >= 8


def test_an_unsuitable_film_on_the_list_of_a_minor_is_refused(trained, court):
    rehearsal = replace(court.rehearse(trained.model), unsuitable=1)
    assert names(court.verdict(court.case(trained.model, rehearsal=rehearsal))) == ["age rule"]


def test_a_slow_model_is_refused_with_its_time(trained, court):
    verdict = court.verdict(court.case(trained.model, rehearsal=court.rehearse(trained.model, step_s=0.2)))
    assert names(verdict) == ["latency"]
    assert "50 ms are the most" in verdict.refusals[0]


def test_a_model_whose_picks_cost_too_much_is_refused(trained, court):
    rehearsal = court.rehearse(trained.model)
    dear = replace(rehearsal, fee=Usd(2 * rehearsal.fee.nano))
    assert names(court.verdict(court.case(trained.model, rehearsal=dear))) == ["licence cost"]


def test_a_model_whose_attempts_fail_is_refused(trained, court):
    rehearsal = replace(court.rehearse(trained.model), failed=1)
    assert names(court.verdict(court.case(trained.model, rehearsal=rehearsal))) == ["failures"]


def test_a_metric_that_was_leaked_is_refused(trained, court):
    case = court.case(trained.model)
    told = {name: np.ones_like(values) for name, values in case.recipe.columns.items()}
    recipe = replace(case.recipe, columns=told)
    leaks = [leak.name for leak in leaks_of_figures(told, case.popularity.ndcg, K)]
    assert "leaks" in names(court.verdict(replace(case, recipe=recipe, leaks=leaks)))


def test_a_model_that_shows_few_films_is_refused(trained, court):
    case = court.case(trained.model)
    narrow = replace(case.model, coverage=case.model.coverage / 3)
    assert names(court.verdict(replace(case, model=narrow))) == ["coverage"]


def test_popularity_alone_may_show_few_films(trained, court):
    case = court.case(trained.model)
    narrow = replace(case.model, coverage=case.model.coverage / 3)
    assert names(court.verdict(replace(case, model=narrow, has_als=False))) == []


def test_a_subgroup_that_falls_is_named(trained, court):
    case = court.case(trained.model)
    ndcg = case.recipe.columns["ndcg"].copy()
    ndcg[::2] *= 0.6
    ndcg[1::2] *= 1.5
    verdict = court.verdict(replace(case, recipe=replace(case.recipe, columns=case.recipe.columns | {"ndcg": ndcg})))
    assert [refusal for refusal in verdict.refusals if "taste: even (40 users) falls" in refusal]
    assert "taste: odd" not in "".join(verdict.refusals)


def test_nan_figures_pass_nothing(trained, court):
    case = court.case(trained.model)
    nan = {name: values * np.nan for name, values in case.recipe.columns.items()}
    assert "against popularity" in names(court.verdict(replace(case, recipe=replace(case.recipe, columns=nan))))


def test_with_too_few_users_only_what_is_shown_to_be_worse_is_refused(trained, court):
    case = court.case(trained.model)
    worse = replace(case.recipe, columns={name: values * 0 for name, values in case.recipe.columns.items()})
    slightly = replace(case.recipe, columns={name: values * 0.93 for name, values in case.recipe.columns.items()})
    few = Bounds(least_users=1000, margin=0.05)
    assert "against the model that serves" in names(judge(replace(case, recipe=worse), few, 3))
    wide = replace(
        slightly,
        columns=slightly.columns | {"ndcg": case.recipe.columns["ndcg"] + wiggle(len(case.recipe.columns["ndcg"]))},
    )
    assert "against the model that serves" not in names(judge(replace(case, recipe=wide), few, 3))
    assert "against the model that serves" in names(
        judge(replace(case, recipe=wide), replace(few, least_users=50), 3)
    )


def wiggle(n):
    """Differences of a mean near 0 that are far apart."""
    return np.where(np.arange(n) % 2, 0.5, -0.5)

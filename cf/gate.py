"""The gate: whether a model may serve, and why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from cf.bootstrap import Interval, mean_intervals
from cf.rehearsal import Rehearsal
from cf.trial import Tried

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Bounds:
    """What a model must keep to. Shares are of the figure that it is compared with."""

    margin: float = 0.05  # NDCG may be lower by this share of it: differences below are not noticed by users
    group_margin: float = 0.15  # a subgroup has fewer users and a wider interval
    least_users: int = 200  # of fewer it can not be shown that a model is no worse, only that it is worse
    least_group_users: int = 50
    coverage: float = 0.5  # films on any list: not less than this share
    fee: float = 1.25  # what a pick costs: not more than this many times
    slow_ms: float = 50.0  # the slowest 5 % of the lists; a request has 250 ms, the caller waits 600


@dataclass(frozen=True)
class Case:
    """All that the gate hears. Everything was measured on the same users.

    recipe : what the model's parameters make of what came before the split. model : the model itself, which has seen
    the rest too. serving : what the parameters of the model that serves make of the same data; None before the first.
    groups : positions of users among the judged ones. leaks : what is wrong with the data or figures, in words.
    has_als : whether anything but popularity counts in the lists of known users.
    """

    split: str
    recipe: Tried
    model: Tried
    popularity: Tried
    serving: Tried | None
    has_als: bool
    groups: Mapping[str, NDArray[np.int64]]
    leaks: Sequence[str]
    rehearsal: Rehearsal
    serving_rehearsal: Rehearsal | None


@dataclass(frozen=True)
class Check:
    """One question and its answer: `found` says in words what was measured and what was asked for."""

    name: str
    passed: bool
    found: str


@dataclass(frozen=True)
class Verdict:
    """What the gate found. Figures are kept whether the model passed or not."""

    split: str
    users: int
    checks: tuple[Check, ...]
    figures: Mapping[str, Mapping[str, Interval]]  # recipe, model, popularity, serving; hit, recall, ndcg
    breadth: Mapping[str, Mapping[str, float]]  # of the same: coverage (films on any list / all), distinct (lists)
    groups: Mapping[str, Mapping[str, object]]  # users, ndcg, and the difference to what is compared with
    rehearsal: Rehearsal

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)

    @property
    def refusals(self) -> list[str]:
        """Why the model may not serve; empty when it may."""
        return [f"{check.name}: {check.found}" for check in self.checks if not check.passed]

    def as_json(self) -> dict[str, object]:
        """The verdict under stable keys."""
        fee = self.rehearsal.fee
        return asdict(self) | {
            "passed": self.passed,
            "refusals": self.refusals,
            "rehearsal": asdict(self.rehearsal) | {"fee": fee and str(fee)},
        }


def judge(case: Case, bounds: Bounds, seed: int) -> Verdict:
    """The verdict on a model, by the same draw of users for every interval of the same seed."""
    base_name = "popularity" if case.serving is None else "serving"
    base = case.popularity if case.serving is None else case.serving
    groups = {name: _group(case, base, users, seed) for name, users in case.groups.items()}
    checks = [
        *_of_data(case),
        *_of_quality(case, bounds, seed),
        _of_groups(groups, base_name, bounds),
        *_of_serving(case, bounds),
    ]
    tried = {"recipe": case.recipe, "model": case.model, "popularity": case.popularity, "serving": case.serving}
    figures, breadth = {}, {}
    for name, one in tried.items():
        if one is not None:
            found = mean_intervals(np.column_stack(list(one.columns.values())), np.random.default_rng(seed))
            figures[name] = dict(zip(one.columns, found, strict=True))
            breadth[name] = {"coverage": one.coverage, "distinct": one.distinct}
    return Verdict(case.split, len(base.columns["ndcg"]), tuple(checks), figures, breadth, groups, case.rehearsal)


def _of_data(case: Case) -> Iterator[Check]:
    yield Check("leaks", not case.leaks, "; ".join(case.leaks) or "none found")


def _of_quality(case: Case, bounds: Bounds, seed: int) -> Iterator[Check]:
    yield _no_worse("against popularity", case.recipe, case.popularity, bounds, seed)
    if case.serving is not None:
        yield _no_worse("against the model that serves", case.recipe, case.serving, bounds, seed)
    yield _no_worse("against its own recipe", case.model, case.recipe, bounds, seed)


def _no_worse(name: str, ours: Tried, base: Tried, bounds: Bounds, seed: int) -> Check:
    """Not worse than the base by more than the margin: shown, or with too few users to show it, not disproved."""
    difference = _difference(ours.columns["ndcg"], base.columns["ndcg"], seed)
    least, n_users = -bounds.margin * base.ndcg, len(ours.columns["ndcg"])
    shows = n_users >= bounds.least_users
    reached = difference.low if shows else difference.high
    what = "the lower end" if shows else f"the upper end (only {n_users} users)"
    return Check(
        name,
        bool(reached >= least),  # NaN is no figure to pass with
        f"NDCG {ours.ndcg:.4f} to {base.ndcg:.4f}, difference {_words(difference)}; {what} must reach {least:+.4f}",
    )


def _group(case: Case, base: Tried, users: NDArray[np.int64], seed: int) -> dict[str, object]:
    ours = case.recipe.columns["ndcg"][users]
    if not len(ours):
        return {"users": 0, "ndcg": None, "base": None, "difference": None}
    difference = _difference(ours, base.columns["ndcg"][users], seed)
    own, of_base = float(ours.mean()), float(base.columns["ndcg"][users].mean())
    return {"users": len(ours), "ndcg": own, "base": of_base, "difference": asdict(difference)}


def _of_groups(groups: Mapping[str, Mapping[str, object]], base: str, bounds: Bounds) -> Check:
    """No group is shown to fall: more than the margin in the mean, and with an interval below 0."""
    fallen, heard = [], 0
    for name, group in groups.items():
        difference, n_users, of_base = group["difference"], group["users"], group["base"]
        if not isinstance(difference, dict) or not isinstance(n_users, int) or not isinstance(of_base, float):
            continue
        if n_users < bounds.least_group_users:
            continue
        heard += 1
        if difference["point"] < -bounds.group_margin * of_base and difference["high"] < 0:
            fallen.append(f"{name} ({n_users} users) falls by {-difference['point']:.4f} from {of_base:.4f}")
    said = f"of {heard} groups none falls against {base} by more than {bounds.group_margin:.0%}"
    return Check("subgroups", not fallen, "; ".join(fallen) or said)


def _of_serving(case: Case, bounds: Bounds) -> Iterator[Check]:
    ours, theirs = case.rehearsal, case.serving_rehearsal
    base = case.popularity if case.serving is None else case.serving
    if case.has_als:
        least = bounds.coverage * base.coverage
        found = f"{case.model.coverage:.1%} of the films are on a list, {least:.1%} must be"
        yield Check("coverage", case.model.coverage >= least, found)
    else:
        yield Check("coverage", True, "popularity alone: nothing is asked for")
    wrong = ours.unsuitable + ours.offered
    yield Check(
        "age rule",
        not wrong,
        f"{ours.unsuitable} films for older people on lists of {ours.minors} minors and strangers, "
        f"{ours.offered} candidate rows of minors with such films; none may be",
    )
    yield Check("failures", not ours.failed, f"{ours.failed} attempts failed in {ours.lists} lists; none may")
    yield _of_fee(ours, theirs, bounds)
    yield Check(
        "latency",
        ours.slow_ms <= bounds.slow_ms,
        f"the slowest 5 % of the lists take {ours.slow_ms:.2f} ms, {bounds.slow_ms:.0f} ms are the most",
    )


def _of_fee(ours: Rehearsal, theirs: Rehearsal | None, bounds: Bounds) -> Check:
    if ours.fee is None:
        return Check("licence cost", True, "no fee is known")
    if theirs is None or theirs.fee is None:
        return Check("licence cost", True, f"a pick costs ${ours.fee} in the mean; nothing served before")
    most = bounds.fee * theirs.fee.nano
    found = f"a pick costs ${ours.fee} in the mean, ${theirs.fee} with the model that serves, {bounds.fee:g} times"
    found += " is the most"
    return Check("licence cost", ours.fee.nano <= most, found)


def _difference(ours: Numbers, base: Numbers, seed: int) -> Interval:
    return mean_intervals((ours - base)[:, None], np.random.default_rng(seed))[0]


def _words(interval: Interval) -> str:
    return f"{interval.point:+.4f} [{interval.low:+.4f}, {interval.high:+.4f}]"

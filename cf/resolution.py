"""Resolution judged: the films that were understood from texts, against texts that people labelled."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.errors import NothingToReport
from core.ids import MovieId
from core.taste import Polarity, Taste

_FIELDS = ("user_id", "likes_text", "dislikes_text", "mentions")
_LABELS = {"like": Polarity.LIKED, "dislike": Polarity.DISLIKED}


@dataclass(frozen=True, slots=True)
class Label:
    """A mention as a person labelled it. acceptable : the ids that are right; none for a film that we do not have."""

    polarity: Polarity
    is_title: bool
    acceptable: frozenset[MovieId]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One user's texts with all that they mention."""

    user: int
    likes: str
    dislikes: str
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class Found:
    """How well titles of one polarity were found; None where nothing was there to find."""

    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True)
class Resolution:
    """See docs/measures.md. `polarity` is None when no title was found at all."""

    users: int
    liked: Found
    disliked: Found
    polarity: float | None
    nil_errors_a_user: float

    def as_json(self) -> dict[str, object]:
        """The figures under stable keys."""
        return asdict(self)


def read_labelled(path: Path) -> list[Labelled]:
    """The labelled texts of a file, one JSON object a line. Raises NothingToReport with line and reason."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise NothingToReport(f"can not read {path}: {error}; give a file of labelled texts") from error
    labelled = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                labelled.append(_labelled(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise NothingToReport(
                    f"line {number} of {path} is no labelled text ({type(error).__name__}: {error}): each needs "
                    f"{', '.join(_FIELDS)}, each mention polarity, kind and acceptable (docs/measures.md)"
                ) from error
    if not labelled:
        raise NothingToReport(f"{path} has no labelled text: one JSON object a line is needed")
    return labelled


def score(labelled: Iterable[Labelled], read: Callable[[str, str], Taste]) -> Resolution:
    """What `read` makes of likes and dislikes, scored against the labels."""
    sums, users = Counter[str](), 0
    for text in labelled:
        taste = read(text.likes, text.dislikes)
        sums.update(_counts(text.labels, {polarity: set(taste.movies(polarity)) for polarity in Polarity}))
        users += 1
    return Resolution(
        users=users,
        liked=_found(sums, Polarity.LIKED),
        disliked=_found(sums, Polarity.DISLIKED),
        polarity=_share(sums["one side"], sums["either side"]),
        nil_errors_a_user=sums["nil"] / users if users else 0.0,
    )


def _labelled(record: Mapping[str, Any]) -> Labelled:
    user, likes, dislikes, mentions = (record[field] for field in _FIELDS)
    labels = tuple(
        Label(
            _LABELS[mention["polarity"]],
            mention["kind"] == "title",
            frozenset(MovieId(str(movie)) for movie in mention["acceptable"]),
        )
        for mention in mentions
    )
    return Labelled(int(user), str(likes or ""), str(dislikes or ""), labels)


def _counts(labels: Iterable[Label], found: Mapping[Polarity, set[MovieId]]) -> Counter[str]:
    """What one user adds to the sums."""
    counts = Counter[str]()
    labels = [label for label in labels if label.acceptable]
    anything = frozenset[MovieId]().union(*(label.acceptable for label in labels))
    for polarity, ids in found.items():
        own = [label for label in labels if label.polarity is polarity]
        titles = [label.acceptable for label in own if label.is_title]
        right = frozenset[MovieId]().union(*titles)
        neutral = frozenset[MovieId]().union(*(label.acceptable for label in own if not label.is_title)) - right
        counts[f"{polarity} right"] += len(ids & right)
        counts[f"{polarity} predicted"] += len(ids - neutral)
        counts[f"{polarity} titles"] += len(titles)
        counts[f"{polarity} found"] += sum(bool(title & ids) for title in titles)
        counts["nil"] += len(ids - anything)
        other = found[polarity.opposite]
        counts["either side"] += sum(bool(title & (ids | other)) for title in titles)
        counts["one side"] += sum(bool(title & ids) and not title & other for title in titles)
    return counts


def _found(sums: Mapping[str, int], polarity: Polarity) -> Found:
    precision = _share(sums[f"{polarity} right"], sums[f"{polarity} predicted"])
    recall = _share(sums[f"{polarity} found"], sums[f"{polarity} titles"])
    if precision is None or recall is None:
        return Found(precision, recall, None if recall is None else 0.0)
    return Found(precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None

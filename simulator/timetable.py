"""The timetable of trouble: what goes wrong in a live world, from when to when."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

from core.errors import WorldError
from simulator.behaviour import Behaviour


class AttackKind(StrEnum):
    """How false users choose what they rate beside their target, and how."""

    RANDOM = "random"  # any films, stars around the mean of all
    AVERAGE = "average"  # any films, stars around each film's own mean
    BANDWAGON = "bandwagon"  # the most watched films get the most stars, the rest as in RANDOM
    SEGMENT = "segment"  # the films most like the target get the most stars, any others the fewest


class SchemaPart(StrEnum):
    """What the site writes in another form."""

    FEE_NAME = "fee name"  # the movie API calls the fee `cost`, not `license_cost`
    RUNTIME_TYPE = "runtime type"  # the movie API gives the runtime as a string, not as a number
    MINUTE_PATH = "minute path"  # the log says `GET /data/movie/`, not `GET /data/m/`


class BrokenForm(StrEnum):
    """What is wrong with a model."""

    CONSTANT = "constant list"  # everybody gets the same films
    UNSUITABLE = "unsuitable films"  # the age rule is left out
    RANDOM = "random films"


def _is_number(value: object, most: float) -> bool:
    """Whether it is a number above 0, up to `most`."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= most


def _is_count(value: object) -> bool:
    return isinstance(value, int) and _is_number(value, _MANY)


_LONGEST_H, _LONGEST_S, _MANY = 876_000, 31_536_000, 100_000  # a century, a year; more accounts than a run can make
_LASTING = {"loyalty", "memory", "drift_days"}  # these work from visit to visit and are of a whole run
_RULES: Mapping[str, tuple[str, Callable[[Any], bool]]] = {  # what the fields of troubles may be
    "share": ("a number above 0, up to 1", lambda share: _is_number(share, 1)),
    "delay_s": (f"a number above 0, up to {_LONGEST_S:,}", lambda delay_s: _is_number(delay_s, _LONGEST_S)),
    "factor": ("a number above 0, up to 1,000", lambda factor: _is_number(factor, 1000)),
    "size": (f"a whole number above 0, up to {_MANY:,}", _is_count),
    "filler": (f"a whole number above 0, up to {_MANY:,}", _is_count),
    "push": ("true or false", lambda push: isinstance(push, bool)),
    "target": ("a film id in quotes", lambda target: isinstance(target, str)),
    "changes": (
        "a table of numbers",
        lambda changes: isinstance(changes, Mapping) and bool(changes),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Something that is so from `start` on and no more at `end`."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Raises WorldError when a value can not be."""
        if not self.start < self.end:
            raise WorldError(f"{KIND_OF[type(self)]}: the end, {self.end}, must come after the start, {self.start}")
        for item in fields(self):
            rule, is_right = _RULES.get(item.name, ("", lambda _: True))
            value = getattr(self, item.name)
            if not is_right(value):
                raise WorldError(f"{KIND_OF[type(self)]}: {item.name} = {value!r} is refused: give {rule}")

    def holds_at(self, time: datetime) -> bool:
        return self.start <= time < self.end


@dataclass(frozen=True, kw_only=True)
class DirtyLines(Trouble):
    """A random printable character is inserted somewhere into a share of the lines."""

    share: float = 0.0004


@dataclass(frozen=True, kw_only=True)
class DuplicateLines(Trouble):
    """A share of the lines is written twice in a row."""

    share: float = 0.01


@dataclass(frozen=True, kw_only=True)
class LateLines(Trouble):
    """A share of the lines is written `delay_s` seconds after its time, at the latest at the end of the run."""

    share: float = 0.01
    delay_s: float = 600.0


@dataclass(frozen=True, kw_only=True)
class Outage(Trouble):
    """The site is down: nobody visits, nothing is watched or rated."""


class Exclusive:
    """Mixed into a kind of which two can not hold at the same time."""


@dataclass(frozen=True, kw_only=True)
class ScaleChange(Exclusive, Trouble):
    """Stars are written on the scale 1 to 5: half of what was given, rounded up."""


@dataclass(frozen=True, kw_only=True)
class PriceChange(Exclusive, Trouble):
    """The fee of every play is `factor` times the usual one, rounded down to a billionth.

    The movie API tells it. What it tells at the end of a run is the usual fee of the next one.
    """

    factor: float = 1.5


@dataclass(frozen=True, kw_only=True)
class SchemaChange(Exclusive, Trouble):
    """A part of what the site writes has another form. Each run begins with the usual one."""

    part: SchemaPart


@dataclass(frozen=True, kw_only=True)
class MixChange(Exclusive, Trouble):
    """Visits go differently: values of fields of `simulator.behaviour.Behaviour`, but for those in _LASTING."""

    changes: Mapping[str, float]

    def __post_init__(self) -> None:
        super().__post_init__()
        known = [item.name for item in fields(Behaviour) if item.name not in _LASTING]
        unknown = sorted(self.changes.keys() - set(known))
        if unknown:
            raise WorldError(f"mix change: can not change {', '.join(map(repr, unknown))}, but {', '.join(known)}")
        replace(Behaviour(), **self.changes)  # raises WorldError when nobody can behave so


@dataclass(frozen=True, kw_only=True)
class SignUps(Trouble):
    """`size` new accounts come at once and look around, spread evenly over the time."""

    size: int = 100


@dataclass(frozen=True, kw_only=True)
class Attack(Trouble):
    """`size` false accounts rate the target and `filler` other films each, over the time.

    push : whether the target gets the most stars or the fewest. target : a film id.
    """

    style: AttackKind
    target: str
    size: int = 50
    filler: int = 20
    push: bool = True


@dataclass(frozen=True, kw_only=True)
class BrokenModel(Trouble):
    """An operator is to release a broken model at the start and to take it back at the end.

    The site can not touch the service: it says when it is time, and the operator whether and when it was done.
    """

    form: BrokenForm


T = TypeVar("T", bound=Trouble)
KINDS: Mapping[str, type[Trouble]] = {
    "dirty lines": DirtyLines,
    "duplicates": DuplicateLines,
    "late lines": LateLines,
    "outage": Outage,
    "scale change": ScaleChange,
    "price change": PriceChange,
    "schema change": SchemaChange,
    "mix change": MixChange,
    "sign-ups": SignUps,
    "attack": Attack,
    "broken model to be released": BrokenModel,
}
_CHOICES: Mapping[str, type[StrEnum]] = {  # by the name of the field
    "style": AttackKind,
    "part": SchemaPart,
    "form": BrokenForm,
}
KIND_OF = {kind: name for name, kind in KINDS.items()}


@dataclass(frozen=True)
class Timetable:
    """All trouble of a run. Raises WorldError when two that exclude each other hold at the same time."""

    troubles: Sequence[Trouble] = ()

    def __post_init__(self) -> None:
        for one, other in combinations(self.troubles, 2):
            if _exclude(one, other) and one.start < other.end and other.start < one.end:
                raise WorldError(
                    f"{KIND_OF[type(one)]}: one from {one.start:%Y-%m-%d %H:%M} to {one.end:%Y-%m-%d %H:%M} overlaps "
                    f"one from {other.start:%Y-%m-%d %H:%M}: let the first end before the second starts"
                )

    @classmethod
    def load(cls, path: Path, begin: datetime) -> Timetable:
        """The timetable of a TOML file: tables [[trouble]] with `kind`, `start_h` and `end_h` (hours after `begin`),
        and the fields of that kind. Raises WorldError when it is none.
        """
        try:
            text = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise WorldError(f"{path} is no timetable: {error}; it is TOML with tables [[trouble]]") from error
        tables = text.pop("trouble", [])
        if text:
            raise WorldError(f"{path} has {', '.join(text)}: a timetable has tables [[trouble]] and nothing else")
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise WorldError(f"{path} has trouble = {tables!r}: write each trouble as a table, [[trouble]]")
        return cls([_trouble(table, begin) for table in tables])

    def of(self, kind: type[T]) -> Iterator[tuple[int, T]]:
        """The troubles of one kind with their places, in order."""
        return ((place, trouble) for place, trouble in enumerate(self.troubles) if isinstance(trouble, kind))

    def as_json(self, end: datetime, done: Callable[[int], Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Each trouble with its fields and what it did, by its place in the timetable, in a run until `end`.

        `happened` : whether the run came to its start.
        """
        return [
            {**_as_json(trouble), "happened": trouble.start < end, **done(place)}
            for place, trouble in enumerate(self.troubles)
        ]

    def at(self, kind: type[T], time: datetime) -> T | None:
        """The first trouble of a kind that holds at `time`; of an exclusive one there is one at most."""
        return next((trouble for _, trouble in self.of(kind) if trouble.holds_at(time)), None)


def _exclude(one: Trouble, other: Trouble) -> bool:
    """Whether one of the two may hold at a time: two of a kind, and of the schema two of a part."""
    if isinstance(one, SchemaChange) and isinstance(other, SchemaChange):
        return one.part is other.part
    return isinstance(one, Exclusive) and type(one) is type(other)


def _as_json(trouble: Trouble) -> dict[str, Any]:
    values = {item.name: getattr(trouble, item.name) for item in fields(trouble)}
    values |= {"start": trouble.start.isoformat(), "end": trouble.end.isoformat()}
    return {"kind": KIND_OF[type(trouble)], **values}


def _trouble(table: Mapping[str, Any], begin: datetime) -> Trouble:
    given = dict(table)
    name = given.pop("kind", None)
    if not isinstance(name, str) or name not in KINDS:
        raise WorldError(f"trouble of kind {name!r} is unknown: known kinds are {', '.join(KINDS)}")
    kind = KINDS[name]
    hours = given.pop("start_h", None), given.pop("end_h", None)
    if not all(isinstance(hour, int | float) for hour in hours):
        raise WorldError(f"{name}: start_h and end_h are needed, in hours after the begin of the run")
    start_h, end_h = hours
    if not 0 <= start_h < end_h <= _LONGEST_H:
        raise WorldError(
            f"{name}: start_h = {start_h:g}, end_h = {end_h:g}: 0 <= start_h < end_h is needed, up to {_LONGEST_H:,}"
        )
    own = {item.name: item for item in fields(kind) if item.name not in ("start", "end")}
    needed = {key for key, item in own.items() if item.default is MISSING}
    if not needed <= given.keys() <= own.keys():
        wanted = ", ".join(f"{key} (needed)" if key in needed else key for key in own) or "none"
        raise WorldError(f"{name}: has {', '.join(given) or 'no fields'}; its fields are {wanted}")
    for key in given.keys() & _CHOICES.keys():
        try:
            given[key] = _CHOICES[key](given[key])
        except ValueError as error:
            raise WorldError(f"{name}: {error}; {key}s are {', '.join(_CHOICES[key])}") from error
    return kind(start=begin + timedelta(hours=start_h), end=begin + timedelta(hours=end_h), **given)

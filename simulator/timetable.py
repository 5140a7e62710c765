"""The timetable of trouble: what goes wrong in a live world, from when to when."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
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


def _is_count(value: object) -> bool:
    return isinstance(value, int) and value > 0


def _is_above_0(value: object) -> bool:
    return isinstance(value, int | float) and value > 0


_LASTING = {"loyalty", "memory", "drift_days"}  # these work from visit to visit and are of a whole run
_RULES: Mapping[str, tuple[str, Callable[[Any], bool]]] = {  # what the fields of troubles may be
    "share": ("a number above 0, up to 1", lambda share: _is_above_0(share) and share <= 1),
    "delay_s": ("a number above 0", _is_above_0),
    "factor": ("a number above 0", _is_above_0),
    "size": ("a whole number above 0", _is_count),
    "filler": ("a whole number above 0", _is_count),
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


@dataclass(frozen=True, kw_only=True)
class ScaleChange(Trouble):
    """Stars are written on the scale 1 to 5: half of what was given, rounded up."""


@dataclass(frozen=True, kw_only=True)
class PriceChange(Trouble):
    """The fee of every play is `factor` times the usual one, rounded down to a billionth.

    The movie API tells it. What it tells at the end of a run is the usual fee of the next one.
    """

    factor: float = 1.5


@dataclass(frozen=True, kw_only=True)
class SchemaChange(Trouble):
    """A part of what the site writes has another form. Each run begins with the usual one."""

    part: SchemaPart


@dataclass(frozen=True, kw_only=True)
class MixChange(Trouble):
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
    """All trouble of a run."""

    troubles: Sequence[Trouble] = ()

    @classmethod
    def load(cls, path: Path, begin: datetime) -> Timetable:
        """The timetable of a TOML file: tables [[trouble]] with `kind`, `start_h` and `end_h` (hours after `begin`),
        and the fields of that kind. Raises WorldError when it is none.
        """
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8")).get("trouble", [])
        except (OSError, ValueError) as error:
            raise WorldError(f"{path} is no timetable: {error}; it is TOML with tables [[trouble]]") from error
        return cls([_trouble(table, begin) for table in tables])

    def of(self, kind: type[T]) -> Iterator[tuple[int, T]]:
        """The troubles of one kind with their places, in order."""
        return ((place, trouble) for place, trouble in enumerate(self.troubles) if isinstance(trouble, kind))

    def as_json(self, done: Callable[[int], Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Each trouble with its fields and what it did, by its place in the timetable."""
        return [{**_as_json(trouble), **done(place)} for place, trouble in enumerate(self.troubles)]

    def at(self, kind: type[T], time: datetime) -> T | None:
        """The first trouble of a kind that holds at `time`."""
        return next((trouble for _, trouble in self.of(kind) if trouble.holds_at(time)), None)


def _as_json(trouble: Trouble) -> dict[str, Any]:
    values = {item.name: getattr(trouble, item.name) for item in fields(trouble)}
    values |= {"start": trouble.start.isoformat(), "end": trouble.end.isoformat()}
    return {"kind": KIND_OF[type(trouble)], **values}


def _trouble(table: Mapping[str, Any], begin: datetime) -> Trouble:
    given = dict(table)
    name = given.pop("kind", None)
    if name not in KINDS:
        raise WorldError(f"trouble of kind {name!r} is unknown: known kinds are {', '.join(KINDS)}")
    kind = KINDS[name]
    try:
        start_h, end_h = float(given.pop("start_h")), float(given.pop("end_h"))
    except (KeyError, TypeError, ValueError) as error:
        raise WorldError(f"{name}: start_h and end_h are needed, in hours after the begin of the run") from error
    if not 0 <= start_h < end_h:
        raise WorldError(f"{name}: start_h = {start_h:g}, end_h = {end_h:g}: 0 <= start_h < end_h is needed")
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

"""Mentions: what self-descriptions truly mean. For scoring only: nothing of the program under test reads them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.errors import WorldError

FILE = "mentions.jsonl"
FILMS_OF = "films_of_people.jsonl"  # each person once: written out with every mention they took 1.4 GB
NEWCOMERS = "newcomers.tsv"  # users who joined a live world, each with the user whose record was told of them


class Field(StrEnum):
    """The text of a user record in which something is mentioned."""

    LIKES = "likes"
    DISLIKES = "dislikes"


class Polarity(StrEnum):
    """What the user thinks of it; not always what the field suggests."""

    LIKE = "like"
    DISLIKE = "dislike"

    @property
    def opposite(self) -> Polarity:
        return Polarity.DISLIKE if self is Polarity.LIKE else Polarity.LIKE


class Kind(StrEnum):
    """What is mentioned."""

    TITLE = "title"
    FRANCHISE = "franchise"
    GENRE = "genre"
    QUALIFIED_GENRE = "qualified genre"  # "silly comedies": not all comedies are meant
    PERSON = "person"
    NOTHING = "nothing we have"  # a film that is not in the catalogue


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing that a text names.

    text : as it stands in the text, typing errors included. name : the title, franchise, genre or person meant.
    movies : ids of the films meant, the best first, all of a person's; empty for genres and for what the catalogue
        does not have.
    """

    text: str
    field: Field
    polarity: Polarity
    kind: Kind
    name: str
    movies: tuple[str, ...]

    @classmethod
    def from_record(cls, record: dict[str, Any], films_of: Mapping[str, tuple[str, ...]]) -> Mention:
        """films_of : the films of each person, by name."""
        kind = Kind(record["kind"])
        return cls(
            text=record["text"],
            field=Field(record["field"]),
            polarity=Polarity(record["polarity"]),
            kind=kind,
            name=record["name"],
            movies=films_of[record["name"]] if kind is Kind.PERSON else tuple(record["movies"]),
        )


@dataclass(frozen=True, slots=True)
class Description:
    """How a user describes himself, and what is meant. Every mention's text stands in the text of its field."""

    likes: str
    dislikes: str
    mentions: tuple[Mention, ...]


def remember(
    folder: Path, user_ids: Iterable[int], descriptions: Iterable[Description | None]
) -> Iterator[Description | None]:
    """The same descriptions, one a user; what each means is written to the truth in `folder` as it passes."""
    told: set[str] = set()
    with (
        open(folder / FILE, "w", encoding="utf-8") as file,
        open(folder / FILMS_OF, "w", encoding="utf-8") as people,
    ):
        for user_id, description in zip(user_ids, descriptions, strict=True):
            if description is not None:
                file.write(json.dumps({"user_id": user_id, **_record(description)}, default=_record) + "\n")
                for mention in description.mentions:
                    if mention.kind is Kind.PERSON and mention.name not in told:
                        told.add(mention.name)
                        people.write(json.dumps({"name": mention.name, "movies": mention.movies}) + "\n")
            yield description


def remember_newcomer(folder: Path, user_id: int, model: int) -> None:
    """Add to the truth that `user_id` joined, of whom the record, and so the description, of `model` is told."""
    with open(folder / NEWCOMERS, "a", encoding="ascii") as file:
        file.write(f"{user_id}\t{model}\n")


def _record(one: Description | Mention) -> dict[str, Any]:
    """Its fields as they are: `asdict` copies every film id, which took half of the time of a whole world."""
    if isinstance(one, Mention) and one.kind is Kind.PERSON:
        one = replace(one, movies=())
    return {item.name: getattr(one, item.name) for item in fields(one)}


def recall(folder: Path) -> Iterator[tuple[int, Description]]:
    """(user id, description) of every user who has one, newcomers after those whose description theirs is.

    Equal mentions are one object: a tenth of them are different. Raises WorldError when there is no such truth.
    """
    path = folder / FILE
    if not path.exists():
        raise WorldError(f"there is no world with descriptions in {folder}: `matinee simulate world` makes one")
    with open(folder / FILMS_OF, encoding="utf-8") as people:
        films_of = {person["name"]: tuple(person["movies"]) for person in map(json.loads, people)}
    newcomers = _newcomers(folder / NEWCOMERS)
    known: dict[Mention, Mention] = {}
    with open(path, encoding="utf-8") as file:
        for record in map(json.loads, file):
            mentions = (Mention.from_record(mention, films_of) for mention in record["mentions"])
            one_each = tuple(known.setdefault(mention, mention) for mention in mentions)
            description = Description(record["likes"], record["dislikes"], one_each)
            for user_id in (record["user_id"], *newcomers[record["user_id"]]):
                yield user_id, description


def _newcomers(path: Path) -> defaultdict[int, list[int]]:
    """Who joined, by the user whose description is theirs too."""
    joined: defaultdict[int, list[int]] = defaultdict(list)
    if path.exists():
        for line in path.read_text(encoding="ascii").splitlines():
            newcomer, _, model = line.partition("\t")
            joined[int(model)].append(int(newcomer))
    return joined

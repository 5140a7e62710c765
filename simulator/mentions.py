"""Mentions: what self-descriptions truly mean. For scoring only: nothing of the program under test reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.errors import WorldError

FILE = "mentions.jsonl"


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
    movies : ids of the films meant, the best first; empty for genres and for what the catalogue does not have.
    """

    text: str
    field: Field
    polarity: Polarity
    kind: Kind
    name: str
    movies: tuple[str, ...]

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Mention:
        return cls(
            text=record["text"],
            field=Field(record["field"]),
            polarity=Polarity(record["polarity"]),
            kind=Kind(record["kind"]),
            name=record["name"],
            movies=tuple(record["movies"]),
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
    with open(folder / FILE, "w", encoding="utf-8") as file:
        for user_id, description in zip(user_ids, descriptions, strict=True):
            if description is not None:
                file.write(json.dumps({"user_id": user_id, **_record(description)}, default=_record) + "\n")
            yield description


def _record(one: Description | Mention) -> dict[str, Any]:
    """Its fields as they are: `asdict` copies every film id, which took half of the time of a whole world."""
    return {item.name: getattr(one, item.name) for item in fields(one)}


def recall(folder: Path) -> Iterator[tuple[int, Description]]:
    """(user id, description) of every user who has one. Raises WorldError when there is no such truth."""
    path = folder / FILE
    if not path.exists():
        raise WorldError(f"there is no world with descriptions in {folder}: `matinee simulate world` makes one")
    with open(path, encoding="utf-8") as file:
        for record in map(json.loads, file):
            mentions = tuple(Mention.from_record(mention) for mention in record["mentions"])
            yield record["user_id"], Description(record["likes"], record["dislikes"], mentions)

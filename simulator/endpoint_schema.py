"""Answers in the form that a JSON schema asks for: what each property is for is told by its name.

Narrowing, wherever it stands in a name: "dislike", "avoid", "hate" or "like", "love" to one polarity; "genre" to
genres, "person", "people", "actor", "director" to people. Arrays of strings hold film ids, or the names of genres
and people. Arrays of objects hold one object a mention.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from simulator.endpoint_form import referred
from simulator.endpoint_oracle import Understanding
from simulator.mentions import Kind, Mention, Polarity

Schema = dict[str, Any]

PLAIN: Schema = {  # the answer's form when no schema is given
    "type": "object",
    "properties": {
        "likes": {"type": "array", "items": {"type": "string"}},
        "dislikes": {"type": "array", "items": {"type": "string"}},
    },
}
POLARITIES = {
    Polarity.DISLIKE: ("dislike", "avoid", "hate", "negative"),
    Polarity.LIKE: ("like", "love", "positive"),
}
KINDS = {
    Kind.GENRE: ("genre",),
    Kind.PERSON: ("person", "people", "actor", "director"),
}
NONE_WORDS = ("none", "unknown")
FILMS = (Kind.TITLE, Kind.FRANCHISE)


def answer(schema: Schema, understanding: Understanding) -> Any:
    """The value that the schema describes, filled with what was understood. The schema is one that
    `check_form` takes.
    """
    return _Answer(schema, understanding.offered).value(schema, "", understanding.mentions)


class _Answer:
    """One answer. offered : film ids that may be named; when empty, any."""

    def __init__(self, root: Schema, offered: frozenset[str]) -> None:
        self._root = root
        self._offered = offered

    def value(self, schema: Schema, name: str, mentions: Sequence[Mention]) -> Any:
        """The value of the property `name` about these mentions."""
        schema, nullable = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        mentions = _narrowed(name, mentions)
        if "properties" in schema:
            return {key: self.value(part, key, mentions) for key, part in schema["properties"].items()}
        if schema.get("type") == "array":
            return self._items(schema.get("items", {}), name, mentions)[: schema.get("maxItems")]
        return self._scalar(schema, name.lower(), mentions, nullable)

    def _resolved(self, schema: Schema) -> tuple[Schema, bool]:
        """The schema behind references and alternatives, and whether null is allowed beside it."""
        nullable = False
        while "$ref" in schema or "anyOf" in schema:
            if "$ref" in schema:
                schema = cast(Schema, referred(self._root, schema["$ref"]))
                continue
            options = schema["anyOf"]
            nullable = nullable or {"type": "null"} in options
            schema = next((option for option in options if option != {"type": "null"}), {"type": "null"})
        kind = schema.get("type")
        if isinstance(kind, list):
            nullable = nullable or "null" in kind
            schema = {**schema, "type": next((one for one in kind if one != "null"), "null")}
        return schema, nullable

    def _items(self, items: Schema, name: str, mentions: Sequence[Mention]) -> list[Any]:
        items, _ = self._resolved(items)
        if "properties" in items:
            return [self.value(items, "", [mention]) for mention in mentions]
        by_name = _kind_of(name) is not None
        values = [mention.name for mention in mentions] if by_name else self._films(mentions)
        allowed = items.get("enum")
        return [value for value in dict.fromkeys(values) if allowed is None or value in allowed]

    def _films(self, mentions: Iterable[Mention]) -> list[str]:
        """The best film of each title and every film of each franchise, as far as they are offered."""
        films = []
        for mention in mentions:
            if mention.kind in FILMS:
                open_ids = [movie for movie in mention.movies if not self._offered or movie in self._offered]
                films += open_ids if mention.kind is Kind.FRANCHISE else open_ids[:1]
        return films

    def _scalar(self, schema: Schema, name: str, mentions: Sequence[Mention], nullable: bool) -> Any:
        """A text, number, truth value or null about the first of the mentions that it can be about."""
        options = schema.get("enum")
        mention = _first_of(mentions, schema.get("description", name), options or ())
        films = [] if mention is None else [movie for movie in mention.movies if movie in (options or ())]
        if films:
            return films[0]
        match schema.get("type"):
            case "boolean":
                return mention is not None and mention.polarity is Polarity.LIKE
            case "integer" | "number":
                return 1 if mention else 0
            case "null":
                return None
        wanted = self._words(name, mention)
        if options is not None:
            fitting = (
                option
                for fits in (str.__eq__, str.startswith)
                for word in wanted
                for option in options
                if fits(str(option).lower(), word)
            )
            return next(fitting, None if nullable else options[0])
        if nullable and wanted[0] in NONE_WORDS:
            return None
        return wanted[0]

    def _words(self, name: str, mention: Mention | None) -> tuple[str, ...]:
        """What a text of this name says, in several words of which an enumeration may know one."""
        if mention is None:
            return NONE_WORDS
        if any(word in name for word in ("polarity", "sentiment", "opinion")):
            return POLARITIES[mention.polarity]
        if any(word in name for word in ("kind", "type")):
            return (mention.kind.value, "none", "other")
        if "field" in name:
            return (mention.field.value,)
        if any(word in name for word in ("mention", "text", "quote", "phrase")):
            return (mention.text,)
        films = self._films([mention])
        return (films[0], *NONE_WORDS) if films else NONE_WORDS


def _first_of(mentions: Sequence[Mention], said: str, options: Sequence[Any]) -> Mention | None:
    """The mention whose text is said, or else one of whose films is an option, or else the first.

    A property that names films as options is about none of the mentions when it has no film of theirs.
    """
    quoted = [one for one in mentions if one.text.casefold() in said.casefold()]
    among = [one for one in quoted or mentions if any(movie in options for movie in one.movies)]
    if among:
        return among[0]
    return next(iter(quoted or mentions), None)


def _narrowed(name: str, mentions: Sequence[Mention]) -> Sequence[Mention]:
    """The mentions that a property of this name is about."""
    polarity = next((one for one, words in POLARITIES.items() if any(word in name.lower() for word in words)), None)
    kind = _kind_of(name)
    return [
        mention
        for mention in mentions
        if (polarity is None or mention.polarity is polarity) and (kind is None or mention.kind is kind)
    ]


def _kind_of(name: str) -> Kind | None:
    return next((kind for kind, words in KINDS.items() if any(word in name.lower() for word in words)), None)

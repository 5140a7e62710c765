"""The forms of answers that the endpoint can fill: a schema with anything else is refused, never half obeyed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DEEPEST = 30  # schemas within schemas
_KNOWN = {  # the words of a schema that are obeyed, or say nothing about the answer
    "$defs", "$ref", "$schema", "additionalProperties", "anyOf", "const", "definitions", "description", "enum",
    "items", "maxItems", "properties", "required", "title", "type",
}  # fmt: skip
_TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")


def check_form(schema: object) -> None:
    """Raise ValueError, with what is wrong, for a schema that is none or that asks for what is not simulated."""
    _check(schema, schema, 0)


def _check(schema: object, root: object, depth: int) -> None:
    if not isinstance(schema, Mapping):
        raise ValueError(f"{str(schema)[:40]!r} is no schema: an object is needed")
    if depth > DEEPEST:
        raise ValueError(f"the schema is recursive, or deeper than {DEEPEST}: that is not simulated")
    if unknown := sorted(schema.keys() - _KNOWN):
        raise ValueError(f"{unknown[0]!r} in a schema is not simulated: known are {', '.join(sorted(_KNOWN))}")
    if schema.get("additionalProperties") not in (None, True, False):
        raise ValueError("additionalProperties with a schema is not simulated: name the properties")
    if "$ref" in schema:
        _check(referred(root, schema["$ref"]), root, depth + 1)
        return
    if "anyOf" in schema:
        for option in _list(schema, "anyOf"):
            _check(option, root, depth + 1)
        return
    for kind in [schema["type"]] if isinstance(schema.get("type"), str) else _list(schema, "type", needed=False):
        if kind not in _TYPES:
            raise ValueError(f"type {str(kind)[:40]!r} of a schema is unknown: types are {', '.join(_TYPES)}")
    if "enum" in schema and not all(isinstance(option, str) for option in _list(schema, "enum")):
        raise ValueError("an enum of anything but texts is not simulated")
    limit = schema.get("maxItems", 0)
    if type(limit) is not int or limit < 0:
        raise ValueError(f"maxItems = {str(limit)[:40]} can not be: give a whole number from 0 up")
    properties = schema.get("properties", {})
    if not isinstance(properties, Mapping):
        raise ValueError("properties must be an object")
    for part in properties.values():
        _check(part, root, depth + 1)
    if "properties" not in schema and schema.get("type") == "object":
        raise ValueError("an object without properties is not simulated: name them")
    if schema.get("type") == "array":
        _check_items(schema.get("items", {"type": "string"}), root, depth + 1)


def _check_items(items: object, root: object, depth: int) -> None:
    _check(items, root, depth)
    while isinstance(items, Mapping) and "$ref" in items:
        items = referred(root, items["$ref"])
    if isinstance(items, Mapping) and "properties" not in items and items.get("type", "string") != "string":
        raise ValueError(f"arrays of {items['type']} are not simulated: they hold texts, or objects with properties")


def _list(schema: Mapping[str, Any], name: str, *, needed: bool = True) -> list[Any]:
    values = schema.get(name, [])
    if not isinstance(values, list) or (needed and not values):
        raise ValueError(f"{name} of a schema must be a list with something in it")
    return values


def referred(root: object, reference: object) -> object:
    """What `#/$defs/NAME` stands for. Raises ValueError when it is not of that form, or nothing stands there."""
    parts = reference.split("/") if isinstance(reference, str) else []
    if len(parts) == 3 and parts[0] == "#" and isinstance(root, Mapping):
        found = root.get(parts[1])
        if isinstance(found, Mapping) and parts[2] in found:
            return found[parts[2]]
    raise ValueError(f"$ref {str(reference)[:60]!r} leads nowhere: #/$defs/NAME is the form that is simulated")

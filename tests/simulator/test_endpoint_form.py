"""A schema that the endpoint can not fill is refused with its reason; what it takes, it fills."""

from __future__ import annotations

import pytest

from simulator.endpoint_form import DEEPEST, check_form
from simulator.endpoint_oracle import Understanding
from simulator.endpoint_schema import answer

TEXT = {"type": "string"}
DEEP = {"type": "object", "properties": {"a": TEXT}}
for _ in range(DEEPEST + 1):
    DEEP = {"type": "object", "properties": {"a": DEEP}}


def an_object(part, **root):
    return {"type": "object", "properties": {"a": part}, **root}


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (5, "'5' is no schema"),
        (True, "'True' is no schema"),
        ([], "is no schema"),
        (an_object(7), "'7' is no schema"),
        (an_object({"$ref": "#"}), "'#' leads nowhere"),
        (an_object({"$ref": "#/$defs/film"}), "leads nowhere"),
        (an_object({"$ref": ["x"]}), "leads nowhere"),
        (an_object({"$ref": "#/$defs/me"}, **{"$defs": {"me": an_object({"$ref": "#/$defs/me"})}}), "recursive"),
        (DEEP, "recursive, or deeper"),
        (an_object({"type": "integer", "minimum": 3}), "'minimum' in a schema is not simulated"),
        (an_object({"oneOf": [TEXT]}), "'oneOf' in a schema"),
        (an_object({"anyOf": []}), "anyOf of a schema must be a list"),
        (an_object({"type": "film"}), "type 'film'"),
        (an_object({"enum": [1, 2]}), "anything but texts"),
        (an_object({"type": "array", "items": {"type": "integer"}}), "arrays of integer"),
        (an_object({"type": "array", "items": {"type": "array", "items": TEXT}}), "arrays of array"),
        (an_object({"type": "array", "items": TEXT, "maxItems": -1}), "maxItems = -1"),
        (an_object({"type": "object", "additionalProperties": TEXT}), "name the properties"),
        (an_object({"type": "object"}), "without properties"),
        ({"type": "object", "properties": [1]}, "properties must be an object"),
    ],
)
def test_what_can_not_be_filled_is_refused(schema, reason):
    with pytest.raises(ValueError, match=r".+") as refused:
        check_form(schema)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (an_object({"const": 7}), {"a": 7}),
        (an_object({"type": "array", "items": TEXT, "maxItems": 0}), {"a": []}),
        (an_object({"type": ["string", "null"]}), {"a": None}),
        (an_object({"anyOf": [TEXT, {"type": "null"}]}), {"a": None}),
        (an_object({"$ref": "#/$defs/one"}, **{"$defs": {"one": {"enum": ["x", "none"]}}}), {"a": "none"}),
    ],
)
def test_what_is_taken_is_filled(schema, value):
    check_form(schema)
    assert answer(schema, Understanding((), frozenset())) == value

"""An answer has the form that its schema asks for, and says what was understood."""

from __future__ import annotations

from simulator.endpoint_oracle import Understanding
from simulator.endpoint_schema import answer
from simulator.mentions import Field, Kind, Mention, Polarity


def mention(text, polarity, kind, *movies, field=Field.LIKES):
    return Mention(text, field, polarity, kind, text.title(), movies)


HEAT = mention("heat", Polarity.LIKE, Kind.TITLE, "heat+1995", "heat+1986")
TIDE = mention("tyde", Polarity.DISLIKE, Kind.TITLE, "tide+2001", field=Field.DISLIKES)
SAGA = mention("the saga", Polarity.LIKE, Kind.FRANCHISE, "wolf+1990", "wolf+ii+1993")
GHOST = mention("ghostly nights", Polarity.LIKE, Kind.NOTHING)
HORROR = mention("horror", Polarity.DISLIKE, Kind.GENRE)
ADA = mention("ada petrow", Polarity.LIKE, Kind.PERSON, "heat+1995")
ALL = (HEAT, TIDE, SAGA, GHOST, HORROR, ADA)
STRINGS = {"type": "array", "items": {"type": "string"}}


def filled(properties, mentions=ALL, offered=(), **root):
    schema = {"type": "object", "properties": properties, **root}
    return answer(schema, Understanding(tuple(mentions), frozenset(offered)))


def each(**properties):
    """A list with one object a mention."""
    return {"mentions": {"type": "array", "items": {"type": "object", "properties": properties}}}


def test_lists_of_ids_hold_the_best_film_of_a_title_and_all_of_a_franchise():
    assert filled({"liked": STRINGS, "disliked": STRINGS}) == {
        "liked": ["heat+1995", "wolf+1990", "wolf+ii+1993"],
        "disliked": ["tide+2001"],
    }


def test_only_ids_that_the_prompt_offers_are_named():
    assert filled({"likes": STRINGS}, offered=["heat+1986", "wolf+1990"]) == {"likes": ["heat+1986", "wolf+1990"]}


def test_only_ids_that_the_schema_offers_are_named():
    closed = {"type": "array", "items": {"type": "string", "enum": ["heat+1995"]}}
    assert filled({"likes": closed, "dislikes": closed}) == {"likes": ["heat+1995"], "dislikes": []}


def test_genres_and_people_are_told_by_name():
    assert filled({"disliked_genres": STRINGS, "liked_people": STRINGS, "liked_genres": STRINGS}) == {
        "disliked_genres": ["Horror"],
        "liked_people": ["Ada Petrow"],
        "liked_genres": [],
    }


def test_an_object_a_mention_says_text_polarity_kind_field_and_film():
    properties = {
        "mention": {"type": "string"},
        "polarity": {"type": "string", "enum": ["liked", "disliked"]},
        "kind": {"type": "string", "enum": ["title", "other"]},
        "field": {"type": "string"},
        "id": {"type": ["string", "null"]},
        "sure": {"type": "number"},
    }
    assert filled(each(**properties), (TIDE, GHOST)) == {
        "mentions": [
            {
                "mention": "tyde",
                "polarity": "disliked",
                "kind": "title",
                "field": "dislikes",
                "id": "tide+2001",
                "sure": 1,
            },
            {
                "mention": "ghostly nights",
                "polarity": "liked",
                "kind": "other",
                "field": "likes",
                "id": None,
                "sure": 1,
            },
        ]
    }


def test_what_we_do_not_have_is_none_of_these():
    film = {"type": "string", "enum": ["heat+1995", "none"]}
    assert filled(each(film=film), (HEAT, GHOST)) == {"mentions": [{"film": "heat+1995"}, {"film": "none"}]}
    assert filled(each(film={"type": "string"}), (GHOST,)) == {"mentions": [{"film": "none"}]}
    assert filled(each(film={"enum": ["heat+1995", None]}), (GHOST,)) == {"mentions": [{"film": None}]}


def test_references_and_alternatives_are_followed():
    root = {
        "$defs": {"Film": {"type": "object", "properties": {"id": {"anyOf": [{"type": "string"}, {"type": "null"}]}}}}
    }
    films = {"type": "array", "items": {"$ref": "#/$defs/Film"}}
    assert filled({"likes": films}, (HEAT, GHOST), **root) == {"likes": [{"id": "heat+1995"}, {"id": None}]}


def test_a_polarity_narrows_what_is_below_it():
    below = {"type": "object", "properties": {"films": STRINGS, "genres": STRINGS}}
    assert filled({"likes": below, "dislikes": below}) == {
        "likes": {"films": ["heat+1995", "wolf+1990", "wolf+ii+1993"], "genres": []},
        "dislikes": {"films": ["tide+2001"], "genres": ["Horror"]},
    }


def test_a_truth_value_says_whether_it_is_liked():
    assert filled(each(good={"type": "boolean"}), (HEAT, TIDE)) == {"mentions": [{"good": True}, {"good": False}]}


def test_about_nothing_every_form_is_filled_with_nothing():
    properties = {"likes": STRINGS, "note": {"type": "string"}, "count": {"type": "integer"}, "x": {"type": "null"}}
    assert filled(properties, ()) == {"likes": [], "note": "none", "count": 0, "x": None}


def choice(*films, **more):
    return {"type": "string", "enum": [*films, "none"], **more}


def test_a_property_with_films_to_choose_from_gets_the_one_that_is_meant():
    properties = {
        "m1": choice("wolf+1990", "heat+1986", "heat+1995", description="heat"),
        "m2": choice("tide+1950", "tide+2001"),
        "m3": choice("lost+1999", description="ghostly nights"),
        "m4": choice("tide+1950", description="tyde"),
        "heat": choice("tide+2001", "heat+1986"),
    }
    assert filled(properties) == {
        "m1": "heat+1995",
        "m2": "tide+2001",
        "m3": "none",
        "m4": "none",
        "heat": "heat+1986",
    }


def test_a_list_has_no_more_items_than_it_may_have():
    assert filled({"liked": STRINGS | {"maxItems": 2}}) == {"liked": ["heat+1995", "wolf+1990"]}

"""Titles: invented names of films, and the rule that makes an id of a title."""

from __future__ import annotations

import unicodedata

import numpy as np

ADJECTIVES = (
    "Silent", "Crimson", "Broken", "Golden", "Last", "Hidden", "Wild", "Frozen", "Lonely", "Electric", "Burning",
    "Distant", "Forgotten", "Gentle", "Hollow", "Invisible", "Midnight", "Paper", "Reckless", "Salt", "Secret",
    "Seventh", "Slow", "Stolen", "Strange", "Sunken", "Tender", "Velvet", "Wandering", "Winter",
)  # fmt: skip
NOUNS = (
    "Harbour", "Lantern", "Orchard", "Citadel", "River", "Winter", "Promise", "Engine", "Garden", "Mirror", "Station",
    "Tide", "Fugitive", "Horizon", "Waltz", "Empire", "Letter", "Comet", "Bridge", "Shadow", "Carnival", "Detective",
    "Island", "Machine", "Sparrow", "Thunder", "Voyage", "Wolf", "Café", "Fiancée", "Señor", "Mountain", "Orphan",
    "Prairie", "Pilot", "Queen", "Saloon", "Sailor", "Tailor", "Telegram", "Vault", "Vineyard", "Witness", "Zeppelin",
)  # fmt: skip
NAMES = (
    "Ada", "Boris", "Clara", "Dmitri", "Elena", "Felix", "Greta", "Hugo", "Ingrid", "Jonas", "Katya", "Léon", "Marta",
    "Nadia", "Oskar", "Petra", "Quentin", "Rosa", "Stefan", "Tilda", "Ulla", "Viktor", "Wanda", "Zoë",
)  # fmt: skip
PATTERNS = (
    "The {adjective} {noun}",
    "{adjective} {noun}",
    "{name}'s {noun}",
    "The {noun} of the {other}",
    "{name} & the {adjective} {noun}",
    "{noun}: The {adjective} {other}",
    "{noun}, {other} and {name}",
    "Who Stole the {adjective} {noun}?",
    "Dr. {name}",
    "{name} in the {adjective} {noun}",
)
# Language: how a title is put together, nouns, adjectives.
FOREIGN = {
    "fr": (
        "{noun} {adjective}",
        ("Le Fleuve", "L'Été", "La Lettre", "Le Café", "La Forêt", "Le Frère", "L'Île", "Le Rêve"),
        ("tranquille", "de Noël", "sans fin", "d'à côté", "de l'aube", "célèbre"),
    ),
    "de": (
        "{noun} {adjective}",
        ("Der Schlüssel", "Die Brücke", "Das Mädchen", "Der König", "Die Stadt", "Das Glück", "Der Zug"),
        ("im Nebel", "über der Stadt", "ohne Namen", "am Fluß", "der Träume", "von gegenüber"),
    ),
    "es": (
        "{noun} {adjective}",
        ("El Señor", "La Niña", "El Corazón", "La Canción", "El Jardín", "La Montaña", "El Camino"),
        ("de la luna", "del mañana", "sin dueño", "de los sueños", "del río", "perdido en Málaga"),
    ),
    "ru": (
        "{adjective} {noun}",
        ("берег", "город", "ветер", "поезд", "дом", "остров", "сад"),  # noqa: RUF001
        ("Тихий", "Белый", "Последний", "Дальний", "Старый", "Синий"),
    ),
    "ko": (
        "{adjective} {noun}",
        ("숲", "바다", "편지", "기차", "겨울", "도시", "여름"),
        ("조용한", "푸른", "마지막", "오래된", "하얀", "먼"),
    ),
}
DROPPED = str.maketrans("", "", ":'\"!?&/()#$;@")


def movie_id(title: str, year: int) -> str:
    """The site's id of a film: lower case, folded to ASCII, some marks dropped, spaces to plus, then the year.

    >>> movie_id("Léon & the Frozen Café", 1994), movie_id("Tide, Wolf and Dr. Who?", 2001)
    ('leon++the+frozen+cafe+1994', 'tide_+wolf+and+dr.+who+2001')
    """
    folded = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    return f"{folded.replace(',', '_').translate(DROPPED).replace(' ', '+')}+{year}"


def invent_title(rng: np.random.Generator) -> str:
    """One title; the same words can meet again, so that the caller must look at the id."""
    pattern, adjective, noun, other, name = (
        words[rng.integers(len(words))] for words in (PATTERNS, ADJECTIVES, NOUNS, NOUNS, NAMES)
    )
    return pattern.format(adjective=adjective, noun=noun, other=other, name=name)


def foreign_title(rng: np.random.Generator) -> tuple[str, str]:
    """An original title in another language, with the language."""
    languages = tuple(FOREIGN)
    language = languages[rng.integers(len(languages))]
    pattern, nouns, adjectives = FOREIGN[language]
    noun, adjective = (words[rng.integers(len(words))] for words in (nouns, adjectives))
    return pattern.format(noun=noun, adjective=adjective), language

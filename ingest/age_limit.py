"""The lowest age that a film is known to suit: from its certificate, else by an estimate that errs on the safe side.

Chosen and turned down in docs/decisions/0003-age-limit.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from core.movie import AgeLimit, AgeSource
from core.user import ADULT_AGE_YEARS

# Sources: filmratings.com (MPA; M and GP are what PG was called until 1972), tvguidelines.org, bbfc.co.uk,
# fsk.de. R, which a guardian may lift, is the age from which nobody needs one. PG has no age, only advice to
# parents: 8 is the youngest the site knows, and the age that the BBFC names for its own PG.
_YEARS_BY_CERTIFICATE = {
    "G": 0,
    "PG": 8,
    "GP": 8,
    "M": 15,
    "PG-13": 13,
    "R": 18,
    "NC-17": 18,
    "X": 18,
    "TV-Y": 0,
    "TV-G": 0,
    "TV-Y7": 7,
    "TV-Y7-FV": 8,
    "TV-PG": 8,
    "TV-14": 14,
    "TV-MA": 18,
    "U": 4,
    "12A": 12,
    "R18": 18,
}
_NO_CERTIFICATE = frozenset({"NR", "UR", "N/A", "NONE", "NOT RATED", "UNRATED"})
_PLAIN_YEARS = re.compile(r"(?:FSK[ -]?|PEGI[ -]?)?(\d{1,2})\+?")

_FOR_CHILDREN = frozenset({"children", "children's", "family"})
# On MovieLens the genre Children alone is not enough: Sisters (2015), rated R, is "Children|Comedy".
_TALES = frozenset({"fantasy", "adventure", "musical", "music"})
_TOLD_TO_CHILDREN = _TALES | {"animation"}
_DOUBTFUL = frozenset({"horror", "thriller", "crime", "war", "film-noir", "erotic", "adult"})
_DOUBTFUL_WORDS = re.compile(  # beginnings of words
    r"\b(?:adult|alcohol|assault|blood|brutal|cocaine|corpse|disturbing|drug|erotic|explicit|genocide|gore|gory|"
    r"heroin|holocaust|incest|kinky|massacre|mature|molest|murder|naked|nazi|nude|nudity|orgy|overdose|pedophil|"
    r"paedophil|porn|prostitut|psychopath|r:|r-rated|rape|rapist|serial killer|sex|slasher|slaughter|stripper|"
    r"suicid|tortur|violen)",
    re.IGNORECASE,
)
_HARSHER = frozenset({"action", "drama"})  # Watership Down is Animation, Children, Drama
_CARTOON_YEARS = 8  # as PG; a cartoon that is no tale may carry PG-13 (Bebe's Kids is Animation, Children, Comedy)
_OTHER_YEARS = 13  # as PG-13: with people, action or drama, a children's film may carry that (Seventh Son)

ADULTS_ONLY = AgeLimit(ADULT_AGE_YEARS, AgeSource.ADULT)


def certified_limit(certificate: str) -> AgeLimit | None:
    """The limit that a certificate says; None when it says none or is not in our table.

    >>> certified_limit("PG-13").years, certified_limit("FSK 16").years, certified_limit("Approved")
    (13, 16, None)
    """
    symbol = certificate.strip().upper()
    if symbol in _YEARS_BY_CERTIFICATE:
        return AgeLimit(_YEARS_BY_CERTIFICATE[symbol], AgeSource.CERTIFICATE)
    match = _PLAIN_YEARS.fullmatch(symbol) if symbol.isascii() else None
    return AgeLimit(min(int(match[1]), ADULT_AGE_YEARS), AgeSource.CERTIFICATE) if match else None


def estimated_limit(genres: Collection[str], *texts: str) -> AgeLimit | None:
    """A limit for a film without certificate, or None: not known to suit anyone under 18.

    genres : of MovieLens or TMDB. Only a children's film that is also told in a way that children are told
    stories gets a limit, the lower one only where two such ways meet; one doubtful genre, or one doubtful word
    in `texts` (title, overview, tags), and it gets none.

    >>> estimated_limit({"Adventure", "Animation", "Children"}, "Toy Story").years
    8
    >>> estimated_limit({"Animation", "Children"}, "A Tale").years, estimated_limit({"Animation"}, "Akira")
    (13, None)
    """
    names = {genre.strip().lower() for genre in genres}
    if not names & _FOR_CHILDREN or not names & _TOLD_TO_CHILDREN or names & _DOUBTFUL:
        return None
    if any(_DOUBTFUL_WORDS.search(text) for text in texts):
        return None
    is_mild_tale = "animation" in names and names & _TALES and not names & _HARSHER
    return AgeLimit(_CARTOON_YEARS if is_mild_tale else _OTHER_YEARS, AgeSource.ESTIMATE)


def strictest(certificates: Iterable[str]) -> str:
    """Of several certificates of one film the one with the highest limit, empty when there is none.

    One that is not in the table is the strictest: it closes the film.

    >>> strictest(["G", "R"]), strictest(["?", "R"]), strictest([])
    ('R', '?', '')
    """

    def years(certificate: str) -> int:
        limit = certified_limit(certificate)
        return ADULT_AGE_YEARS + 1 if limit is None else limit.years

    return max(certificates, key=years, default="")


def said_certificate(symbol: str) -> str:
    """The certificate as it came, or empty when the symbol says that no board has judged the film."""
    return "" if symbol.strip().upper() in _NO_CERTIFICATE else symbol.strip()


def age_limit(certificate: str, genres: Collection[str], *texts: str) -> AgeLimit | None:
    """The limit of the certificate where there is one, else the estimate.

    A certificate that is not in the table gives None, never the estimate: some board did judge the film.
    """
    return certified_limit(certificate) if certificate else estimated_limit(genres, *texts)

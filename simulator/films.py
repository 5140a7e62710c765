"""Films: the catalogue of a simulated site."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.backends import Backends, PortUrl
from core.errors import SettingError
from simulator.billings import Billing, invent_billings
from simulator.credits import invent_credits
from simulator.genres import GENRES, Tone
from simulator.tastes import HIDDEN, film_tastes

YEARS = (1930, 2026)
RUNTIME_MINUTES = (114, 18)  # mean and standard deviation
RUNTIME_LIMITS = (65, 190)  # a viewing must fit into its part of a day, see `simulator.viewings`
FAME_HEAD = 20  # Zipf's law after so many ranks: of 20,784 films the first 20 have a tenth of the fame
FEE_FAME = 0.56  # correlation of fee and fame in ranks; as for votes in 38 real records, 0.38 for popularity
FEE_QUANTILES = (0, 0.05, 0.25, 0.5, 0.75, 0.9, 0.97, 1)
FEES_USD = (0.006, 0.008, 0.05, 0.09, 0.135, 0.19, 0.22, 0.365)
LIKE_ORIGIN = 0.7  # of the variance of the hidden qualities of a sequel or remake
SECOND_GENRE, THIRD_GENRE = 0.65, 0.25  # shares of films
LEAST_AGES = {"G": 0, "PG": 8, "PG-13": 13, "R": 17, "NC-17": 18}  # years
CERTIFICATES = {  # shares in the order of LEAST_AGES
    Tone.FAMILY: (0.6, 0.4, 0, 0, 0),
    Tone.GENTLE: (0.2, 0.4, 0.3, 0.1, 0),
    Tone.TENSE: (0.02, 0.2, 0.46, 0.31, 0.01),
    Tone.HARSH: (0, 0.06, 0.3, 0.6, 0.04),
}
WITHOUT_CERTIFICATE = 0.12  # share of films whose certificate the catalogue does not tell


@dataclass(frozen=True)
class Films:
    """All films, one entry a film.

    tastes : float32, shape (n_films, n_dimensions), see `simulator.tastes`.
    least_ages : years from which the film suits, the truth; certificates : what the catalogue tells, "" for nothing.
    languages : of the originals, "" when unknown. collections : the series, "" for none.
    nicknames : what people say instead of the title, "" for nothing; no API tells them.
    credits : shape (n_films, n), the director first, then actors, "" for nobody.
    """

    ids: NDArray[np.str_]
    titles: tuple[str, ...]
    original_titles: tuple[str, ...]
    languages: tuple[str, ...]
    collections: tuple[str, ...]
    nicknames: tuple[str, ...]
    credits: NDArray[np.str_]
    years: NDArray[np.int64]
    released: NDArray[np.datetime64]
    has_genre: NDArray[np.bool_]
    runtimes: NDArray[np.int64]
    certificates: NDArray[np.str_]
    least_ages: NDArray[np.int64]
    fame: NDArray[np.float64]
    fees_nano: NDArray[np.int64]
    tastes: NDArray[np.float32]


Catalogue = Callable[[int, np.random.Generator], Films]  # so many films, by that chance
CATALOGUES: Backends[Catalogue] = Backends(
    {"invented": "simulator.films:open_invented", "movielens": "simulator.movielens:open_movielens"}
)


def invent_films(count: int, rng: np.random.Generator) -> Films:
    """`count` films with distinct ids, long-tailed fame, and licence fees that rise with fame."""
    first_years = (YEARS[1] - 1 - (YEARS[1] - YEARS[0]) * rng.beta(1.1, 3.2, count)).astype(np.int64)
    billings = invent_billings(first_years.tolist(), YEARS[1] - 1, rng)
    origins = np.array([billing.origin for billing in billings])
    has_genre = _genres(count, rng)[origins]
    hidden = rng.standard_normal((count, HIDDEN))
    follows = origins != np.arange(count)
    hidden[follows] *= np.sqrt(1 - LIKE_ORIGIN)
    hidden[follows] += np.sqrt(LIKE_ORIGIN) * hidden[origins[follows]]
    return complete(
        ids=[billing.movie_id for billing in billings],
        billings=billings,
        credits=invent_credits(origins, rng),
        has_genre=has_genre,
        hidden=hidden,
        fame=1 / (rng.permutation(count) + FAME_HEAD),
        rng=rng,
    )


def open_invented(url: PortUrl) -> Catalogue:
    """The catalogue `invented:`."""
    if url.host or url.path:
        raise SettingError(f"invented: takes nothing behind it, not {url.host + url.path!r}: give `invented:`")
    return invent_films


def complete(
    *,
    ids: Sequence[str],
    billings: Sequence[Billing],
    credits: NDArray[np.str_],  # noqa: A002  the word of the trade, as in `Films`
    has_genre: NDArray[np.bool_],
    hidden: NDArray[np.float64],
    fame: NDArray[np.float64],
    rng: np.random.Generator,
) -> Films:
    """Films of which a catalogue tells names, people, genres, hidden qualities and fame: the rest is invented.

    hidden : shape (n_films, HIDDEN); only the direction counts. fame : in any unit.
    """
    count = len(ids)
    years = np.array([billing.year for billing in billings])
    true_certificates = _certificates(has_genre, rng)
    return Films(
        ids=np.array(ids),
        titles=tuple(billing.title for billing in billings),
        original_titles=tuple(billing.original_title for billing in billings),
        languages=tuple(billing.language for billing in billings),
        collections=tuple(billing.collection for billing in billings),
        nicknames=tuple(billing.nickname for billing in billings),
        credits=credits,
        years=years,
        released=_released(years, rng),
        has_genre=has_genre,
        runtimes=np.clip(rng.normal(*RUNTIME_MINUTES, count), *RUNTIME_LIMITS).astype(np.int64),
        certificates=np.where(rng.random(count) < WITHOUT_CERTIFICATE, "", true_certificates),
        least_ages=np.array([LEAST_AGES[certificate] for certificate in true_certificates]),
        fame=fame / fame.sum(),
        fees_nano=_fees(fame, rng),
        tastes=film_tastes(has_genre, hidden),
    )


def _released(years: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.datetime64]:
    """A day of each year."""
    first_days: NDArray[np.datetime64] = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    return first_days + rng.integers(0, 365, len(years))


def _genres(count: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """One to three genres a film. Family films keep company with gentle ones only."""
    shares = np.array([genre.share for genre in GENRES])
    family = np.array([genre.tone is Tone.FAMILY for genre in GENRES])
    mild = family | np.array([genre.tone is Tone.GENTLE for genre in GENRES])
    first = rng.choice(len(GENRES), count, p=shares / shares.sum())
    has_genre = np.eye(len(GENRES), dtype=bool)[first]
    companions = np.where(family[first, None], mild, ~family) * shares
    bounds = companions.cumsum(axis=1)
    for share in (SECOND_GENRE, THIRD_GENRE):
        drawn = (bounds < rng.random((count, 1)) * bounds[:, -1:]).sum(axis=1)
        chosen = rng.random(count) < share
        has_genre[chosen, drawn[chosen]] = True
    return has_genre


def _certificates(has_genre: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.str_]:
    """The most grown-up genre decides, except that one family genre makes a family film; no genre counts as tense."""
    tones = list(Tone)
    tone_of_genre = np.array([tones.index(genre.tone) for genre in GENRES])
    tone = np.where(has_genre, tone_of_genre, 0).max(axis=1)
    tone[(has_genre & (tone_of_genre == 0)).any(axis=1)] = 0
    tone[~has_genre.any(axis=1)] = tones.index(Tone.TENSE)
    bounds = np.array([CERTIFICATES[item] for item in tones]).cumsum(axis=1)
    drawn = (bounds[tone] < rng.random((len(tone), 1))).sum(axis=1)
    certificates: NDArray[np.str_] = np.array(list(LEAST_AGES))[drawn]
    return certificates


def _fees(fame: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Fees of a play in billionths of a dollar, distributed as FEES_USD and correlated with fame."""
    standing = _ranks(fame) / len(fame) - 0.5
    chance = rng.random(len(fame)) - 0.5
    blend = FEE_FAME * standing + np.sqrt(1 - FEE_FAME**2) * chance
    quantile = _ranks(blend) / max(1, len(fame) - 1)
    micro_usd = np.interp(quantile, FEE_QUANTILES, FEES_USD) * 1e6
    return micro_usd.round().astype(np.int64) * 1000


def _ranks(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return values.argsort().argsort()

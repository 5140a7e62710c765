"""A user of the site, as the user API tells."""

from __future__ import annotations

from dataclasses import dataclass

from core.ids import UserId

ADULT_AGE_YEARS = 18


@dataclass(frozen=True, slots=True)
class User:
    """A user record. `age_years` None is unknown, which is treated as the youngest (fail closed)."""

    id: UserId
    age_years: int | None = None
    gender: str = ""
    occupation: str = ""
    likes: str = ""
    dislikes: str = ""

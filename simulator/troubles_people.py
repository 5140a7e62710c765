"""Trouble with people: bursts of sign-ups, and false accounts that rate."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from core.ids import UserId
from simulator.attack import attack_ratings
from simulator.crowd import Crowd
from simulator.stage import Stage
from simulator.timetable import Attack, SignUps, Timetable
from simulator.truth import Truth


class PeopleTroubles:
    """Lets the people of a timetable come. While the doors are closed, or the site is down, nobody does.

    members : the users that came with each trouble, by its place in the timetable.
    """

    def __init__(
        self,
        timetable: Timetable,
        stage: Stage,
        truth: Truth,
        crowd: Crowd,
        rng: np.random.Generator,
        sign_up: Callable[[float], int],
        visit: Callable[[int], None],
    ) -> None:
        """sign_up : makes an account of this activity, now, and gives its place in the crowd. visit : lets the user
        at a place look around.
        """
        self._stage = stage
        self._crowd = crowd
        self._truth = truth
        self._rng = rng
        self._sign_up = sign_up
        self._visit = visit
        self._are_open = False
        self._outside: list[Callable[[], None]] = []
        self.members: dict[int, list[UserId]] = {}
        for place, burst in timetable.of(SignUps):
            self.members[place] = []
            for number in range(burst.size):
                due = burst.start + (burst.end - burst.start) * (number / burst.size)
                stage.put(due, partial(self._come, partial(self._newcomer, place)))
        for place, attack in timetable.of(Attack):
            self.members[place] = []
            stage.put(attack.start, partial(self._come, partial(self._attack, place, attack)))

    def open_doors(self) -> None:
        """Let people in, those first who stand outside."""
        self._are_open = True
        for arrival in self._outside:
            self._stage.put(self._stage.clock.now(), partial(self._come, arrival))
        self._outside.clear()

    def close_doors(self) -> None:
        """Let nobody in until the doors are opened again."""
        self._are_open = False

    def _come(self, arrival: Callable[[], None]) -> None:
        if not self._are_open:
            self._outside.append(arrival)
        elif self._stage.is_up(self._stage.clock.now()):
            arrival()

    def _newcomer(self, place: int) -> None:
        """One newcomer of a burst looks around."""
        user = self._sign_up(1.0)
        self.members[place].append(self._crowd.ids[user])
        self._visit(user)

    def _attack(self, place: int, attack: Attack) -> None:
        """False accounts are made, and begin to rate."""
        users = [self._crowd.ids[self._sign_up(0.0)] for _ in range(attack.size)]
        self.members[place] += users
        for rating in attack_ratings(attack, users, self._truth, self._rng):
            self._stage.put(rating.time, partial(self._stage.tell, rating))

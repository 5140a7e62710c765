"""The caller: the world's users visiting the site, asking for recommendations and reacting to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.clock import Clock
from core.events import AccountCreated, MinuteWatched, RatingGiven, RecommendationRequested
from core.ids import MovieId, UserId
from simulator.attack import attack_ratings
from simulator.behaviour import Behaviour
from simulator.client import RecommendationClient
from simulator.crowd import Crowd
from simulator.judge import Judge
from simulator.live_log import LineSink, LiveLog
from simulator.live_truth import write_live_truth
from simulator.site_records import SiteRecords
from simulator.stage import Stage
from simulator.tally import Tally, Totals
from simulator.timetable import Attack, BrokenForm, BrokenModel, MixChange, SignUps, Timetable
from simulator.truth import Truth
from simulator.viewings import react
from simulator.world import LOG

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CallerReport:
    """What the site saw of the service, and what only it can know.

    affinity, popular_affinity : mean true affinity of the films shown and of popular films instead (see `Judge`).
    unsuitable : films shown to users who are too young for them, by the truth.
    """

    totals: Totals
    visits: int
    slowest_ms: int
    affinity: float | None
    popular_affinity: float | None
    unsuitable: int


class Caller:
    """The life of the site on `clock`: visits, what comes of them, and the trouble of a timetable.

    What happens is appended to the world's log in order of its time, when it is due. A context manager: on leaving,
    the truth of this run is written to the world's folder, and viewings that still run are told and counted so far.
    """

    def __init__(
        self,
        folder: Path,
        url: str,
        *,
        clock: Clock,
        stopwatch: Clock,
        rng: np.random.Generator,
        behaviour: Behaviour = Behaviour(),  # noqa: B008  a frozen value
        timetable: Timetable = Timetable(),  # noqa: B008  a frozen value
        also: LineSink | None = None,
        release: Callable[[BrokenForm | None], None] = lambda _: None,
    ) -> None:
        """The world in `folder` calls the service at `url`. Raises WorldError when there is no world.

        clock : the site's time. stopwatch : the machine's, by which the service must answer.
        also : gets the lines too. release : is told when a broken model is to serve, and with None when none is.
        """
        self._truth = Truth.load(folder)
        self._folder = folder
        self._rng = rng
        self._behaviour = behaviour
        self._timetable = timetable
        self._release = release
        self._movies = [MovieId(name) for name in self._truth.movie_ids.tolist()]
        self._places = {movie: place for place, movie in enumerate(self._movies)}
        self._client = RecommendationClient(url, self._movies, stopwatch)
        self._judge = Judge(self._truth)
        self._crowd = Crowd(self._truth, behaviour)
        self._records = SiteRecords(folder, timetable)
        self._log = LiveLog(folder / LOG, also)
        self._stage = Stage(clock, self._log, Tally(self._records.fee), timetable, rng)
        self._begin = clock.now()
        self._shown = np.zeros(len(self._movies))
        self._slowest_ms = self._visits = 0
        self._is_open = False
        self._members: dict[int, list[UserId]] = {}
        self._remember()
        self._put_troubles()

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *_: object) -> None:
        self._stage.close()
        self._log.close()
        write_live_truth(
            self._folder,
            self._begin,
            self._stage.clock.now(),
            self._behaviour,
            self._timetable,
            self._stage.tally,
            self._stage.line_troubles.lines,
            self._members,
        )

    def run(self, visits: int, progress: Callable[[int], None] = lambda _: None) -> CallerReport:
        """Let time pass until `visits` more visits were made, and report on all visits so far."""
        self._open()
        goal = self._visits + visits
        while self._visits < goal:
            before = self._visits
            self._stage.step(lambda: self._visits >= goal)
            progress(self._visits - before)
        return self.report()

    def run_until(self, end: datetime, progress: Callable[[datetime], None] = lambda _: None) -> CallerReport:
        """Let time pass until `end`, and report on all visits so far; `progress` is told the time again and again."""
        self._open()
        while self._stage.has_more(end):
            self._stage.step(lambda: not self._stage.has_more(end))
            progress(self._stage.clock.now())
        self._stage.wait(end)
        return self.report()

    def finish(self) -> CallerReport:
        """Let time pass, without further visits, until all that is going on or planned has come to its end."""
        self._is_open = False
        while self._stage.has_more():
            self._stage.step()
        return self.report()

    def report(self) -> CallerReport:
        """What was seen until now."""
        return CallerReport(
            totals=self._stage.tally.total(),
            visits=self._visits,
            slowest_ms=self._slowest_ms,
            affinity=self._judge.affinity,
            popular_affinity=self._judge.popular_affinity,
            unsuitable=self._judge.unsuitable,
        )

    def _open(self) -> None:
        """Let visitors in."""
        if not self._is_open:
            self._is_open = True
            self._put_next_visit(self._stage.clock.now())

    def _put_next_visit(self, since: datetime) -> None:
        a_day = self._crowd.weight * self._behaviour_at(since).visits_a_day
        due = since + _DAY * (self._rng.exponential() / a_day)
        self._stage.put(due, partial(self._next_visit, due))

    def _next_visit(self, due: datetime) -> None:
        """One user opens the site, if it is up, and the next one is on the way."""
        if not self._is_open:
            return
        if self._stage.is_up(due):
            is_new = self._rng.random() < self._behaviour_at(due).sign_ups
            self._visit(self._sign_up() if is_new else self._crowd.draw(self._rng))
        self._put_next_visit(due)

    def _sign_up(self, activity: float = 1.0) -> int:
        """A new account, now; its record is there before anyone can ask for it."""
        user = self._records.new_id()
        place, model = self._crowd.join(user, activity)
        self._records.add_user(user, self._crowd.ids[model])
        self._stage.tell(AccountCreated(self._stage.clock.now(), user))
        return place

    def _put_troubles(self) -> None:
        """Plan what the timetable says of people, films and models; lines are the stage's."""
        for place, burst in self._timetable.of(SignUps):
            self._members[place] = []
            for number in range(burst.size):
                due = burst.start + (burst.end - burst.start) * (number / burst.size)
                self._stage.put(due, partial(self._burst, place))
        for place, attack in self._timetable.of(Attack):
            self._stage.put(attack.start, partial(self._attack, place, attack))
        for time in (self._begin, *self._records.film_changes()):
            self._stage.put(time, partial(self._records.tell_films, time))
        for _, broken in self._timetable.of(BrokenModel):
            for time in (broken.start, broken.end):
                self._stage.put(time, partial(self._tell_operator, time))

    def _tell_operator(self, time: datetime) -> None:
        """Say which broken model is to serve from now on."""
        broken = self._timetable.at(BrokenModel, time)
        self._release(None if broken is None else broken.form)

    def _burst(self, place: int) -> None:
        """One newcomer of a burst looks around."""
        user = self._sign_up()
        self._members[place].append(self._crowd.ids[user])
        self._visit(user)

    def _attack(self, place: int, attack: Attack) -> None:
        """False accounts are made, and begin to rate."""
        users = [self._crowd.ids[self._sign_up(activity=0)] for _ in range(attack.size)]
        self._members[place] = users
        for rating in attack_ratings(attack, users, self._truth, self._rng):
            self._stage.tell(rating)

    def _visit(self, user: int) -> None:
        """A user looks at the list, and watches a film of it, another one, or none."""
        now = self._stage.clock.now()
        behaviour = self._behaviour_at(now)
        self._visits += 1
        self._crowd.drift(user, now, self._rng)
        affinity = self._crowd.affinity(user)
        film = None
        if self._rng.random() < behaviour.asks:
            films = self._ask(user, affinity)
            is_open = ~np.isin(films, list(self._crowd.seen_by(user)))
            place = behaviour.pick(affinity[films], is_open, self._rng)
            film = None if place is None else int(films[place])
        if film is None:
            film = self._find(user, affinity, behaviour)
        if film is not None:
            self._watch(user, film, affinity, behaviour)
        self._crowd.leave(user, 0.0 if film is None else float(affinity[film]))

    def _ask(self, user: int, affinity: NDArray[np.float32]) -> NDArray[np.int64]:
        """The films of the list that the service answers with, none when there is no right answer."""
        answer = self._client.ask(self._crowd.ids[user])
        self._stage.tell(
            RecommendationRequested(
                self._stage.clock.now(),
                self._crowd.ids[user],
                self._client.host,
                answer.status,
                answer.movies,
                answer.error,
                answer.elapsed_ms,
            )
        )
        films = np.array([self._places[movie] for movie in answer.movies], dtype=np.int64)
        self._slowest_ms = max(self._slowest_ms, answer.elapsed_ms)
        self._shown[films] += 1
        self._judge.judge(affinity, self._crowd.age(user), films, self._crowd.seen_by(user))
        return films

    def _find(self, user: int, affinity: NDArray[np.float32], behaviour: Behaviour) -> int | None:
        """A film that the user finds alone: not seen yet, and suitable."""
        is_open = self._truth.least_ages <= self._crowd.age(user)
        is_open[list(self._crowd.seen_by(user))] = False
        fame = self._truth.fame
        shown = self._shown / self._shown.sum() if self._shown.any() else fame
        return behaviour.find(affinity, fame, shown, is_open, self._rng)

    def _watch(self, user: int, film: int, affinity: NDArray[np.float32], behaviour: Behaviour) -> None:
        """The minutes watched, and stars if the user gives any."""
        reactions = react(affinity[[film]], self._truth.runtimes[[film]], self._rng)
        (minutes,), (stars,) = (column.tolist() for column in reactions)
        user_id, movie = self._crowd.ids[user], self._movies[film]
        self._crowd.seen_by(user).add(film)
        begin, minute_s = self._stage.clock.now(), timedelta(seconds=behaviour.minute_s)
        for minute in range(minutes):
            self._stage.tell(MinuteWatched(begin + minute_s * (minute + 1), user_id, movie, minute))
        if stars:
            self._stage.tell(RatingGiven(begin + minute_s * (minutes + 1), user_id, movie, stars))

    def _behaviour_at(self, time: datetime) -> Behaviour:
        mix = self._timetable.at(MixChange, time)
        return self._behaviour if mix is None else replace(self._behaviour, **mix.changes)

    def _remember(self) -> None:
        """Take in who joined and what was watched in earlier runs."""
        for user in self._records.newcomers(set(self._crowd.ids)):
            self._crowd.join(user)
        places = {user: place for place, user in enumerate(self._crowd.ids)}
        for user, movie in self._log.watched():
            if user in places and movie in self._places:
                self._crowd.seen_by(places[user]).add(self._places[movie])

"""The caller: the world's users visiting the site, asking for recommendations and reacting to them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.clock import Clock
from core.errors import WorldError
from core.events import AccountCreated, MinuteWatched, RatingGiven, RecommendationRequested
from core.ids import MovieId
from simulator.arrivals import Arrivals
from simulator.attack import check_attack
from simulator.behaviour import Behaviour
from simulator.caller_report import CallerReport
from simulator.client import Answer, RecommendationClient
from simulator.crowd import Crowd
from simulator.judge import Judge
from simulator.live_log import LineSink, LiveLog
from simulator.live_truth import LiveTruth
from simulator.release import Operator, Release, nobody
from simulator.site_records import SiteRecords
from simulator.stage import Stage
from simulator.tally import Cause, Tally
from simulator.timetable import Attack, BrokenModel, MixChange, SchemaChange, Timetable
from simulator.troubles_people import PeopleTroubles
from simulator.truth import Truth
from simulator.viewings import react
from simulator.world import LOG


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
        operator: Operator = nobody,
        answered: Callable[[str], None] = lambda _: None,
    ) -> None:
        """The world in `folder` calls the service at `url`.

        Raises WorldError when there is no world, another run lives on it, or it lacks what the timetable is about.

        clock : the site's time. stopwatch : the machine's, by which the service must answer.
        also : gets the lines too. operator : releases broken models, see `Release`.
        answered : is told the X-Request-Id of each right answer in time, "" when it had none.
        """
        self._truth = Truth.load(folder)
        for _, attack in timetable.of(Attack):
            check_attack(attack, self._truth)
        self._rng = rng
        self._behaviour = behaviour
        self._timetable = timetable
        self._movies = [MovieId(name) for name in self._truth.movie_ids.tolist()]
        self._places = {movie: place for place, movie in enumerate(self._movies)}
        self._answered = answered
        self._client = RecommendationClient(url, self._movies, stopwatch)
        self._judge = Judge(self._truth)
        self._crowd = Crowd(self._truth, behaviour)
        self._begin = clock.now()
        self._log = LiveLog(folder / LOG, also)
        try:
            self._live_truth = LiveTruth(folder, self._begin, behaviour)
        except WorldError:
            self._log.close()
            raise
        self._records = SiteRecords(folder, timetable)
        self._stage = Stage(clock, self._log, Tally(self._records.fee), timetable, rng)
        self._release = Release(timetable, operator, clock)
        self._shown = np.zeros(len(self._movies))
        self._slowest_ms = self._visits = 0
        self._is_open = False
        self._remember()
        self._people = PeopleTroubles(
            timetable, self._stage, self._truth, self._crowd, rng, self._sign_up, self._visit
        )
        changes = [time for _, mix in timetable.of(MixChange) for time in (mix.start, mix.end)]
        self._arrivals = Arrivals(self._stage, rng, self._visits_a_day, changes, self._arrive)
        self._records.tell_films(self._begin)  # whatever a killed run has left
        for time in self._records.film_changes():
            self._stage.put(time, partial(self._records.tell_films, time))
        for time in self._release.changes():
            self._stage.put(time, partial(self._release.tell, time))

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *_: object) -> None:
        with ExitStack() as last:  # whatever fails, the truth is written; the last one put down is done first
            last.callback(self._tell_truth)
            last.callback(self._log.close)
            last.callback(self._stage.write_late)
            last.callback(self._release.close)

    def _tell_truth(self) -> None:
        self._records.count_answers()
        end = self._stage.clock.now()
        self._live_truth.close(end, self._stage.tally.groups, self._timetable.as_json(end, self._done))

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
        """Let what is going on come to its end, without further visits, and let late lines be written.

        What the timetable plans for later is still to come, when visitors are let in again.
        """
        self._is_open = False
        self._people.close_doors()
        self._arrivals.close_doors()
        while self._stage.is_busy:
            self._stage.step()
        self._stage.write_late()
        return self.report()

    def report(self) -> CallerReport:
        """What was seen until now."""
        return CallerReport(
            totals=replace(self._stage.tally.total),
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
            self._people.open_doors()
            self._arrivals.open_doors()

    def _arrive(self, due: datetime) -> None:
        """One user opens the site, if it is up."""
        if self._stage.is_up(self._stage.clock.now()):
            is_new = self._rng.random() < self._behaviour_at(due).sign_ups
            self._visit(self._sign_up() if is_new else self._crowd.draw(self._rng))

    def _visits_a_day(self, time: datetime) -> float:
        """Of all users together."""
        return self._crowd.weight * self._behaviour_at(time).visits_a_day

    def _sign_up(self, activity: float = 1.0) -> int:
        """The place of a new account, made now; its record is there before anyone can ask for it."""
        user = self._records.new_id()
        place, model = self._crowd.join(user, activity)
        self._records.add_user(user, self._crowd.ids[model])
        self._stage.tell(AccountCreated(self._stage.clock.now(), user))
        return place

    def _done(self, place: int) -> dict[str, Any]:
        """What a trouble of the timetable did, for the truth."""
        done: dict[str, Any] = {
            "lines": self._stage.line_troubles.lines[place],
            "users": self._people.members.get(place, []),
        }
        match self._timetable.troubles[place]:
            case SchemaChange():
                done["answers"] = self._records.answers[place]
            case BrokenModel():
                done |= self._release.done(place)
        return done

    def _visit(self, user: int) -> None:
        """A user looks at the list, and watches a film of it, another one, or none."""
        now = self._stage.clock.now()
        behaviour = self._behaviour_at(now)
        self._visits += 1
        self._crowd.drift(user, now, self._rng)
        affinity = self._crowd.affinity(user)
        film, answer, is_picked = None, None, False
        if self._rng.random() < behaviour.asks:
            answer = self._ask(user, now, affinity)
            films = self._positions(answer)
            is_open = ~np.isin(films, list(self._crowd.seen_by(user)))
            place = behaviour.pick(affinity[films], is_open, self._rng)
            is_picked = place is not None
            film = None if place is None else int(films[place])
        if film is None:
            film = self._find(user, affinity, behaviour)
        model, arm = ("", "") if answer is None else (answer.model, answer.arm)
        cause = Cause(model, arm, is_picked, 0 if film is None else _milli(affinity[film]))
        self._stage.tally.add_visit(now, self._crowd.ids[user], cause)
        if film is not None:
            self._watch(user, film, affinity, behaviour, cause)
        self._crowd.leave(user, 0.0 if film is None else float(affinity[film]))

    def _ask(self, user: int, now: datetime, affinity: NDArray[np.float32]) -> Answer:
        """What the service answers a user whose visit began `now`."""
        answer = self._client.ask(self._crowd.ids[user])
        films = self._positions(answer)
        told = self._stage.clock.now()
        self._stage.tell(
            RecommendationRequested(
                told if self._stage.is_up(told) else now,  # an outage does not swallow what began before it
                self._crowd.ids[user],
                self._client.host,
                answer.status,
                answer.movies,
                answer.error,
                answer.elapsed_ms,
            ),
            Cause(answer.model, answer.arm, liking_milli=sum(map(_milli, affinity[films]))),
        )
        if not answer.error:
            self._answered(answer.request)
        self._slowest_ms = max(self._slowest_ms, answer.elapsed_ms)
        self._shown[films] += 1
        self._judge.judge(affinity, self._crowd.age(user), films, self._crowd.seen_by(user))
        return answer

    def _positions(self, answer: Answer) -> NDArray[np.int64]:
        """Where the films of a list stand in the truth; none when there was no right answer."""
        return np.array([self._places[movie] for movie in answer.movies], dtype=np.int64)

    def _find(self, user: int, affinity: NDArray[np.float32], behaviour: Behaviour) -> int | None:
        """A film that the user finds alone: not seen yet, and suitable."""
        is_open = self._truth.least_ages <= self._crowd.age(user)
        is_open[list(self._crowd.seen_by(user))] = False
        fame = self._truth.fame
        shown = self._shown / self._shown.sum() if self._shown.any() else fame
        return behaviour.find(affinity, fame, shown, is_open, self._rng)

    def _watch(self, user: int, film: int, affinity: NDArray[np.float32], behaviour: Behaviour, cause: Cause) -> None:
        """The minutes watched, and stars if the user gives any."""
        reactions = react(affinity[[film]], self._truth.runtimes[[film]], self._rng)
        (minutes,), (stars,) = (column.tolist() for column in reactions)
        user_id, movie = self._crowd.ids[user], self._movies[film]
        self._crowd.seen_by(user).add(film)
        begin, minute_s = self._stage.clock.now(), timedelta(seconds=behaviour.minute_s)
        for minute in range(minutes):
            self._stage.tell(MinuteWatched(begin + minute_s * (minute + 1), user_id, movie, minute), cause)
        if stars:
            self._stage.tell(RatingGiven(begin + minute_s * (minutes + 1), user_id, movie, stars), cause)

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


def _milli(affinity: np.float32) -> int:
    """Thousandths: whole numbers add up exactly."""
    return round(1000 * float(affinity))

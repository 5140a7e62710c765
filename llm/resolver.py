"""Words that seem to name a film: which one, several, none that we have, or a question."""

from __future__ import annotations

from collections.abc import Sequence

from core.taste import Means
from llm.common_words import is_ordinary
from llm.misspelt import Likeness, Misspelt, plain_words
from llm.near_names import Near
from llm.titles import Found, Titles
from llm.verdict import Hints, Verdict
from llm.words import ARTICLES, Word, without_article

MOST_CANDIDATES = 8
_DOMINANT = 0.5  # powers of ten of fame between the film meant by a part of its title and the next: three times
_YEAR_WEIGHT, _DECADE_WEIGHT, _YEARS_APART_WEIGHT = 3.0, 1.5, 0.02
_FAMILIAR = 0.28  # of the fame of the best known film: a single word of a title may stand for such a film
_FEW_TITLES = 2  # of which a word is a part, that can tell one of them
_KNOWN = 0.57  # and with such a fame the name of somebody in front of it may
_WELL_KNOWN = 0.5  # with such a fame a film is known by a part of its title
_LONG_PART = 4  # letters of a single word that stands for a title
_MOST_SPARE_WORDS = 3


class Resolver:
    """Decides by the titles of one catalogue."""

    def __init__(self, titles: Titles) -> None:
        self.titles = titles
        self.misspelt = Misspelt(titles)
        self._familiar = titles.fame_at(_FAMILIAR)
        self._known = titles.fame_at(_KNOWN)
        self._newest = max((movie.year or 0 for movie in titles.movies), default=0)
        self._well_known = titles.fame_at(_WELL_KNOWN)

    def resolve(self, words: Sequence[Word], hints: Hints) -> Verdict:
        """What these words mean, all of them together."""
        keys = tuple(word.key for word in words)
        exact = self.exactly(keys, hints) or self.numbered(keys)
        if exact is not None:
            return exact
        doubtful = []
        for way in (self._forgotten_spaces, self._family, self._part):
            verdict = way(keys, hints)
            if verdict is not None and verdict.films:
                return verdict
            doubtful.append(verdict)
        for of_letters in (self._initials, self._nearly):
            verdict = of_letters(words, hints)
            if verdict is not None and verdict.films:
                return verdict
            doubtful.append(verdict)
        return next((verdict for verdict in doubtful if verdict is not None), None) or self._nothing(keys)

    def hidden(self, words: Sequence[Word], hints: Hints) -> Verdict | None:
        """What these words mean by other ways than as a name or its letters; None when nothing."""
        keys = tuple(word.key for word in words)
        return (
            self._forgotten_spaces(keys, hints)
            or self._family(keys, hints)
            or self._part(keys, hints)
            or self._initials(words, hints)
        )

    def exactly(self, keys: tuple[str, ...], hints: Hints, why: str = "is a title") -> Verdict | None:
        """What a name means of which not a letter differs."""
        name = " ".join(keys)
        found = self.titles.of_letters(name) if self.titles.is_name(name) else []
        if not found and keys[-1].endswith("s") and len(keys[-1]) > _LONG_PART:  # "Titanic's ending"
            found = self.titles.named(name[:-1])
        nickname = self.titles.nickname(name) or self.titles.nickname(" ".join(without_article(keys)))
        if hints.all_of_them and (family := self._whole_family(keys)):
            return self._several(family, "names a family of films, with a word for all of them")
        if hints.all_of_them and len(without_article(keys)) == 1 and len(nickname) < 2:
            return Verdict("tells a kind of films, as no family has this name")
        if len(nickname) == 1 and found and self.titles.fame[nickname[0]] - found[0].score > _DOMINANT:
            return self._one(nickname[0], [], "is a nickname")  # "T2" is not the film that begins with "T2"
        if not found:
            if len(nickname) > 1:
                return self._several(nickname, "is a nickname of several films")
            return self._one(nickname[0], [], "is a nickname") if nickname else None
        if (
            hints.years is not None
            and hints.years[1] - hints.years[0] <= _ONE_YEAR
            and not self._made_in(found, hints.years)
        ):
            return Verdict("is a title, but of no film of that year", candidates=self._scored(found))
        best = self._chosen(found, hints)
        if (
            hints.order == "last"
            and (self.titles.movies[best.place].year or self._newest) < self._newest - _NEW_YEARS
        ):
            return self._question(found, "is a title, but of no new film")
        if best.cost >= _PART_OF_A_TITLE:
            family = self._whole_family(keys) if hints.years is None and not hints.order else []
            first = self.titles.first_of(keys, family)
            if first is not None:
                return self._one(first, found, "is the first of a family whose others are numbered")
            if len(family) > 1 and best.place in family:
                return self._several(family, "is what the titles of several films begin with")
            if self._numbers(best.place, without_article(keys)) - {"1"}:
                return self._question(found, "is what the title of a later part begins with")
            if self.titles.fame[best.place] < self._familiar and hints.years is None:
                return self._question(found, "is a part of the title of a film that hardly anyone knows")
            why = "is a part of a title"
        return self._one(best.place, found, why)

    def _made_in(self, found: Sequence[Found], years: tuple[int, int]) -> bool:
        """Whether a film is of these years, or one's year is unknown."""
        made = [self.titles.movies[one.place].year for one in found]
        return any(year is None or years[0] <= year <= years[1] for year in made)

    def _whole_family(self, keys: tuple[str, ...]) -> list[int]:
        family = self.titles.family(keys)
        return family if len(family) > 1 else []

    def numbered(self, keys: tuple[str, ...]) -> Verdict | None:
        """The n-th of a family whose titles do not all carry numbers; a number beyond the last one is nothing."""
        *base, number = without_article(keys)
        if not base or not number.isdigit() or not 0 < int(number[:3]) < _MOST_OF_A_FAMILY:
            return None
        family = self.titles.family(base)
        if len(base) == 1 and not self.titles.is_name(base[0]):
            return None
        if not family or (len(family) == 1 and not self.titles.is_name(" ".join(base))):
            return None
        if int(number) > len(family):
            return Verdict(f"would be number {number} of {len(family)}, which the catalogue does not have")
        place = family[int(number) - 1]
        numbers = {int(word): at for at, film in enumerate(family, 1) for word in self._numbers(film, base)}
        if any(at != said for said, at in numbers.items()) or numbers.get(int(number), int(number)) != int(number):
            return Verdict("a number that no film of the family has")
        return self._one(place, [], f"is number {number} of its family by year")

    def _numbers(self, place: int, base: Sequence[str]) -> set[str]:
        """The numbers that the film's names carry behind the family's."""
        start = " ".join(base) + " "
        names = (name[len(start) :].split(" ")[0] for name in self.titles.names(place) if name.startswith(start))
        return {word for word in names if word.isdigit() and int(word) < _MOST_OF_A_FAMILY}

    def _forgotten_spaces(self, keys: tuple[str, ...], hints: Hints) -> Verdict | None:
        name = self.titles.run_together("".join(keys)) or self.titles.run_together("".join(without_article(keys)))
        if name is not None and name != " ".join(keys):
            return self.exactly(tuple(name.split(" ")), hints, "is a title, but for its spaces")
        name = self.titles.same_content(keys)
        if name is not None and (hints.particular or not all(is_ordinary(key) for key in keys)):
            return self.exactly(tuple(name.split(" ")), hints, "is a title, but for its little words")
        return None

    def _family(self, keys: tuple[str, ...], hints: Hints) -> Verdict | None:
        """Several films that begin with these words; one is only a part of a title."""
        bare = without_article(keys)
        if all(is_ordinary(key) or key.isdigit() for key in bare) and not hints.all_of_them:
            return None
        family = self._whole_family(keys)
        if family and len(bare) == 1 and not hints.all_of_them:
            found = self.titles.named_places(family)
            return (
                self._question(found, "is a word with which titles begin, maybe a name") if hints.particular else None
            )
        return self._several(family, "is what the titles of several films begin with") if family else None

    def _part(self, keys: tuple[str, ...], hints: Hints) -> Verdict | None:
        """The film in whose title these words stand, when they tell it from others."""
        content = without_article(keys)
        rare = [key for key in content if not is_ordinary(key) and not key.isdigit() and len(key) > 2]
        if not rare and not (hints.particular and len([key for key in content if key not in ARTICLES]) > 1):
            return None
        found = self.titles.containing(content)
        if not found:
            alone = self.titles.family(keys) if len(content) > 1 else []
            known = [place for place in alone if self.titles.fame[place] >= self._known]
            return self._one(known[0], [], "is what one title begins with") if known else None
        best = self._chosen(found, hints)
        if len(content) == 1 and not self._tells(content[0], best, found):
            return self._question(found, "is a word of some titles") if hints.particular else None
        others = [one for one in found if one.place != best.place]
        if not others or best.score - max(one.score for one in others) >= _DOMINANT:
            if self.titles.fame[best.place] < self._well_known or self._numbers(best.place, content) - {"1"}:
                return self._question(found, "is a part of the title of a film that few know, or of a later part")
            return self._one(best.place, found, "is a part of only one well-known title")
        family = self._whole_family(content)
        if family and all(one.place in family for one in found[: len(family)]):
            return self._several(family, "is what the titles of several films share")
        return self._question(found, "is a part of several titles")

    def _tells(self, word: str, best: Found, found: Sequence[Found]) -> bool:
        """Whether one word is enough to tell a film: rare among titles ("Shawshank"), and the film is known."""
        known = self.titles.fame[best.place] >= self._familiar
        begins = any(
            name.startswith(word) for name in self.titles.names(best.place) if not self._loses_article(name, best)
        )
        return known and len(word) >= _LONG_PART and len(found) <= _FEW_TITLES and not begins

    def _loses_article(self, name: str, found: Found) -> bool:
        """Whether a name is another one without its article: "Shawshank" is no first name, "Napoleon" may be one."""
        return any(
            other.endswith(f" {name}") and other.split(" ")[0] in ARTICLES for other in self.titles.names(found.place)
        )

    def _initials(self, words: Sequence[Word], hints: Hints) -> Verdict | None:
        if len(words) != 1 or is_ordinary(words[0].plain):
            return None
        written = words[0].text
        acronym = not written[1:].islower() or (written.islower() and len(written) >= _LONG_PART)
        name = self.titles.from_initials(words[0].plain) if acronym else None
        if (
            name is not None
            and max(self.titles.fame[one.place] for one in self.titles.named(name)) >= self._well_known
        ):
            return self.exactly(tuple(name.split(" ")), hints, "are the initials of a title")
        names = self.titles.near.without_vowels(words[0].plain)
        found = sorted((one for name in names for one in self.titles.named(name)), key=lambda one: -one.score)
        if not found or self.titles.fame[found[0].place] < self._well_known:
            return None
        return self._one(found[0].place, found, "is a title without its vowels")

    def _nearly(self, words: Sequence[Word], hints: Hints) -> Verdict | None:
        """The film whose name differs in some letters."""
        plain, bare = plain_words(words), int(words[0].key in ARTICLES)
        near = [one for one in self.misspelt.near(plain, None) if one.first <= bare and one.last == len(plain)]
        return self.judged(near, words, hints) if near else None

    def heard(self, words: Sequence[Word]) -> Verdict | None:
        """The well-known film whose name these words sound like, but for vowels; None when there is none."""
        name = self.misspelt.heard(plain_words(words))
        return None if name is None else self.exactly(tuple(name.split(" ")), Hints(), "sounds like a title")

    def judged(self, near: Sequence[Near], words: Sequence[Word], hints: Hints) -> Verdict:
        """The decision on names that are like these words, the best first: it, or a question, or nothing."""
        best = near[0]
        like = self.misspelt.compared(words[best.first : best.last], best)
        if like is Likeness.SAME:
            found = self.exactly(tuple(best.name.split(" ")), hints, f"{like.value} ({best.alike:.2f} alike)")
            assert found is not None  # near names are names
            return found
        if like is Likeness.PERHAPS:
            rivals = [one for rival in near[:MOST_CANDIDATES] for one in self.titles.named(rival.name)[:2]]
            return self._question(rivals, f"{like.value} ({best.alike:.2f} alike)")
        return Verdict(like.value)

    def _nothing(self, keys: tuple[str, ...]) -> Verdict:
        candidates = self.titles.candidates(keys, MOST_CANDIDATES)
        return Verdict("is nothing that the catalogue has", candidates=tuple(candidates))

    def _chosen(self, found: Sequence[Found], hints: Hints) -> Found:
        """The film meant among those with one name: the year that is said, then fame and the years of the others."""
        if hints.order:
            ends = [one for one in found if one.cost <= found[0].cost]
            pick = min if hints.order == "first" else max
            return pick(ends, key=lambda one: self.titles.movies[one.place].year or 0)

        def weight(one: Found) -> float:
            year, total = (
                self.titles.movies[one.place].year,
                one.score - _ONLY_A_PART * (one.cost >= _PART_OF_A_TITLE),
            )
            if year is not None and hints.years is not None and hints.years[0] <= year <= hints.years[1]:
                total += _YEAR_WEIGHT if hints.years[1] - hints.years[0] < _DECADE else _DECADE_WEIGHT
            if year is not None and hints.usual_year is not None:
                total -= _YEARS_APART_WEIGHT * abs(year - hints.usual_year)
            return total

        return max(found, key=weight)

    def _one(self, place: int, found: Sequence[Found], why: str) -> Verdict:
        return Verdict(why, (place,), Means.TITLE, self._scored(found) or ((place, self.titles.fame[place]),))

    def _several(self, places: Sequence[int], why: str) -> Verdict:
        ordered = sorted(places, key=lambda place: -self.titles.fame[place])
        return Verdict(why, tuple(ordered), Means.FRANCHISE, tuple((p, self.titles.fame[p]) for p in ordered[:8]))

    def _question(self, found: Sequence[Found], why: str) -> Verdict:
        return Verdict(why, candidates=self._scored(found), is_open=True)

    def _scored(self, found: Sequence[Found]) -> tuple[tuple[int, float], ...]:
        best = {one.place: one.score for one in sorted(found, key=lambda one: one.score)}
        return tuple(sorted(best.items(), key=lambda pair: -pair[1])[:MOST_CANDIDATES])


_PART_OF_A_TITLE = 0.3  # cost from which a name is a beginning or an end of a title
_ONLY_A_PART = 0.7  # "The Incredible Journey" is the film of that name before a better known one that ends so
_NEW_YEARS = 12  # before the newest film of the catalogue: "the new Emma" is none that is older
_MOST_OF_A_FAMILY = 100
_DECADE = 5
_ONE_YEAR = 2  # release dates differ by a year from country to country

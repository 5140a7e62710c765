"""Nicknames of films that no rule makes out of a title.

Origin: common knowledge of film talk, put together by hand. A nickname of films that the catalogue does not have
means nothing. Left: keys as llm.words makes them. Right: titles, the first of each row that the catalogue has.
"""

from __future__ import annotations

from llm.words import keys_of

_BOND = (
    "Dr. No; From Russia with Love; Goldfinger; Thunderball; You Only Live Twice; On Her Majesty's Secret Service; "
    "Diamonds Are Forever; Live and Let Die; The Man with the Golden Gun; The Spy Who Loved Me; Moonraker; "
    "For Your Eyes Only; Octopussy; A View to a Kill; The Living Daylights; Licence to Kill; License to Kill; "
    "GoldenEye; Tomorrow Never Dies; The World Is Not Enough; Die Another Day; Casino Royale; Quantum of Solace; "
    "Skyfall; Spectre; No Time to Die"
)
_INDIANA = (
    "Raiders of the Lost Ark; Indiana Jones and the Temple of Doom; Indiana Jones and the Last Crusade; "
    "Indiana Jones and the Kingdom of the Crystal Skull"
)
_TABLE = {
    "T1": "The Terminator",
    "T2": "Terminator 2: Judgment Day",
    "T3": "Terminator 3: Rise of the Machines",
    "ANH": "Star Wars: Episode IV - A New Hope",
    "ESB": "Star Wars: Episode V - The Empire Strikes Back",
    "Empire": "Star Wars: Episode V - The Empire Strikes Back",
    "AOTC": "Star Wars: Episode II - Attack of the Clones",
    "ROTS": "Star Wars: Episode III - Revenge of the Sith",
    "TFA": "Star Wars: Episode VII - The Force Awakens",
    "TDK": "The Dark Knight",
    "TDKR": "The Dark Knight Rises",
    "ROTJ": "Star Wars: Episode VI - Return of the Jedi",
    "TPM": "Star Wars: Episode I - The Phantom Menace",
    "First Star Wars": "Star Wars: Episode IV - A New Hope",
    "Original Star Wars": "Star Wars: Episode IV - A New Hope",
    "HP": "Harry Potter",
    "FOTR": "The Lord of the Rings: The Fellowship of the Ring",
    "ROTK": "The Lord of the Rings: The Return of the King",
    "ID4": "Independence Day",
    "MIB": "Men in Black",
    "MI": "Mission: Impossible",
    "MI2": "Mission: Impossible II",
    "E.T.": "E.T. the Extra-Terrestrial",
    "ET": "E.T. the Extra-Terrestrial",
    "2001": "2001: A Space Odyssey",
    "Cuckoo's Nest": "One Flew Over the Cuckoo's Nest",
    "Private Ryan": "Saving Private Ryan",
    "Strangelove": "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb",
    "Python": "Monty Python",
    "Holy Grail": "Monty Python and the Holy Grail",
    "The Dude": "The Big Lebowski",
    "Wayne's World 1": "Wayne's World",
    "Snow White": "Snow White and the Seven Dwarfs",
    "Crouching Tiger": "Crouching Tiger, Hidden Dragon",
    "Lock Stock": "Lock, Stock & Two Smoking Barrels",
    "Amelie": "Le Fabuleux destin d'Amélie Poulain",
    "The Good the Bad": "The Good, the Bad and the Ugly",
    "Elm Street": "A Nightmare on Elm Street",
    "Narnia": "The Chronicles of Narnia: The Lion, the Witch and the Wardrobe; "
    "The Chronicles of Narnia: Prince Caspian; The Chronicles of Narnia: The Voyage of the Dawn Treader",
    "Clockwork": "A Clockwork Orange",
    "Dark Knight Trilogy": "Batman Begins; The Dark Knight; The Dark Knight Rises",
    "Nolan Batman": "Batman Begins; The Dark Knight; The Dark Knight Rises",
    "James Bond": _BOND,
    "Bond": _BOND,
    "007": _BOND,
    "Indiana Jones": _INDIANA,
    "Indy": _INDIANA,
    "First Indiana Jones": "Raiders of the Lost Ark",
    "Hannibal Lecter": "The Silence of the Lambs; Hannibal; Red Dragon; Hannibal Rising; Manhunter",
    "Dirty Harry": "Dirty Harry; Magnum Force; The Enforcer; Sudden Impact; The Dead Pool",
    "Rambo": "First Blood; Rambo: First Blood Part II; Rambo III; Rambo",
    "Jack Ryan": "The Hunt for Red October; Patriot Games; Clear and Present Danger; The Sum of All Fears",
    "Dollars": "A Fistful of Dollars; For a Few Dollars More; The Good, the Bad and the Ugly",
    "Three Colors": "Three Colors: Blue; Three Colors: White; Three Colors: Red",
    "Before Trilogy": "Before Sunrise; Before Sunset; Before Midnight",
    "Cornetto": "Shaun of the Dead; Hot Fuzz; The World's End",
    "Bourne": "The Bourne Identity; The Bourne Supremacy; The Bourne Ultimatum; The Bourne Legacy; Jason Bourne",
    "Die Hard": "Die Hard; Die Hard 2; Die Hard: With a Vengeance; Live Free or Die Hard; A Good Day to Die Hard",
    "Alien": "Alien; Aliens; Alien³; Alien: Resurrection; Prometheus; Alien: Covenant",
}


def nicknames() -> dict[str, tuple[str, ...]]:
    """By nickname the titles that it stands for, both as keys in one string.

    >>> nicknames()["t2"]
    ('terminator 2 judgment day',)
    """
    return {
        " ".join(keys_of(nickname)): tuple(" ".join(keys_of(title)) for title in titles.split("; "))
        for nickname, titles in _TABLE.items()
    }

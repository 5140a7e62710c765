"""Cues of liking: the words from which one can tell whether something is liked.

Origin: put together by hand for this project; keys as llm.words makes them (no apostrophes).
"""

from __future__ import annotations

_GOOD = """
good great best better nice fine ok okay okayish decent alright awesome amazing brilliant fantastic wonderful
superb excellent perfect perfection masterpiece masterpieces genius fun funny hilarious cool lovely beautiful
solid classic gem gems favorite favorites favourite favourites fave faves fav favs enjoyable entertaining
watchable bearable passable tolerable worthwhile unforgettable stunning phenomenal incredible outstanding
exception exceptional charming delightful gorgeous epic legendary flawless impressive gripping riveting terrific
marvellous marvelous magnificent splendid sublime exemplary interesting exciting touching moving sweet rocks
rules slaps works delivers holds rewatchable goat yay yes goated lit fire neat swell grand stellar top bomb
worth heartwarming compelling admirable likeable captivating
"""
_BAD = """
bad worse worst boring bored bore bores boredom awful terrible horrible dreadful dull dumb stupid tedious lame
garbage trash rubbish crap crappy junk nonsense overrated overhyped hyped meh yuck yucky ugh yawn nope annoying
annoyed annoys irritating disappointing disappointed disappointment disappoints cringe cringey corny ridiculous
unbearable unwatchable waste wasted sucks sucked stinks stank pointless painful pretentious bland weak
forgettable disaster mess atrocious abysmal insufferable mean mediocre unfunny snooze snoozefest crime ashamed
regret rotten trashy poor poorly appalling gross disgusting lifeless dire dud flop torture torturous ruined
ruins fails failed tiresome unconvincing tripe drivel abomination
"""
_LIKING = """
like liked love loved loving luv luved enjoy enjoyed enjoying adore adored admire admired appreciate appreciated
prefer preferred favor favour recommend cherish cherished dig dug treasure treasured worship worshipped relish
savor rewatch rewatched
defend defended
"""
_DISLIKING = """
hate hated hating dislike disliked detest detested despise despised loathe loathed avoid avoided avoiding abhor
skip skipped regret regretted resent dread dreaded spare forget refrain steer tired sick bothered
"""
SAYING = frozenset(
    {
        "say",
        "says",
        "saying",
        "tell",
        "tells",
        "telling",
        "told",
        "claim",
        "claims",
        "call",
        "calling",
        "insist",
        "rave",
    }
)
GOOD, BAD = frozenset(_GOOD.split()), frozenset(_BAD.split())
LIKING, DISLIKING = frozenset(_LIKING.split()), frozenset(_DISLIKING.split())
# "he adores it", "everyone loves it" say nothing of the writer
OTHERS = frozenset(
    {
        "anybody", "anyone", "boyfriend", "brother", "critics", "dad", "daughter", "everybody", "everyone", "folks",
        "friend", "friends", "girlfriend", "he", "husband", "kids", "mom", "mum", "neighbor", "neighbour", "others",
        "people", "ppl", "roommate", "she", "sister", "somebody", "someone", "son", "they",
        "who", "whoever", "wife", "world",
    }
)  # fmt: skip
NEGATIONS = frozenset(
    {
        "aint", "arent", "cannot", "cant", "couldnt", "didn", "didnt", "doesn", "doesnt", "don", "dont", "hardly",
        "hasnt", "havent", "isn", "isnt", "little", "neither", "never", "no", "nobody", "none", "nor", "not",
        "nothing", "nowhere", "rarely", "shouldnt", "wasn", "wasnt", "werent", "without", "wont", "wouldnt",
    }
)  # fmt: skip
COPULAS = frozenset(
    {
        "absolutely", "actually", "aint", "all", "also", "always", "annoyed", "annoys", "are", "arent", "be", "been",
        "being", "blew", "bore", "bored", "bores", "both", "can", "cant", "could", "definitely", "delivers",
        "deserved", "deserves", "did", "didnt", "disappointed", "disappoints", "do", "does", "doesnt", "dont",
        "failed", "fails", "feels", "felt", "gave", "get", "gives", "good", "got", "great", "had", "has", "have",
        "holds", "honestly", "is", "isnt", "its", "just", "kinda", "left", "less", "looked", "looks", "made", "make",
        "makes", "more", "never", "not", "put", "puts", "r", "really", "remain", "remains", "rocks", "ruined",
        "rules", "seemed", "seems", "should", "slaps", "so", "still", "stinks", "sucked", "sucks", "thats", "though",
        "too", "totally", "turned", "very", "was", "wasnt", "way", "were", "werent", "will", "wont", "worked",
        "works", "would",
    }
)  # fmt: skip
RELATIVES = frozenset({"which", "who", "that"})
TURNS = frozenset(
    {"but", "though", "although", "however", "whereas", "while", "yet", "because", "cause", "cuz", "since"}
)
IT = frozenset({"it", "that", "them", "one", "those", "this", "these", "both"})
# What the cue says of the words right behind it. "turn": the opposite of the sentence, or of the field.
TURNING = (
    "except for", "except", "excepting", "unlike", "other than", "apart from", "aside from", "instead of",
    "rather than", "different from", "different than", "better than", "superior to", "anything but",
    "everything but", "all but", "exception of", "excluding", "save for", "bar", "minus", "opposed to",
    "opposite of", "more than", "over", "besides", "anything that isnt", "anything except", "exception is",
    "exceptions are", "exception", "exceptions",
)  # fmt: skip
PRAISING = (
    "who does not like", "who doesnt like", "who does not love", "who doesnt love", "who wouldnt like",
    "as good as", "good as", "worse than", "less than", "as great as", "as funny as", "match for", "nothing beats",
    "nothing tops",
    "compared to", "can not beat", "cant beat", "holds a candle to", "hold a candle to", "come close to",
    "comes close to", "live up to", "lives up to", "enough of a good", "nothing compares to", "more of",
    "more like", "any day", "cant get enough of", "never get tired of", "never tire of", "never get bored of",
    "nothing wrong with", "soft spot for", "give me", "rather watch", "rather see", "rather have", "big fan of",
    "fan of", "fond of", "crazy about", "obsessed with", "into", "dont mind", "do not mind", "cant go wrong with",
    "cannot go wrong with", "all about", "bring on", "bring back", "in love with", "blown away by", "keen on",
    "here for", "at least",
)  # fmt: skip
SCORNING = (
    "as bad as", "bad as", "as boring as", "as dumb as", "enough of", "had enough of", "dont get", "do not get",
    "dont understand", "do not understand", "never understood", "never got", "dont see", "do not see", "didnt get",
    "appeal of", "hype about", "hype around", "fuss about", "cant stand", "cannot stand", "can not stand",
    "couldnt stand", "cant take", "cant bear", "cant deal with", "cant handle", "could not finish",
    "couldnt finish", "did not finish", "didnt finish", "couldnt get through", "couldnt sit through",
    "walked out of", "walked out on", "fell asleep in", "fell asleep during", "slept through", "keep away from",
    "stay away from", "keep me away from", "away from", "stay clear of", "steer clear of", "steer away from",
    "turned off by", "put off by", "bored by", "bored with", "save me from", "dont show me", "dont give me",
    "do not give me", "stop it with", "no time for", "spare me", "anything but like", "nothing like", "allergic to",
    "had it with", "sick of", "tired of", "not for me", "waste of time", "didnt care for", "dont care for",
    "did not care for", "do not care for", "could do without", "can do without", "id rather not", "down on",
    "over it", "never again",
)  # fmt: skip
VERDICTS_BAD = (
    "cup of tea", "my thing", "for me", "my taste", "my style", "my jam", "do it for me", "work for me", "to sleep",
    "me cold", "again", "no thanks", "no thank you", "no way", "hard pass", "pass", "forget it", "forget about it",
    "keep it away", "off", "fall asleep", "two hours", "nothing for me", "waste of", "to death", "dont get it",
    "didnt get it", "never got it", "not for me", "over it", "finish it", "get into it", "stand it", "hype",
)  # fmt: skip
VERDICTS_GOOD = (
    "many time", "many times", "again and again", "over and over", "every time", "so good", "the best", "thumbs up",
    "yes please", "10 10", "10 out of 10", "a lot", "my jam", "my childhood", "to bits", "anytime",
)  # fmt: skip

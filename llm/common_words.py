"""Ordinary words: what people write between titles. Of such words alone a title needs more evidence to be one.

Origin: put together by hand for this project, from the words of everyday English and of talk about films.
"""

from __future__ import annotations

_LITTLE = """
 a about above across actually after afterwards again against ago all almost along already also although altogether
always am among an and another any anybody anyone anything anytime anyway anywhere apart are aren arent around as
aside at away b back barely based basically be became because become been before behind being below beside besides
best better between beyond both but by came can cannot cant certain certainly could couldnt completely cos coz cuz d
definitely despite did didnt do does doesnt doing done dont down during each either else enough entirely especially
et etc even ever every everybody everyone everything everywhere example examples except exactly extremely fairly far
few fewer for from fully further generally get gets getting give given gives giving go goes going gone gonna got
gotta guess had hadnt half hardly has hasnt have havent having he hed her here hers herself hes hey hi him himself
his honestly how however i id idk if ill im imho imo in indeed instead into is isnt it itll its itself ive just keep
keeps kind kinda kinds know knows lately later least less lest let lets lol lot lots made mainly make makes making
many may maybe me mean means meant might mind mine more moreover most mostly much must my myself namely near nearly
neither never nevertheless next no nobody none nonetheless nope nor not nothing now nowhere obviously of off often
oh ok okay old omg on once one ones only onto or other others otherwise ought our ours out over own particular
particularly perhaps personally please plus pls plz possible possibly pretty probably quite r rarely rather re real
really recently regarding regardless respectively same seem seems seldom seriously several shall she shes should
shouldnt since so some somebody somehow someone something sometimes somewhat somewhere soon sort sorta sorts still
stuff such super sure t tbh than thanks that thatll thats the their theirs them themselves then there theres these
they theyre theyve thing things this those though through thru throughout thus til till to together too totally
toward towards truly try trying tho u ugh um under unfortunately unless unlike unlikely until up upon ur us use used
useful using usual usually utterly various very via vs want wanted wants was wasnt way ways we well went were weve
werent what whatever whats when whenever where wherever whether which whichever while who whoever whole whom whos
whose why will with within without wont would wouldnt wow y ya yah yeah yep yes yet you youd your youre yours
yourself youve yuck yucky yum zero
"""
_TALK = """
 absolute absolutely accept acclaimed act acted acting action actor actors actress actresses actual adaptation
adaptations add adore adored adores adult adults adventure adventures afternoon age agree ahead aim air alien aliens
alike alive alone amazing american amount amuse amusing ancient anger angry animal animals animated animation
animations anime annoy annoyed annoying answer anxious appalling appeal appealing appeals appear appears appreciate
appreciated appreciates appreciation approach arc area arguably art artistic artsy arty ashamed ask asleep
atmosphere atmospheric attempt attention audience audiences average avoid avoided avoiding avoids award awards aware
awesome awful awfully awkward baby bad badly bank battle bear beat beautiful beautifully bed beer began begin
beginning believable believe big bigger biggest bit bits black blame bland blast blew block blockbuster blockbusters
blood bloody blow blue boat body bomb bombs bond book books bore bored boredom bores boring bother bothered bought
box boy boys brain brainless brains brave break brilliant brilliantly bring brings british broad broke broken
brother brothers brought budget build built bunch burn business busy buy call called calling calls calm camera camp
campy candy capture captures car care cared cares carry cartoon cartoons case cash cast catch category cause
celebrated celebrate central century chain challenge challenging chance change changed character characters charm
charming chase cheap check cheer cheese cheesy chick child childhood children childish chill choice choices choose
cinema cinemas cinematic cinematography city class classic classical classics clean clear clearly clever cliche
cliched cliches click clips close clothes club clumsy cold collect collection college colour color come comedic
comedies comedy comes comfort comfortable comic comics coming common company compare compared compelling complain
complete complex complicated concept confuse confused confusing connect consider considered considering constant
contemporary content contrived convincing cook cool corny costume costumes couldve country couple course cover crap
crappy crash crazy created creative creature creatures creepy cries crime crimes cringe cringey critic critical
critically critics crop cross cry crying cult culture cup cute cut cuts dad daddy damn dance dancing danger dark
darker darkness date dated daughter day days dead deal dear death deaths decade decades decent decide deep deeply
deliver delivered demand dense depressing depth describe description deserve deserves design desire destroy detail
details detective develop development dialogue die died dies difference different difficult dinner director
directors directed dirty disappoint disappointed disappointing disappointment disaster disgust disgusting dislike
disliked dislikes disliking disturbing do doc docs doctor documentaries documentary dog dogs dose doubt drag dragged
drags drama dramas dramatic dream dreams dreadful drive driven drop drug dry dude due dull dumb dvd early earth
easily east easy eat edge edgy elegant element elements emotion emotional emotionally emotions empty end ended
ending endings endless ends endure energy engage engaging english enjoy enjoyable enjoyed enjoying enjoyment enjoys
entertain entertained entertaining entertainment entire entry epic epics episode era escape essential europe
european evening event events ever everyday evil exact exaggerated excellent exception exceptional exceptions
excessive excessively excite excited excitement exciting excuse exist expect expectations expected expensive
experience experiences experimental explain explosion explosions express extra extreme eye eyes fabulous face faced
fact factor fail failed fails fair fairy fake fall falling falls false familiar families family famous fan fancy
fans fantasies fantastic fantasy farce fare fascinating fashion fast fat father fault fav fave faves favor favorite
favorites favour favourite favourites favs favored fear feature featured features featuring feel feeling feelings
feels feet fell felt female fiction field fight fighting fights figure fill filled film filmed filmmaker filmmakers
filmmaking films final finally find finding finds fine finest finish finished fire first fit fits five flat flaw
flawed flawless flawlessly flick flicks flop fly focus focused folk folks follow fond food foot forced foreign
forest forever forget forgettable forgot forgotten form former formula formulaic forward found four franchise
franchises free freedom french frequently fresh friday friend friends frightening front frustrating full fun funnier
funniest funny future gag gags game games gang garbage gave gem gems generation generic genius genre genres gentle
german get ghost ghosts giant gift gimmick girl girls girlfriend glad gladly glorious god gold golden good goofy
gore gory gothic grand grandma grandpa grandson granddaughter graphic graphics great greatest green grew gripping
gritty gross ground group grow growing grown grownups guilty gun guns guy guys habit hair hand hands hang happen
happens happy hard hate hated hateful hates hating haunting head heads hear heard heart heartbreaking heartfelt
heartwarming heat heavy held hell hello help helped hero heroes hide hideous high higher highest highly hilarious
historic historical histories history hit hits hitters hold holiday holds hollow hollywood home honest hook hope
hopefully hopeful horrendous horrible horribly horrid horrific horror horrors hot hour hours house huge human humor
humour hundred hurt husband hype hyped idea ideas idiot idiotic ignore imagination imaginative imagine impact
impeccable important impossible impress impressed impressive improve inappropriate include includes including
incredible incredibly independent indie indies inner innocent insane inside inspiration inspiring intellectual
intelligent intense interest interested interesting interests international intricate intrigue intriguing introduce
involve involving irritating island issue issues jam japanese job join joke jokes journey joy judge jump junk
justice keep kept kid kiddie kidding kids kill killed killer killers kills king kiss knew knight knock korean lack
lacking lacks ladies lady lame land language large last lasting late latest laugh laughable laughed laughing laughs
laughter law lazy lead leading leads league lean leans learn learned least leave leaves led left legend legendary
legs length less lesson level lie life lifeless light lighthearted like likeable liked likely likes liking limit
line lines list listen literally literary little live lived lives living loads local long longer look looked looking
looks lose loses loss lost loud love loved lovely lover lovers loves loving low lower luck lucky lunch mad magic
magical main mainstream major male man mans manner mark marriage married martial massive master masterful
masterpiece masterpieces match material matter matters mature mean meaning meaningful meaningless medieval mediocre
meet meets meh melodrama melodramas melodramatic memorable memories memory men mental mention mess message messages
messed messy met middle military mindless mine minor minute minutes miss missed missing mission mix mixed modern mom
moment moments monday money monster monsters month months mood moon moral morning mother move moved moves movie
movies moving multiple mum murder music musical musicals mushy mysteries mysterious mystery naive name named names
narrative national natural nature need needed needs negative nerve new news nice nicely niche night nightmare nights
nineties noir noise nonsense normal normally north nostalgia nostalgic notch note notice novel novels nuanced null
number numbers numerous obscene obscure obsessed odd offbeat offend offensive offer older oldies online open opening
opera opinion opposite option order ordinary original originals oscar oscars outstanding overall overdone overhyped
overly overrated overwrought owe owes pace paced pacing pain painful painfully paint paper parent parents park part
parts party pass passed passion past path pathetic patience pay peace people perfect perfectly perform performance
performances period person personal personality perspective petty phone photo pick picked picky picture pictures
piece pieces place places plain plan planet plastic play played playing plays pleasant pleasure plenty plot plotless
plots poetic poignant point pointless points police polite political politics ponderous poor poorly pop popular
popularity portrayal positive post potential power powerful praise praised prefer preference preferences preferred
preferring prefers premise prepared present president presumably pretend pretentious prevent previous price pride
prime prince princess prison private problem problems produce produced production profound project projects promise
proper properly protagonist prove proud psychological public pull pulp pulse punch pure purely purpose push put puts
quality queen question questionable quick quickly quiet quirky race racing rain raised ran random range rate rated
rating ratings reach react reaction read reading ready realise realism realistic realize reason reasonable reasons
recall recent recommend recommendations recommended red reference refrain refuse regard regret regular relate
relatable related relationship relationships relax relaxing release released relevant reliable relies rely remain
remake remakes remarkable remember remind reminds repeat repetitive require rerun reruns rescue respect rest result
return returns reveal review reviewed reviews revenge revolution rewatch rewatched rewatching rich ridiculous right
ring rip rise rival road robot robots rock role roles roll rom romance romances romantic romcom romcoms room rough
round royal rubbish rude ruin ruined rule rules run running runs rush sad sadly safe said sake sappy sat satire
saturday savage save saw say saying says scale scare scared scares scary scene scenes school schlocky sci science
scientist scifi score scored scream screen screened script scripts sea season seasons second secret see seeing seek
seen sell send sense sensitive sentence sentiment sentimental sequel sequels sequence sequences series serious set
sets setting settings seventies sex sexual sexy shadow shallow shame share sharp she shine ship shit shock shocking
shoot shooting short shot shots show showed showing shown shows sick side sight sign signs silence silent silly
similar simple simplistic simply single sister sisters sit sitting situation situations six sixties skill skip
skipped slapstick slasher slashers sleep sleeping sleepy sleeper slick slow slower slowly small smart smile snob
snooze society soft soldier soldiers solid solve son song songs soon sophisticated soppy sorry soul sound sounds
soundtrack soundtracks source south space spare speak special spectacle spectacular speed spend spent spies spirit
spoil spoof spoofs sports sport spot spring spy stand standard standards star starring stars start started starting
starts state stay steer step stereotypes stick sticks stomach stop stories story storyline storylines storytelling
straight straightforward strange stranger street stress strike strikes strong stuck studio stunning stupid style
styles stylish subject subjects subpar subtitles subtle success suck sucked sucks suffer suggest suit suits summer
sun sunday sunshine superb superhero superheroes superior supernatural suppose supposed supposedly surprise
surprised surprises surprising surreal survival suspense suspenseful sweet sword symbolism system tad take taken
takes taking tale talent talented tales talk talking talks tap taste tastes teacher team tear tearjerker tearjerkers
tears tech tedious teen teenage teenager teens tell telling tells ten tend tends tension term terms terrible
terribly terrific terrifying test thank theater theatre theme themes thick think thinking thinks third thought
thoughtful thoughts thousand three threw thrill thriller thrillers thrilling thrills throw ticket tight time
timeless timer times tired tiresome title titles today told tolerate tomorrow tone tonight took top topic torture
total touch touching tough town toy track traditional tragedy tragic trailer train trash trashy travel treasure
treat tried tries trilogy trip trouble true trust truth turn turned turns tv twice twist twisted twists two type
types typical ultimate unbearable uncle understand understated unexpected unfunny unforgettable uninspired unique
universe unknown unnecessary unrealistic unusual unwatchable upbeat uplifting upset usa utter value vampire vampires
variety version versions victim video videos view viewed viewer viewers viewing views village villain villains
violence violent vision visual visually visuals vibe vibes vulgar wacky wait waited walk walked wall wander wannabe
war warm wars waste wasted wasters watch watchable watched watches watching water weak wear weather wedding week
weekend weeks weighs weight weird weirdness western westerns wet white wholesome why wicked wide wife wild win wind
winner winning winter wise wish wit witch within witty woman women won wonder wonderful wonderfully word words wore
work worked working works world worn worse worst worth worthless worthwhile worthy would write writer writers
writing written wrong wrote yawn year years yesterday young younger zombie zombies
"""
COMMON_WORDS: frozenset[str] = frozenset((_LITTLE + _TALK).split())
LITTLE_WORDS: frozenset[str] = frozenset(_LITTLE.split())
_ENDINGS = (
    ("ies", "y"),
    ("es", ""),
    ("s", ""),
    ("ed", ""),
    ("d", ""),
    ("ing", ""),
    ("ing", "e"),
    ("ly", ""),
    ("er", ""),
)
_SHORTEST_STEM = 3


def is_ordinary(key: str) -> bool:
    """Whether a folded word is one of everyday English, in any of its usual forms.

    >>> is_ordinary("thrillers"), is_ordinary("shawshank")
    (True, False)
    """
    if key in COMMON_WORDS:
        return True
    return any(
        key.endswith(ending)
        and len(key) - len(ending) >= _SHORTEST_STEM
        and key[: -len(ending)] + rest in COMMON_WORDS
        for ending, rest in _ENDINGS
    )

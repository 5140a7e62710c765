"""Ordinary words: what people write between titles. Of such words alone a title needs more evidence to be one.

Origin: put together by hand for this project, from the words of everyday English and of talk about films.
"""

from __future__ import annotations

from functools import lru_cache

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
able abroad absolute absolutely academy accent accept accident acclaimed accurate ache acquired act acted acting
action actor actors actress actresses actual adaptation adaptations adaptive add address admit admitted adore adored
adores adult adults advance adventure adventures advice affair afraid afternoon age agent aggressive agree agreed
ahead aim air airplane airport alarm album alcohol algorithm alien aliens alike alive alone amazing american amount
amuse amusing ancient angel angels anger angle angry animal animals animated animation animations anime anniversary
announce annoy annoyed annoying annual answer anthology anxious apartment apologies appalling appeal appealing
appeals appear appears apple appreciate appreciated appreciates appreciation approach april arc arcade area arguably
argue arm army arrive arrogant art article artist artistic artists artsy arty ashamed ask asleep aspect aspects
asset assume atmosphere atmospheric attack attempt attempts attention attic attitude audience audiences august aunt
authentic author authors autumn available avenue average avoid avoided avoiding avoids award awards aware awesome
awful awfully awkward baby backdrop background backwards bad badly bags bait ball balls band bank bar bark baseball
basement basic basis basketball bath battle beach bear beard beast beasts beat beautiful beautifully beauty bed
bedroom bedtime bee beer began begin beginning believable believe bell bench bent bet big bigger biggest bike bikes
bird birds birthday bit bite bits bitter black blade blame bland blank blast bless blew blind blink block
blockbuster blockbusters blonde blood bloody blow blue boat body bold bomb bombs bond bone bones book books boot
bore bored boredom bores boring boss bother bothered bottle bottom bought bowl box boxing boy boys brain brainless
brains brave bread break breakfast breath breathe breathtaking bridge brief bright brilliant brilliantly bring
brings british bro broad broadway broke broken brother brothers brought brown brush bubble buddy budget bug bugs
build built bullet bullets bunch burger burn bus business busy butter button buy cabin cable cage cake call called
calling calls calm camera camp camps campy candy cap cape captain capture captures car cardboard care cared career
careful carefully cares carry cars cartoon cartoons case cash cast castle casual cat catastrophe catch category cats
caught cause cave celebrate celebrated celebrity cell central century cgi chain chainsaw chair challenge challenging
champion chance change changed channel chaos chapter character characters charge charismatic charm charming chase
cheap check cheer cheese cheesy chemistry cherry chess chick chicken child childhood childish children chill
chilling china chinese chocolate choice choices choose choreography christmas church cinema cinemas cinematic
cinematography circle circus citizen city class classic classical classics clean clear clearly clever cliche cliched
cliches click client climate climax clinic clips clock close closer closest clothes cloud clouds clown clowns club
clumsy coast coat code coffee coherence coherent coincidence cold collect collection college color colour come
comedian comedians comedic comedies comedy comes comfort comfortable comfy comic comics coming commentary commercial
commercials commitment common commute company compare compared compelling competent competition complain complaint
complete complex complicated composed computer computers con concept concert conclusion condition confident conflict
confuse confused confusing connect connection consider considered considering conspiracy constant constantly
contemplative contemporary content contract contrast contrived control convention conversation conversations
convincing cook cool cop cops copy core corner corny cosmic costs costume costumes cosy couldve country counts
couple courage course court courtroom cousin cover cow cowboy cowboys cozy craft crafted crafts crap crappy crash
crazy created creative creature creatures creepy crew cries crime crimes cringe cringey critic critical critically
critics crocodile crop cross crowd cruel crush crushed cry crying cult culture cup curious current curse cut cute
cuts cycle dad daddy dads damage damn dance dancing danger dare daring dark darker darkness dash data date dated
daughter dawn day days dead deadline deadpan deaf deal dear death deaths decade decades decent decide decision deck
deep deeper deeply default defeat defend degree delay delicate delight delightful deliver delivered demand demon
demons dense depicted depiction depressing depth derivative describe description desert deserve deserves design
desire desk desperate destination destroy detail details detective determined develop development devil dialogue
diary die died dies difference different difficult dig digest digital dignity dinner dinosaur dinosaurs directed
director directors dirty disappoint disappointed disappointing disappointment disaster disgrace disgraceful disgust
disgusting dish dislike disliked dislikes disliking disney display distance distant disturbed disturbing dive
divorce doc docs doctor documentaries documentary dog dogs doll dolls domestic doom door doors dose double doubt
downer downhill drag dragged dragon dragons drags drama dramas dramatic drawn dreadful dream dreams dreary drink
drinks drive driven driver driving drop drops drown drug dry dubbed duck dude due dull dumb dust dutch duty dvd
dynamic eager ear early ears earth ease easily east easy eat economy edge edgy edited editing education egg eggs ego
eight eighties elderly electric elegant element elements elephant eleven elves emotion emotional emotionally
emotions emperor empire employee empty encounter encyclopedia end ended ending endings endless ends endure enemies
enemy energy engage engaging engine engineer english enjoy enjoyable enjoyed enjoying enjoyment enjoys enormous
ensemble enters entertain entertained entertaining entertainment entire entry environment epic epics episode equal
equally era errors escape essential establish ethnic europe european evening event events everyday evidence evil
evolution ex exact exaggerated exam examine excellence excellent exception exceptional exceptions excessive
excessively exchange excite excited excitement exciting excuse executed execution exercise exhausting exist exit
exotic expect expectations expected expensive experience experiences experimental expert expertise explain exploding
exploration explore explosion explosions express extended extra extraordinary extreme eye eyed eyes fabulous face
faced fact factor fail failed fails fair fairy fairytale faith faithful fake fall falling falls false fame familiar
families family famous fan fancy fans fantasies fantastic fantasy farce fare farm farmer farts fascinated
fascinating fashion fast fat fate father fathers fault fav fave faves favor favored favorite favorites favour
favourite favourites favs fear feast feature featured features featuring feed feel feeling feelings feels feet fell
felt female fence fiction fictional field fifteen fifth fifties fifty fight fighting fights figure fill filled film
filmed filmmaker filmmakers filmmaking films final finale finally finance find finding finds fine finest finger
finish finished fire first fish fit fits five fixed flag flash flashy flat flaw flawed flawless flawlessly flick
flicks flight float floor flop flow flower flowers fly flying focus focused folk folks follow fond food foot footage
football force forced foreign forest forever forget forgettable forgot forgotten fork form former formula formulaic
forties forty forward found four fragile framed franchise franchises frankly freak free freedom french frequent
frequently fresh friday friend friends frightening fringe frog front frozen fruit frustrating fuel full fun funeral
funnier funniest funny furious furniture future futuristic gag gags gain galaxy gambling game games gang gangster
gap garage garbage garden gardens gas gate gather gave gear gem gems gender general generation generic genius genre
genres gentle gentleman genuine genuinely german germany ghost ghostly ghosts giant gift giggle giggles gimmick girl
girlfriend girls glad gladly glance glass global glorious goal goals god gold golden good goofball goofy goose
gore gorgeous gory gothic government grab grace grade graduate graduation grand granddaughter grandma grandpa
grandson graphic graphics grave gray great greatest greed greek green grew grey grief grim grip gripping
gritty gross ground grounded group grow growing grown grownups growth guard guest guide guilt guilty guitar gun guns
guy guys gym habit hair halfway hall halloween hand handful handle hands handsome handy hang happen happens happy
harbor harbour hard hardcore harder harm harmless harsh hat hate hated hateful hates hating haunt haunted haunting
head heads hear heard heart heartbreak heartbreaking hearted heartfelt heartthrob heartwarming heat heaven heavy
heck height heist held hell hello help helped hence hero heroes hidden hide hideous high higher highest highlight
highlights highly highway hilarious hill hills hint hired historic historical histories history hit hits hitters
hobbies hobby hockey hold holds holiday hollow hollywood homage home homework honest honor honour hook hope hopeful
hopefully hopeless horizon horrendous horrible horribly horrid horrific horror horrors horse horses hospital hosted
hot hotel hour hours house household huge huh human humor humour hundred hunger hunt hunter hunting hurry
hurt husband hybrid hype hyped ice icon iconic idea ideas identity idiot idiotic ignore illness imagination
imaginative imagine immature immersive impact impeccable import important impossible impress impressed impression
impressive improve improvised inappropriate inch include includes including incoherent increase incredible
incredibly independent indie indies indulgent industry infinite influence information inner innocent innovative
insane inside insider insight insightful inspector inspiration inspire inspiring instance instant instinct
insufferable insult insulting intellect intellectual intelligent intended intense intent interact interaction
interest interested interesting interests interior international internet interview intricate intrigue intriguing
introduce invasion investigation invisible invite involve involved involving iron ironic irony irrelevant irreverent
irritating island isolated isolation issue issues italian italy jacket jail jam january japanese jazz jealous
jet jewish job jock join joke jokes journey joy judge jump jungle junk jury justice justified juvenile kept
kid kiddie kidding kids kill killed killer killers killing kills kindergarten kindness king kingdom kiss kitchen
kitten knew knife knight knights knock knowledge korean labor lack lacking lacks ladies lady lake lame lamp land
lane language laptop large laser last lasting late latest laugh laughable laughed laughing laughs laughter law
lawyer lawyers layer layered layers lazy lead leading leads league lean leans learn learned leave leaves led left
legacy legal legend legendary legends legs lemon length lesbian lesson letter letters level liberal library license
lie life lifeless lift light lighthearted lighthouse lighting lightly like likeable liked likely likes liking limit
limited limits line lines lion lions lip liquid list listen listening literally literary little live lived lives
living loads local lone lonely long longer look looked looking lookout looks loose lord lose loses loss lost loud
louder lounge love loved lovely lover lovers loves loving low lower luck lucky lunch lush luxury machine machines
mad magazine magic magical maid mail main mainstream major majority maker makers makeup male mall man manager
mandatory manic manner mans map marathon march mark market marriage married marry martial mask massacre massive
master masterful masterpiece masterpieces match material math matter matters mature maze meal meaning meaningful
meaningless mechanic mechanical media medical medieval mediocre meet meets meh melancholic melancholy melodrama
melodramas melodramatic melody membership memorable memories memory men mental mention merely merit merry mess
message messages messed messy met metal metaphor method middle midnight mile miles military milk million mindless
minds miniature minimal minimum ministry minor minute minutes miracle mirror misery misfits miss missed missile
missing mission mistake mistakes mix mixed mob mode model modern modest mom moment moments monday money monkey
monkeys monologue monotone monster monsters month months mood moody moon moral morning mortal motel mother motion
motivation motor motorcycle mountain mountains mouse moustache mouth move moved moves movie movies moving mud
muddled multiple multiverse mum mumblecore mundane murder museum mushy music musical musicals mutant mysteries
mysterious mystery myth mythology nail naive naked name named names narrative national natural nature naughty navy
nearby neat neck need needed needlessly needs negative nephew nerd nerds nerdy nerve nest net network new newer
newest news nice nicely niche nick niece night nightmare nights nineties ninja ninth noble noir noise noisy
nominated nonlinear nonsense nonsensical nordic normal normally north norwegian nostalgia nostalgic notable notch
note notice noticed notorious novel novels nuanced nude null number numbers numerous nun nurse obnoxious obscene
obscure obsessed obsession obsessive occasion occasional occasionally ocean october odd odds offbeat offend
offensive offer office official oil older oldest oldies online open opening opera operas operation opinion opposite
option optional orchestra order ordinary organized origin original originals oscar oscars outcome outdated outdoor
outlaw outlaws outstanding overall overblown overcome overdone overhyped overload overlong overly overrated overuse
overwrought owe owes owner pace paced pacing pack package packed packs pageant pain painful painfully paint palace
panic paper paradise parent parents park parody part parts party pass passable passed passengers passion passionate
passive past path pathetic patience patient patients pattern patterns pay payoff peace peaceful peak pen penguin
penguins penny people percent perfect perfectly perform performance performances period person personal personality
perspective pet pets petty philosopher philosophical philosophy phone photo phrase physical piano pick picked pickle
picky picture pictures pie piece pieces pig pigs pile pilot pink pioneer pirate pirates pit pizza place placed
places plain plan planes planet planned plant plastic plate plausible play played playful playing plays pleasant
pleasure plenty plot plotless plotline plots pocket podcast poem poet poetic poetry poignant point pointless points
polar police polished polite political politics ponderous pony pool poor poorly pop popular popularity porn porridge
portrait portrayal portrayed position positive possession post poster posters potato potential poverty pow power
powerful practical praise praised praising pranks pray preach preachy precious predictability predictable prefer
preference preferences preferred preferring prefers pregnant premise prepared preschool present president pressure
prestige presumably pretend pretentious prevent previous prey price pride priest prime prince princess principal
print priority prison prisoner prisoners private problem problems procedural procedurals process produce produced
production professional professor profile profound project projects promise propaganda proper properly property
proposal prospect protagonist protective protest proud prove provocative psych psychedelic psychological
psychology public publicly pull pulp pulse punch puppet puppets puppy purchase pure purely purple purpose push put
puts puzzle puzzles puzzling quality queen quest question questionable quick quickly quiet quirky quiz rabbit race
racing radio rage rail railway rain rainbow rainy raised ran random range rap rapid rat rate rated rating ratings
rats raunchy raw reach react reaction read reading ready realise realism realistic realize realm reason reasonable
reasons rebel rebels recall recent recipe recommend recommendations recommended record records recover red redeeming
redemption reference reflective refrain refreshing refuse regard regret regular rejected relatable relate related
relationship relationships relax relaxed relaxing release released relentless relevant reliable relief relies
religion religious rely remain remake remakes remarkable remember remind reminds remote rental repeat repeated
repetitive replace report reporter represent representation republic reputation request require rerun reruns rescue
residence respect rest restaurant restrained restraint result retired retro return returns reunion reveal revenge
review reviewed reviews revolution reward rewarding rewatch rewatched rewatching rhythm ribbon rich ride rider
riders rides ridiculous ridiculously rifle right ring rings riot rip rise risk ritual rival road roast rob robbery
robot robots rock rocket role roles roll rom romance romances romantic romcom romcoms room rooms root rooted rope
rose roses rotten rough round route royal rubbish rude ruin ruined rule rules run running runs rural rush russian
sad sadistic sadly sadness safe said sail sailing sailor sake samurai sand sandwich sappy sarcasm sarcastic sat
satire satirical satisfied satisfying saturday sauce savage save saved saving savior saw say saying says scale
scandal scandinavian scare scared scares scary scene scenery scenes scheme schlocky scholar school sci science
scientist scifi scope score scored scratch scream screen screened script scripts sculpture sea seafood seal search
season seasons seat seats second secret secretly secrets section security see seeing seek seemingly seen segment
selection self selfish sell send senior sense senseless sensitive sentence sentiment sentimental separate sequel
sequels sequence sequences series serious sermon servant served service session set sets setting settings seven
seventies sex sexist sexual sexy shade shadow shadows shaky shallow shame shape share shark sharks sharp shelf
shelter shift shine shiny ship shirt shit shock shocking shoes shoot shooting shootout shop shopping shore short
shot shots shoulder shout shouting shouty show showcase showed shower showing shown shows shrink shut shy sick side
sight sign signs silence silent silly similar simple simplistic simply sincere sing singer singing single sings
sister sisters sit site sitting situation situations six sixties skill skin skip skipped skull sky slap slaps
slapstick slasher slashers slaughter sleek sleep sleeper sleeping sleepy slice slick slide slight slippers slop
sloppy slow slower slowly small smart smell smile smoke smoking smooth smug snake snakes snappy snob snooze snow
soap soccer social society sofa soft soldier soldiers solid solo solve solved somber someday son song songs
sophisticated soppy sore sorrow sorry soul sound sounds soundtrack soundtracks source south southern space spanish
spare spark sparkly speak special spectacle spectacular speech speed spell spend spent spice spicy spider spies spin
spirit spiritual splash split spoil spoof spoofs spooky spoon sport sports spot spouse spring spy squad square
squeamish squirrel stage stages stakes stale stand standard standards standing star starred starring stars start
started starting starts state station statue status stay steady steal steel steer stellar step stepped stereotype
stereotypes stereotypical stick sticks sticky stiff stilted stock stolen stomach stone stop store stories storm
story storyline storylines storytelling straight straightforward stranded strange stranger strategy stream streaming
street strength stress stretched strict strike strikes string stripped strong structure struggle struggles stubborn
stuck student students studio studios study stuffy stunning stunt stunts stupid style styles stylish subject
subjects subpar subtitles subtle suburban subway success suck sucked sucks suffer suffering sugar suggest suicide
suit suited suits sulky summer sums sun sunday sunny sunset sunshine superb superficial superhero superheroes
superior supernatural suppose supposed supposedly surely surf surface surfing surgeon surgery surprise surprised
surprises surprising surreal surround surrounding survival survive survivor suspect suspects suspense suspenseful
swap swear swedish sweeping sweet sweetheart swim swimming swing switch sword symbolism symphony synthetic syrup
syrupy system table tables tacky tad tail take taken takes taking tale talent talented tales talk talking talks tank
tap tape target tart task taste tastes tax taxi tea teach teacher teaching team tear tearjerker tearjerkers tears
tech teddy tedious teen teenage teenager teens telephone television tell telling tells temper temple ten tend tender
tends tennis tension tent tepid term terms terrible terribly terrific terrifying terror test texas text texture
thank thankfully theater theatre theme themes theory therapy thick thief thieves thin think thinking thinks third
thirties thirty thought thoughtful thoughtless thoughts thousand thread threat three threw thrill thriller thrillers
thrilling thrills throne throw thunder ticket tie tiger tight time timeless timer times tin tiny tip tired tiresome
tissue title titles toast today toddler toes toilet told tolerate tomb tomorrow tone tongue tonight took tool tooth
toothless top topic torn torture total touch touches touching tough tour tower town toy track trade traditional
tragedy tragic trailer trailers train trained training trains transformation transport trap trapped trash trashy
trauma traumatic travel traveling travesty treasure treat treated tree trees trek trend trendy trial triangle
tribute tricks tricky tried tries trigger trilogy trip trivial troll tropes trouble truck trucks true trumpet trust
truth tub tube tuesday tune tunes tunnel turkey turn turned turns tv twelve twenties twentieth twice twins twist
twisted twists twisty two type types typical ugly ultimate ultra unbearable uncanny uncle unclear unconventional
uncut undead underdog underground underneath underrated understand understanding understated undertones underwater
uneven unexpected unfair unforgettable unfunny unicorn unicorns uniform uninspired uninteresting union unique unit
unity universe university unknown unlikeable unnecessary unoriginal unpredictable unreal unrealistic unreliable
unsettling unusual unwatchable unwell upbeat uplifting upset usa useless utter vacation vague valley value vampire
vampires vanilla variety vast vault vegan vehicle version versions veteran vibe vibes vicious victim video videos
view viewed viewer viewers viewing views village villain villains vinyl violence violent virtual visceral vision
visual visually visuals vivid voice voices volcano voyage vulgar vulnerable wacky waffle wagon wait waited walk
walked wall wander wannabe war wardrobe warehouse warm warrior warriors wars wash waste wasted wasters watch
watchable watched watcher watches watching water weak weapon weapons wear weary weather web wedding weddings
wednesday week weekend weekly weeks weepy weighs weight weighty weird weirdly weirdness weirdos welcome western
westerns wet wheel whimsical whimsy whisper whistle white wholesome wicked wide widow wife wig wild wilderness
wildlife wildly win wind wing wings winner winning winter wire wise wish wit witch witty wizard wizards wolf wolves
woman women won wonder wonderful wonderfully wooden word words wore work worked working workplace works world worlds
worm worn worried worry worse worship worst worth worthless worthwhile worthy wounded wrap wreck wrecked wrestling
write writer writers writing written wrong wrote yard yawn year years yell yelling yesterday young younger youth
youthful yummy zany zen zombie zombies zone zoo
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


@lru_cache(maxsize=16_384)  # the same words come again and again
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

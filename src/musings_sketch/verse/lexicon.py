"""The poet's own words: nouns by theme, adjectives by mood, verbs, and line endings by rhyme."""

from collections.abc import Mapping

from musings_sketch.vocabulary import listed

THEMES: Mapping[str, str] = {
    "sea": "tide harbour water wave sail anchor gull salt current horizon lighthouse island shore sailor foam rudder"
    " lantern sand",
    "mountains": "mountain summit valley stone ridge eagle cloud path echo glacier shadow granite pine meadow torrent "
    "cliff",
    "lake": "water river reed willow heron mirror ripple bank lily mist boat fisherman current shallow dragonfly "
    "pebble",
    "forest": "forest branch root fern raven moss hollow shadow leaf thicket bramble owl oak clearing acorn trail",
    "city": "window street corner tower station engine neon bridge pavement stranger crowd taxi rooftop siren alley "
    "train",
    "space": "planet comet orbit silence gravity signal star darkness distance satellite engine dust moon vacuum "
    "meteor sun",
    "garden": "garden rose petal bee gate orchard apple blossom sparrow ivy root summer seed lavender butterfly path",
    "desert": "desert dune wind caravan well shadow sun lizard thirst mirage stone footprint canyon ember sand horizon",
    "hills": "field furrow harvest barn horse orchard fence wheat road village lark shepherd meadow steeple haystack "
    "gate",
    "underwater": "coral current shell whale shadow pearl depth seaweed anchor silence fish water wreck mermaid bubble "
    "reef",
    "winter": "snow frost chimney ice ember sparrow silence morning window blanket hearth icicle breath lantern "
    "footprint mitten",
    "rain": "rain puddle gutter umbrella thunder cloud window drop river roof weather coat mirror sparrow street",
    "night": "night moon star candle owl lantern shadow dream window lamp midnight comet silence pillow harbour road",
    "love": "heart hand letter kiss name voice shoulder promise window pillow ribbon whisper ring rose doorway summer",
    "fire": "fire ember hammer banner drum thunder iron storm sword flame trumpet ash spark anvil smoke",
    "music": "song string drum fiddle silence chorus piano echo melody dancer rhythm bell trumpet note guitar singer",
    "time": "clock hour photograph letter attic drawer winter mirror house stair cradle candle grandfather yesterday "
    "ribbon key",
    "machine": "engine signal wire mirror circuit window number screen robot hum lantern code antenna silence clock "
    "socket",
}

MASS = listed(
    """salt foam water snow frost ice silence darkness gravity dust moss wheat rain weather seaweed thunder smoke
    ash midnight summer winter spring autumn yesterday sand coral granite iron lavender ivy mist fish shallow
    depth breath thirst time music night day love moonlight sunlight starlight sunshine energy reflection fog
    storm countryside wilderness traffic space horizon sunset dusk dawn downtown surf flow motion rhythm chaos"""
)
"""Nouns that do not follow "a"."""

ADJECTIVES: Mapping[str, str] = {
    "": "quiet silver patient open narrow distant hidden simple early ancient empty little gentle broken secret "
    "restless pale slow deep wide old bright clear small",
    "joyful": "golden happy bright laughing merry sunny easy green warm ripe dancing playful light yellow lively glad",
    "calm": "quiet gentle still patient even slow tranquil soft drowsy silver mild untroubled level clear silent",
    "melancholy": "lonely faded empty grey forgotten weary distant fallen hollow pale bitter absent tired late wistful",
    "dark": "black hollow bitter haunted nameless cold sunken iron crooked silent starless blind shuttered dim grim",
    "fierce": "burning savage iron crimson reckless wild bright furious broken proud roaring scarlet restless bold "
    "blazing",
    "dreamy": "silver drifting violet weightless hazy secret moonlit strange distant floating enchanted pale slow "
    "luminous",
    "tender": "tender gentle warm beloved little soft patient dear familiar faithful quiet kind sleepy sweet",
    "majestic": "mighty ancient golden endless solemn noble towering vast eternal high proud royal boundless stern",
    "hopeful": "early open rising golden tender new bright waking green faithful clear patient unwritten young",
}

DOES: str = """
    waits sings sleeps turns burns wakes drifts listens wanders remembers lingers trembles returns answers rises
    falls glimmers hums breathes calls dreams shivers whispers hesitates leans settles begins opens shines fades
"""
"""What one thing does by itself."""

DO: str = """
    wait sing sleep turn burn wake drift listen wander remember linger tremble return answer rise fall glimmer hum
    breathe call dream shiver whisper lean settle begin open shine fade
"""

DOES_TO: str = """
    holds keeps carries follows remembers forgives gathers answers borrows crosses forgets covers awaits wakes
    guards mends counts finds loves touches believes surrounds repeats begins
"""
"""What one thing does to another."""

I_DO_TO: str = """
    keep hold follow remember carry gather forgive love count mend borrow find believe greet bless guard know need
"""

DOING: str = """
    waiting singing sleeping turning burning waking drifting listening wandering humming breathing calling
    dreaming leaning shining falling rising travelling
"""

PREPOSITIONS: str = """
    beneath above beside beyond across behind before around under over near
"""

ADVERBS: str = """
    slowly softly always gently surely still simply
"""

RHYMES: tuple[str, ...] = (
    # word/part: n one noun, p several, v what one does, b what many do, a adjective, d adverb
    "night/n light/n flight/n bright/a white/a slight/a",
    "day/n bay/n clay/n way/n play/b stay/b sway/b pray/b grey/a away/d spray/n hay/n",
    "sea/n tree/n key/n bee/n free/a melody/n memory/n",
    "moon/n tune/n noon/n dune/n soon/d",
    "stone/n bone/n alone/a unknown/a overgrown/a",
    "rain/n lane/n train/n refrain/n remain/b again/d plain/a windowpane/n",
    "fire/n choir/n wire/n spire/n",
    "gold/n cold/n old/a bold/a untold/a",
    "snow/n glow/n slow/a low/a below/d grow/b flow/b go/b",
    "sleep/n deep/a steep/a weep/b creep/b",
    "air/n hair/n stair/n prayer/n bare/a fair/a rare/a chair/n",
    "sound/n ground/n round/a drowned/a unbound/a",
    "wall/n hall/n call/b fall/b small/a tall/a",
    "spring/n wing/n ring/n king/n string/n sing/b cling/b",
    "dark/n park/n spark/n lark/n stark/a",
    "dream/n stream/n gleam/n beam/n seam/n",
    "shore/n door/n floor/n roar/n soar/b before/d",
    "west/n nest/n guest/n crest/n blessed/a",
    "tide/n side/n bride/n wide/a hide/b ride/b glide/b",
    "sand/n hand/n land/n stand/b strand/n grand/a",
    "thorn/n horn/n corn/n torn/a worn/a",
    "year/n near/a clear/a dear/a appear/b",
    "name/n flame/n frame/n game/n",
    "town/n crown/n gown/n brown/a drown/b down/d",
    "face/n place/n lace/n space/n",
    "hill/n sill/n mill/n chill/n still/a",
    "trees/p seas/p bees/p keys/p breeze/n memories/p",
    "stars/p scars/p bars/p guitars/p cars/p",
    "wings/p strings/p kings/p rings/p sings/v clings/v",
    "rose/n snows/p glows/v grows/v flows/v goes/v",
    "days/p ways/p stays/v sways/v plays/v haze/n blaze/n",
    "nights/p lights/p heights/p",
    "dreams/p streams/p beams/p gleams/v",
    "skies/p eyes/p cries/v flies/v lies/v wise/a lullabies/p goodbyes/p",
    "years/p ears/p tears/p appears/v disappears/v",
    "pines/p lines/p signs/p vines/p shines/v",
    "sleeps/v creeps/v weeps/v",
    "hands/p sands/p lands/p stands/v",
    "walls/p halls/p calls/v falls/v waterfalls/p",
    "tides/p sides/p hides/v rides/v glides/v",
    "stones/p bones/p thrones/p",
    "leaves/p eaves/p sheaves/p grieves/v weaves/v",
    "lanes/p trains/p chains/p remains/v",
    "hours/p flowers/p showers/p towers/p",
    "song/n long/a strong/a wrong/a belong/b",
    "blue/a view/n dew/n true/a new/a",
    "heart/n cart/n chart/n depart/b",
    "mind/n blind/a kind/a behind/d",
    "word/n bird/n heard/a unheard/a",
)

_BY_STRESS: Mapping[str, str] = {
    "010": """
        tomato antenna tornado piano horizon potato volcano umbrella aurora mimosa november familiar remembers
        untroubled remember another eternal october september unwritten enchanted december forgotten eleven
        cathedral beloved idea museum
    """,
    "01": """
        machine goodbyes untold abide alight below across awaits unknown against refrain forgive returns delight
        desire hotel remains canoe beneath lagoon appears await before bazaar above repeats guitar cascade
        trombone tonight embrace balloon away surrounds behind believes beside alone remain around beyond
        guitars ravine hello forgives today along begin asleep return depart serene awake delights appear belong
        abides goodbye unbound bouquet within unheard afraid divine cement again believe forget mirage giraffe
        sublime forgets begins until unless upon create
    """,
    "101": """
        disappear windowpane overgrown disappears violin
    """,
    "100": """
        lavender luminous cinema furious listening fisherman gravity galaxy wandering library travelling violet
        elephant meteor area theatre
    """,
    "10x": """
        caravan universe lullabies melodies photograph yesterday waterfalls butterfly dragonfly memories
        satellite melody waterfall hesitates firefly grandfather grandmother bicycle lullaby memory
    """,
    "10": """
        into never onto every evening towering iron siren quiet lion giant poem poet being faded haunted rhythm
        ocean people science lighthouse moonlight sunlight starlight somewhere something sometimes someone
        nameless lonely lilies business
        chocolate camera family different favourite favorite
    """,
    "1": """
        breathes towers flowers showers hours hour fire choir wire spire prayer blessed drowned crowned real
    """,
}

STRESSES: Mapping[str, str] = {word: signs for signs, words in _BY_STRESS.items() for word in words.split()}
"""One sign per syllable, 1 stressed, 0 not, x either, where the rules of spelling would be wrong."""

LIGHT_WORDS = listed(
    """and of to its my in is are as was were or at from for with but on by so no not I you we they he she it this
    that these those what how where when who which all some still let there here than then through near each
    such our your their his her could would will shall may can has have had do does did be if till like one once
    more most out off up down yet too"""
)
"""Words of one syllable that may fall on or off the beat."""

WEAK_WORDS = frozenset({"the", "a", "an"})

"""The words that the sketch engine knows, each table from what is meant to the words that mean it.

Plurals are found by :mod:`musings_sketch.words`; only irregular ones stand here.
"""

from collections.abc import Mapping


def listed(words: str) -> frozenset[str]:
    """The words of a line as a set."""
    return frozenset(words.split())


Table = Mapping[str, str]

THINGS: Table = {
    "sun": "sun sunshine sunlight sunny sunlit sunrise sunset ☀ 🌅 🌞",
    "moon": "moon moonlight moonlit moonrise crescent lunar 🌙 🌕 🌝",
    "stars": "star starry starlight starlit constellation ⭐ 🌟 ✨",
    "planet": "planet saturn jupiter mars world worlds 🪐",
    "comet": "comet meteor shooting-star ☄",
    "aurora": "aurora borealis northern-lights polar-lights",
    "rainbow": "rainbow 🌈",
    "lightning": "lightning thunderbolt ⚡",
    "cloud": "cloud cloudy ☁",
    "bird": "bird gull seagull swallow crow raven sparrow eagle hawk heron crane goose geese dove nightingale 🐦 🦅",
    "owl": "owl 🦉",
    "bat": "bat 🦇",
    "butterfly": "butterfly moth 🦋",
    "firefly": "firefly glowworm",
    "dragon": "dragon 🐉",
    "balloon": "balloon airship zeppelin 🎈",
    "kite": "kite 🪁",
    "rocket": "rocket spaceship spacecraft starship astronaut 🚀",
    "tree": "tree oak willow elm maple beech birch linden apple-tree orchard 🌳",
    "pine": "pine fir spruce cedar conifer evergreen 🌲",
    "palm": "palm coconut 🌴",
    "cherry": "cherry sakura blossom blossoms cherry-tree 🌸",
    "cactus": "cactus cacti saguaro 🌵",
    "flower": "flower daisy wildflower bloom petal petals bouquet bluebell iris lily marigold 🌼 💐",
    "rose": "rose 🌹",
    "tulip": "tulip 🌷",
    "poppy": "poppy",
    "sunflower": "sunflower 🌻",
    "lavender": "lavender lilac heather",
    "mushroom": "mushroom toadstool fungus fungi 🍄",
    "reed": "reed bulrush",
    "cat": "cat kitten kitty tomcat 🐈 🐱",
    "dog": "dog puppy hound 🐕 🐶",
    "horse": "horse pony stallion mare unicorn 🐎 🐴",
    "deer": "deer stag doe elk reindeer fawn 🦌",
    "fox": "fox vixen 🦊",
    "wolf": "wolf coyote 🐺",
    "bear": "bear 🐻",
    "rabbit": "rabbit hare bunny 🐇 🐰",
    "sheep": "sheep lamb 🐑",
    "camel": "camel caravan dromedary 🐪",
    "elephant": "elephant 🐘",
    "swan": "swan duck 🦢",
    "fish": "fish trout salmon carp koi shoal 🐟 🐠",
    "whale": "whale orca dolphin 🐋 🐳 🐬",
    "jellyfish": "jellyfish medusa",
    "turtle": "turtle tortoise 🐢",
    "octopus": "octopus squid kraken 🐙",
    "house": "house home cottage cabin hut farmhouse barn farm 🏠 🏡",
    "village": "village hamlet town 🏘",
    "castle": "castle fortress palace citadel 🏰",
    "tower": "tower spire",
    "church": "church chapel cathedral steeple ⛪",
    "pagoda": "pagoda temple shrine torii ⛩",
    "lighthouse": "lighthouse beacon",
    "bridge": "bridge viaduct 🌉",
    "windmill": "windmill mill",
    "pyramid": "pyramid",
    "skyline": "city skyline skyscraper metropolis downtown manhattan tokyo 🏙 🌃",
    "tent": "tent camp camping ⛺ 🏕",
    "fire": "fire campfire bonfire flame flames 🔥",
    "lantern": "lantern lamp 🏮",
    "fence": "fence",
    "road": "road path lane trail highway street way",
    "boat": "boat rowboat dinghy canoe gondola sailboat yacht sail ⛵ 🛶",
    "ship": "ship schooner galleon frigate vessel 🚢",
    "island": "island isle atoll 🏝",
    "waterfall": "waterfall cascade falls",
    "river": "river stream brook creek",
    "lake": "lake pond loch lagoon tarn",
    "mountain": "mountain peak summit alp alps himalaya 🏔 ⛰ 🗻",
    "volcano": "volcano lava 🌋",
    "person": "person man woman girl boy child wanderer traveller traveler monk fisherman poet sailor king "
    "queen friend "
    " mother father",
    "couple": "couple lovers 💑",
    "dancer": "dancer ballerina dance dancing 💃",
    "umbrella": "umbrella parasol ☂ ☔",
    "heart": "heart love ❤ 💛 💙 💚",
    "piano": "piano",
    "violin": "violin fiddle cello",
    "guitar": "guitar",
    "book": "book novel",
}

SKY_THINGS = frozenset({"sun", "moon", "stars", "aurora", "cloud", "lightning", "rainbow"})

SCENES: Table = {
    "sea": "sea ocean beach shore coast bay harbour harbor surf tide wave waves sail sails sailor horizon seaside "
    "cliff",
    "mountains": "mountain peak summit alp alps alpine himalaya highland highlands ridge glacier",
    "lake": "lake pond loch lagoon river stream brook creek reflection mirror fjord waterfall",
    "forest": "forest wood woods woodland jungle grove thicket wilderness",
    "city": "city cities town urban skyline skyscraper skyscrapers street streets metropolis downtown neon cyberpunk "
    "traffic rooftop rooftops manhattan tokyo paris london berlin",
    "space": "space galaxy cosmos cosmic nebula universe planet planets saturn jupiter mars astronaut orbit "
    "interstellar "
    "rocket spaceship starship alien",
    "garden": "garden meadow bouquet blossom wildflower petals bloom roses tulips flowers",
    "desert": "desert dune dunes sahara oasis camel caravan pyramid pyramids sand mesa canyon",
    "hills": "hill hills countryside field fields farm village valley pasture vineyard tuscany prairie country rural "
    "steppe",
    "underwater": "underwater undersea reef coral seabed aquarium submarine diver mermaid kelp jellyfish octopus "
    "deep-sea",
    "portrait": "portrait face profile self-portrait silhouette mind dreamer thinker goddess",
    "flow": "abstract jazz blues opera techno orchestra flow wind energy movement music melody symphony "
    "rhythm motion chaos thought thoughts time memory",
    "glass": "stained-glass crystal kaleidoscope facets",
    "tiles": "geometric geometry bauhaus pattern mosaic tiles cubist cubism kandinsky modernist quilt",
    "ink": "zen enso calligraphy haiku meditation emptiness brushstroke",
    "marble": "marble marbled marbling suminagashi swirl swirls fluid liquid psychedelic agate",
}

MOODS: Table = {
    "joyful": "happy joy joyful cheerful merry bright sunny playful fun laughing laughter celebration festive delight",
    "calm": "calm quiet peaceful peace serene still silence silent gentle tranquil rest slow sleepy lullaby soft hush",
    "melancholy": "sad sadness melancholy sorrow grief lonely loneliness alone lost tears crying longing farewell "
    "goodbye "
    "miss missing nostalgia nostalgic autumnal blues regret forgotten abandoned",
    "dark": "dark darkness gloomy haunted horror ghost ghosts fear scary nightmare sinister grim death dead evil "
    "gothic",
    "fierce": "angry anger rage fierce wild war battle fury violent raging burning blazing revolution rebel",
    "dreamy": "dream dreams dreamy dreaming magic magical fairy fairytale enchanted fantasy surreal ethereal "
    "mystical "
    "wonder",
    "tender": "love tender tenderness kiss romance romantic lovers beloved sweet dear warm mother child embrace",
    "majestic": "majestic epic grand vast mighty heroic glorious sublime ancient eternal legend legendary king queen "
    "towering",
    "hopeful": "hope hopeful new beginning begin rise rising promise tomorrow freedom free light awakening birth",
}

TIMES: Table = {
    "dawn": "dawn sunrise daybreak 🌅",
    "morning": "morning early breakfast",
    "day": "day noon midday daylight daytime afternoon sunny ☀",
    "golden": "golden-hour late-afternoon",
    "sunset": "sunset sundown evening 🌇",
    "dusk": "dusk twilight gloaming nightfall blue-hour",
    "night": "night midnight nighttime nocturne nocturnal moonlit moonlight starry starlight starlit moon stars star "
    "neon "
    "firefly lantern aurora 🌙 🌃",
}

SEASONS: Table = {
    "spring": "spring april may blossom blossoms cherry sakura easter",
    "summer": "summer july august june heat hot",
    "autumn": "autumn fall october november harvest leaves autumnal",
    "winter": "winter snow snowy snowfall ice icy frost frozen december january christmas cold ❄ ⛄",
}

WEATHERS: Table = {
    "rain": "rain rainy raining drizzle downpour monsoon shower 🌧 ☔",
    "snow": "snow snowy snowing snowfall snowflake blizzard 🌨 ❄",
    "fog": "fog foggy mist misty haze hazy",
    "storm": "storm stormy thunder thunderstorm lightning tempest hurricane ⛈ ⚡",
    "cloudy": "cloud cloudy overcast grey gray",
    "wind": "wind windy breeze gale gust",
    "clear": "clear cloudless",
}

COLOURS: Mapping[str, tuple[float, float, float]] = {
    "red": (0.55, 0.20, 27),
    "crimson": (0.48, 0.19, 20),
    "scarlet": (0.58, 0.22, 30),
    "orange": (0.72, 0.17, 55),
    "amber": (0.77, 0.16, 72),
    "gold": (0.80, 0.14, 85),
    "yellow": (0.88, 0.17, 100),
    "lime": (0.86, 0.20, 125),
    "green": (0.60, 0.15, 145),
    "emerald": (0.62, 0.15, 160),
    "mint": (0.87, 0.09, 165),
    "teal": (0.60, 0.10, 195),
    "turquoise": (0.75, 0.12, 195),
    "cyan": (0.80, 0.12, 210),
    "blue": (0.52, 0.16, 255),
    "azure": (0.68, 0.14, 245),
    "navy": (0.30, 0.09, 262),
    "indigo": (0.40, 0.16, 277),
    "violet": (0.50, 0.19, 295),
    "purple": (0.48, 0.19, 308),
    "lavender": (0.76, 0.10, 300),
    "lilac": (0.77, 0.10, 312),
    "magenta": (0.60, 0.24, 335),
    "pink": (0.78, 0.13, 355),
    "coral": (0.70, 0.16, 32),
    "peach": (0.83, 0.10, 60),
    "brown": (0.45, 0.08, 55),
    "sepia": (0.55, 0.07, 70),
    "cream": (0.93, 0.04, 90),
    "white": (0.95, 0.01, 90),
    "silver": (0.78, 0.01, 250),
    "grey": (0.60, 0.01, 260),
    "black": (0.20, 0.01, 270),
}

COLOUR_WORDS: Table = {
    "red": "ruby reddish rouge",
    "crimson": "blood burgundy maroon",
    "gold": "golden gilded",
    "blue": "bluish cobalt",
    "azure": "cerulean sky-blue",
    "green": "greenish olive jade",
    "violet": "ultraviolet",
    "purple": "amethyst plum",
    "pink": "rosy rose-coloured pinkish",
    "brown": "bronze copper rust rusty",
    "cream": "ivory",
    "white": "snow-white pale",
    "silver": "silvery",
    "grey": "gray ashen",
    "black": "ebony obsidian",
}

MEDIA: Table = {
    "oil": "oil impressionist impressionism monet brushstrokes gogh acrylic",
    "watercolour": "watercolour watercolor aquarelle wash",
    "print": "linocut woodcut screenprint poster print risograph retro vintage",
    "etching": "etching engraving hatching pencil pen drawing drawn charcoal",
    "ink": "ink sumi-e sumi brush calligraphy",
    "mosaic": "mosaic stained-glass tesserae",
    "pixel": "pixel pixelart pixel-art 8-bit 16-bit bit sprite",
    "plain": "photo photograph photographic photorealistic realistic cinematic render smooth",
}

NUMBERS: Mapping[str, int] = {
    "one": 1,
    "single": 1,
    "lone": 1,
    "two": 2,
    "pair": 2,
    "couple": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "dozen": 12,
    "few": 3,
    "several": 4,
    "many": 8,
    "hundred": 12,
    "thousand": 12,
}

CROWDS: Mapping[str, int] = {
    "flock": 9,
    "herd": 6,
    "fleet": 5,
    "shoal": 9,
    "swarm": 9,
    "pack": 4,
    "caravan": 5,
    "field": 12,
}

REFUSALS = frozenset({"no", "without", "not", "minus", "never", "nor"})
"""A thing named right after one of these is not wanted."""

STOPWORDS = listed(
    """a about above across after again against all along also although always am among an and any are around as at
    away be because been before being below beneath beside between beyond both but by can could did do does
    doing down during each either else even ever every few for from further get got had has have having he her
    here hers herself him himself his how i if in inside into is it its itself just let like make made many may
    me might more most much must my myself near neither no nor not of off on once one only onto or other our
    ours out outside over own past per quite rather s same shall she should so some such t than that the their
    theirs them then there these they this those though through throughout to together too toward towards under
    until up upon us very was we were what when where whether which while who whom whose why will with within
    without would yet you your yours yourself two three four five six seven eight nine ten"""
)

REQUEST_WORDS = listed(
    """write writing written compose create generate draw drawing paint painting painted picture image photo
    photograph illustration illustrate poem poems poetry haiku sonnet ballad couplet couplets verse verses prose
    story stories tale dialogue song songs lyrics text short long please style styled detailed beautiful hd 4k
    8k masterpiece show give tell want need prompt art artwork artistic render rendering sketch line lines
    stanza stanzas word words free form rhyme rhyming titled called featuring theme topic something someone
    somebody about"""
)

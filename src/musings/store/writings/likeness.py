"""How alike two texts are: a fingerprint of 128 bits in which like texts differ in few. Pure.

M. S. Charikar, "Similarity estimation techniques from rounding algorithms", STOC 2002: each part of a text votes on
every bit. The parts are words and pairs of neighbouring words, so that their order counts.
"""

import hashlib
import re
import unicodedata
from itertools import pairwise

BITS = 128
NEAR = 0.6
"""From this likeness on, two texts are taken for versions of one."""
MOST_WORDS = 2_500
"""Of a longer text the beginning counts, which bounds the time to a tenth of a second."""


def fingerprint(content: str) -> str:
    """32 hexadecimal digits, equal for texts that differ only in case, spacing, accents or punctuation."""
    bare = unicodedata.normalize("NFKD", content).casefold()
    words = re.findall(r"\w+", "".join(letter for letter in bare if not unicodedata.combining(letter)))[:MOST_WORDS]
    parts = {*words, *(" ".join(pair) for pair in pairwise(words))}
    votes = [0] * BITS
    for part in parts or {""}:
        digest = hashlib.blake2b(part.encode("utf-8", "surrogatepass"), digest_size=BITS // 8).digest()
        bits = int.from_bytes(digest, "big")
        for place in range(BITS):
            votes[place] += 1 if bits >> place & 1 else -1
    return f"{sum(1 << place for place, vote in enumerate(votes) if vote > 0):032x}"


def likeness(one: str, other: str) -> float:
    """From 0, for texts that have nothing to do with each other, to 1, for the same words."""
    differing = (int(one, 16) ^ int(other, 16)).bit_count()
    return max(0.0, 1 - 2 * differing / BITS)


def is_fingerprint(value: object) -> bool:
    """Whether a column holds a fingerprint of this kind, and not one that another program wrote in its own way."""
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{32}", value) is not None

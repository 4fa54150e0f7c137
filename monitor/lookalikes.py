"""Names that look alike: two people whose names nobody can tell apart must not both approve.

Own table instead of a library: Unicode's list of confusables (UTS 39) has thousands of entries for scripts that a
name of ours may not mix in anyway. A name has the letters of one script that people write today, so what is left are
the few whole words that Greek, Cyrillic and Latin share, marks above letters, and l I 1 | and 0 O.
"""

import unicodedata

SCRIPTS = frozenset(
    ["LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "DEVANAGARI"]
)
_JAPANESE = frozenset({"CJK", "HIRAGANA", "KATAKANA"})
_BESIDES = frozenset(" -'’.")
_ODD_LATIN = range(0x0250, 0x1E00)  # phonetic letters and small capitals: ɑ looks like a, ɡ like g

# after case folding: what looks like a Latin letter, by that letter
_LIKE = {
    "a": "аα",
    "b": "вβь",
    "c": "сϲ",
    "d": "ԁ",
    "e": "еєε",
    "g": "ց",
    "h": "һнη",
    "i": "іιıї",
    "j": "јϳ",
    "k": "кκ",
    "l": "1|ӏ",
    "m": "мμ",
    "n": "пνո",
    "o": "оο0ө",
    "p": "рρ",
    "q": "ԛ",
    "r": "г",
    "s": "ѕς",
    "t": "тτ",
    "u": "υцս",
    "v": "ѵ",
    "w": "ԝωш",
    "x": "хχ",
    "y": "уγү",
    "z": "ζ",
}
_FOLD = {ord(twin): letter for letter, twins in _LIKE.items() for twin in twins}


def skeleton(name: str) -> str:
    """What is left of a name when everything is dropped that the eye passes over; equal for names that look alike."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    bare = [char for char in unicodedata.normalize("NFD", folded) if not unicodedata.combining(char)]
    looks = "".join(char for char in bare if char.isalnum() or char == "|").translate(_FOLD)
    return looks.replace("rn", "m").replace("vv", "w").replace("i", "l")  # I and l are one stroke


def is_one_script(name: str) -> bool:
    """Are its letters those of one script that people write today, and is nothing else in it but digits and - ' .?"""
    plain = unicodedata.normalize("NFKC", name)
    letters = [char for char in plain if char.isalpha()]
    scripts = {unicodedata.name(char, "?").split()[0] for char in letters}
    others = [char for char in plain if not (char.isalpha() or char.isdecimal() or unicodedata.combining(char))]
    odd = scripts == {"LATIN"} and any(ord(char) in _ODD_LATIN for char in letters)
    known = len(scripts) == 1 and scripts <= SCRIPTS
    return (known or (bool(scripts) and scripts <= _JAPANESE)) and not odd and _BESIDES.issuperset(others)

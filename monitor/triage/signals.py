"""From hits of the lexicon to evidence: negation turned round, short hits inside longer ones dropped, masks lifted."""

import re
from bisect import bisect, bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.triage.lexicon import Hit, Lexicon, Rule
from monitor.triage.tokens import SENTENCE_ENDS, Token, hidden_words, tokens
from monitor.words import later


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CLAUSE_ENDS = SENTENCE_ENDS | {",", ":", "(", ")", "–", "—", "aber", "sondern", "sonst", "dafuer", "doch"}
_JOINS = frozenset({"und", "oder", "sowie"})
_TURNS_BACK = frozenset({"nur", "zuletzt", "umsonst", "allein", "ganz"})
_COPULA = _words("ist sind war waren wurde wurden bin gab gabs hatte hatten habe haben gibt sieht geht klingt")
_OTHERWISE = frozenset({"anders", "anderes"})
_REACH = 3
_HIDES = frozenset({"complaint", "praise", "plain"})
_HIDDEN = frozenset({"complaint", "praise", "doubt", "profanity", "plain", "question"})
_NOT_A_MASK_AFTER = _words("herr herrn frau hr fr familie fam dr")
_NOT_A_MASK_BEFORE = _words("klasse note hotel sterne kategorie level")
_MASKS_AT_MOST = 5

NEGATED_PRAISE = Rule("complaint.negated-praise", "complaint", 0.9, later("Ein Lob wird verneint („nicht gut“)."))
NEGATED_COMPLAINT = Rule(
    "praise.negated-complaint", "praise", 0.5, later("Eine Kritik wird verneint („nicht schlecht“).")
)
MASKED_INSULT = Rule("insult.masked", "insult", 0.8, later("Hier ist wohl eine Beleidigung unkenntlich gemacht."))
MASKED_PROFANITY = Rule(
    "profanity.masked", "profanity", 0.6, later("Hier ist wohl ein Schimpfwort unkenntlich gemacht.")
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A rule that speaks, with its half-open place in the original text; `negates`: its words hold a negation."""

    rule: Rule
    start: int
    end: int
    negates: bool = False


@dataclass(frozen=True, slots=True)
class Signals:
    """Everything that the words of one text say, in the order of the text."""

    evidence: tuple[Evidence, ...]
    words: int
    first_person: bool
    addressed: bool
    lone_doubt: bool

    def of(self, *groups: str) -> list[Evidence]:
        """Evidence of these groups."""
        return [found for found in self.evidence if found.rule.group in groups]

    def has(self, group: str) -> bool:
        """Whether any rule of the group speaks."""
        return any(found.rule.group == group for found in self.evidence)

    def weights(self, *groups: str) -> dict[str, float]:
        """Weight of each rule of these groups that speaks, counted once."""
        return {found.rule.id: found.rule.weight for found in self.of(*groups)}


_FIRST = _words("ich wir mir mich uns mein meine meinen meinem meiner unser unsere unseren unserem unserer")
_YOU = _words("ihr euch euer eure euren eurem sie ihnen ihre ihrem ihren ihrer du dich dir dein deine")


def signals(text: str, lexicon: Lexicon) -> Signals:
    """Read a text by the word lists. Linear in its length but for bounded factors."""
    words = tokens(text)
    hits = [_turned(hit, words, lexicon) for hit in lexicon.find(words)]
    seen = [Evidence(hit.rule, words[hit.first].start, words[hit.last].end, hit.negates) for hit in _outermost(hits)]
    seen += _masked(text, words, lexicon)
    seen += _filled(text, words, lexicon, seen)
    spoken = {token.word for token in words}
    return Signals(
        evidence=tuple(sorted(seen, key=lambda found: (found.start, found.end, found.rule.id))),
        words=sum(token.word[0].isalnum() for token in words),
        first_person=not _FIRST.isdisjoint(spoken),
        addressed=not _YOU.isdisjoint(spoken),
        lone_doubt=_lone_doubt(seen, words),
    )


def _lone_doubt(seen: Sequence[Evidence], words: Sequence[Token]) -> bool:
    """Whether a sentence holds a doubt and no praise: "Toller Laden! Nur war die Hälfte nicht da."."""
    ends = [token.start for token in words if token.word in SENTENCE_ENDS]
    praised = {bisect(ends, found.start) for found in seen if found.rule.group == "praise"}
    return any(found.rule.group == "doubt" and bisect(ends, found.start) not in praised for found in seen)


def _turned(hit: Hit, words: Sequence[Token], lexicon: Lexicon) -> Hit:
    """The hit, or its opposite when the clause negates it."""
    if hit.negates or hit.rule.group not in {"complaint", "praise"} or not hit.fixed:
        return hit
    before = _negator_before(hit, words, lexicon)
    first, last = hit.first, hit.last
    if before is not None:
        first = before
    else:
        after = _negator_after(hit, words, lexicon)
        if after is None:
            return hit
        last = after
    rule = NEGATED_PRAISE if hit.rule.group == "praise" else NEGATED_COMPLAINT
    return Hit(rule, first, last, fixed=True, negates=True)


def _negator_before(hit: Hit, words: Sequence[Token], lexicon: Lexicon) -> int | None:
    for place in range(hit.first - 1, max(hit.first - 1 - _REACH, -1), -1):
        word = words[place].word
        if word in _CLAUSE_ENDS or word in _JOINS:
            return None
        if _negates(words[place], lexicon):
            following = words[place + 1].word
            so = following in {"so", "derart"} and word in {"nie", "niemals"}
            return None if so or following in _TURNS_BACK else place
    return None


def _negator_after(hit: Hit, words: Sequence[Token], lexicon: Lexicon) -> int | None:
    """Where the negation follows: "Gut war das nicht", "Probleme gab es keine", "Freundlich geht anders"."""
    following = hit.last + 1
    if following >= len(words) or words[following].word not in _COPULA:
        return None
    for place in range(following + 1, min(following + 1 + _REACH, len(words))):
        word = words[place].word
        if word in _CLAUSE_ENDS or word in _JOINS or word == "so":
            return None
        praised = hit.rule.group == "praise"
        if _negates(words[place], lexicon) or (praised and word in _OTHERWISE):
            return place
    return None


def _negates(token: Token, lexicon: Lexicon) -> bool:
    return not lexicon.negators.isdisjoint(lexicon.atoms([token])[0])


def _outermost(hits: Sequence[Hit]) -> list[Hit]:
    """Drop a hit that lies inside a strictly longer one: "nicht schlecht" hides "schlecht".

    Only rows without a gap hide praise and complaints of the other colour, so that nothing between two words is lost.
    """
    longest: dict[int, list[Hit]] = {}
    for hit in hits:
        if hit.rule.group in _HIDES and hit.last - hit.first < 12 and _may_hide(hit):
            for place in range(hit.first, hit.last + 1):
                longest.setdefault(place, []).append(hit)
    return [hit for hit in hits if not any(_hides(other, hit) for other in longest.get(hit.first, ()))]


def _may_hide(hit: Hit) -> bool:
    return hit.last > hit.first


def _hides(other: Hit, hit: Hit) -> bool:
    if hit.rule.group not in _HIDDEN or other.last < hit.last or other is hit:
        return False
    if other.last - other.first == hit.last - hit.first:
        return hit.rule.group == "question" and other.rule.group == "praise"
    if other.rule.group == "complaint":
        return hit.rule.group != "complaint" or other.rule is not hit.rule
    return other.fixed or other.last - other.first <= _REACH + 1 or hit.rule.group != "complaint"


def _masked(text: str, words: Sequence[Token], lexicon: Lexicon) -> Iterable[Evidence]:
    hidden = list(hidden_words(text))
    if not hidden:
        return
    around = {token.start: place for place, token in enumerate(words)}
    for token in hidden:
        place = around.get(token.start)
        if place is not None and place > 0 and words[place - 1].word in _NOT_A_MASK_AFTER:
            continue
        if "*" in token.word:
            rule = None if _name_follows(token, words) else _unstarred(token.word, lexicon)
        else:
            rule = next((h.rule for h in lexicon.find([token]) if h.rule.group in {"insult", "profanity"}), None)
        if rule is not None:
            insult = rule.group == "insult"
            yield Evidence(MASKED_INSULT if insult else MASKED_PROFANITY, token.start, token.end)


def _filled(text: str, words: Sequence[Token], lexicon: Lexicon, seen: Sequence[Evidence]) -> Iterable[Evidence]:
    """Words with other signs than stars in place of letters, where nothing was found yet."""
    there = {found.start: found.end for found in seen if found.rule.group in {"insult", "contempt", "profanity"}}
    for found in lexicon.fillers.find(text):
        place = bisect_right(words, found.start, key=lambda word: word.end)  # a search by steps would be quadratic
        before = words[place - 1].word if place else ""
        if there.get(found.start, 0) < found.end and before not in _NOT_A_MASK_AFTER:
            listed = {hit.rule.group: hit.rule for hit in lexicon.find([Token(found.word, found.start, found.end)])}
            rule = MASKED_INSULT if "insult" in listed else listed.get("contempt", _kind(found.word))
            yield Evidence(rule, found.start, found.end)


def _kind(listed: str) -> Rule:
    profane = listed.startswith(("sch", "besch", "kack", "fuck"))
    return MASKED_PROFANITY if profane and not listed.startswith(("schlampe", "schwein")) else MASKED_INSULT


def _name_follows(token: Token, words: Sequence[Token]) -> bool:
    place = bisect_left(words, token.end, key=lambda word: word.start)
    return place < len(words) and words[place].word in _NOT_A_MASK_BEFORE


def _unstarred(word: str, lexicon: Lexicon) -> Rule | None:
    """The kind of the listed word that fits between the stars; one letter alone is enough only for the usual three."""
    parts = word.split("*")
    letters = "".join(parts)
    if not parts[0] or len(parts) > _MASKS_AT_MOST or (len(letters) == 1 and letters not in "afs"):
        return None
    shape = re.compile(r"[a-z]{1,9}".join(re.escape(part) for part in parts))
    for listed in lexicon.masked:
        if shape.fullmatch(listed):
            return _kind(listed)
    return None

"""What the model says about one text: chances per question, and which words speak for them."""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.triage.judgement import Demand, Reason, Sentiment, Topic
from monitor.triage.signals import Signals
from monitor.triage.tokens import fold
from monitor.words import later

if TYPE_CHECKING:
    from monitor.triage.model.strong import Strong

_SPEAKS_FROM = 0.04
_WORD = re.compile(r"\w+")
_MARKS = ' \t\n.,;:!?…„“”"»«›‹()[]–-'
_SMALL = """
aber als am an auch auf aus bei bin bis da dann das dass dem den denn der des die dies diese dieser dieses doch
dort du ein eine einem einen einer eines er es euch euer eure fuer hab habe haben hat hatte hatten hier ich ihm
ihn ihnen ihr ihre ihren im in ins ist ja man mein meine meinem meinen meiner mich mir mit nach noch nun ob oder
sei seid sein seine sich sie sind so ueber um und uns unser unsere unter vom von vor war waren was weil wenn wer
wie wir wird wo wurde wurden zu zum zur
"""
_SMALL_WORDS = frozenset(_SMALL.split())
"""Folded words that hold a sentence together. Negations are none of them: they turn it."""
_WORDS_SHOWN = 2
WORDS: dict[str, str] = {
    "complaint": later("Diese Wörter klingen nach Kritik; so stehen sie meist in Beschwerden."),
    "hostile": later("Diese Wörter klingen abfällig gegenüber Menschen."),
    "question": later("Das klingt nach einer Frage an den Betrieb."),
    "legal": later("Das klingt nach einem rechtlichen Schritt."),
    "threat": later("Das klingt nach einer Drohung."),
    "extortion": later("Das klingt nach einer Gegenleistung für eine Bewertung."),
    "resolved": later("Das klingt, als sei das Anliegen geklärt."),
    "spam": later("Das klingt nach Werbung."),
    "personal": later("Hier stehen wohl persönliche Angaben über Menschen."),
}
"""The sentence beside the words that speak for a question. Calm, and about words, never about people."""
READ_WHOLE: dict[str, str] = {
    "complaint": later(
        "Kein einzelnes Wort sagt es; als Ganzes gelesen klingt der Beitrag nach Kritik, am meisten hier."
    ),
    "hostile": later("Kein einzelnes Wort sagt es; als Ganzes gelesen klingt der Beitrag abfällig, am meisten hier."),
}
"""The sentence where only the strong tier sees it: it reads sentences, and cannot name words."""
_READ_WHOLE = later("Kein einzelnes Wort sagt es; als Ganzes gelesen spricht der Beitrag dafür, am meisten hier.")
_SENTENCE = re.compile(r"\S[^.!?\n]*[.!?]*")
_SENTENCES_READ = 24


@dataclass(frozen=True, slots=True)
class Opinion:
    """Chances 0..1 by question, and the thresholds they are read with."""

    chances: Mapping[str, float]
    thresholds: Mapping[str, float]
    strong: "Strong | None" = None
    unworded: frozenset[str] = frozenset()
    """Questions that only the strong tier answers with yes: no words speak for them."""

    def says(self, question: str) -> bool:
        """Whether the chance reaches the threshold that was chosen on dev data."""
        return self.chances[question] >= self.thresholds[question]

    def scaled(self, question: str) -> float:
        """The chance on a scale where the threshold is 0.5, so that one number carries value and decision."""
        chance, threshold = self.chances[question], self.thresholds[question]
        if chance >= threshold:
            return 0.5 + 0.5 * (chance - threshold) / max(1.0 - threshold, 1e-9)
        return 0.5 * chance / threshold

    @property
    def sentiment(self) -> Sentiment:
        """The mood with the highest chance, each times its factor."""
        return max(Sentiment, key=lambda mood: self.chances[mood.value] * self.thresholds[f"mood.{mood.value}"])

    @property
    def polarity(self) -> float:
        """Chance of praise less chance of criticism, -1..1."""
        return self.chances["positive"] - self.chances["negative"]

    def topics(self, listed: Container[str]) -> tuple[Topic, ...]:
        """Every topic that reaches its threshold, or half of it where the word lists name it; else the likeliest."""
        found = tuple(
            topic for topic in Topic if self.scaled(f"topic.{topic.value}") >= (0.25 if topic.value in listed else 0.5)
        )
        return found or (max(Topic, key=lambda topic: self.scaled(f"topic.{topic.value}")),)

    @property
    def demands(self) -> tuple[Demand, ...]:
        """Every demand that reaches its threshold."""
        return tuple(demand for demand in Demand if self.says(f"demand.{demand.value}"))

    def reasons(self, text: str, question: str) -> list[Reason]:
        """The words that speak for a question; the sentence that does where only the strong tier sees it."""
        if self.strong is None or question not in self.unworded:
            return model_reasons(text, question)
        return [whole_reason(text, question, self.strong)]


def opinion(text: str, found: Signals, second_opinion: float, strong: "Strong | None" = None) -> Opinion:
    """Ask the shipped heads and the shipped mix; with `strong` the mix of both tiers."""
    from monitor.triage.model import heads, mix

    first = mix.shipped()
    values, hint = heads.shipped().logits(text), mix.hints(text, found, second_opinion)
    alone = Opinion(first.chances(values, hint), first.thresholds)
    if strong is None:
        return alone
    both = mix.of_both()
    chances = both.chances(first.log_odds(values, hint), strong.logits(text))
    together = Opinion(chances, both.thresholds)
    only = frozenset(name for name in both.questions if together.says(name) and not alone.says(name))
    return Opinion(chances, both.thresholds, strong, only)


def model_reasons(text: str, question: str) -> list[Reason]:
    """The words that add most to a head, at most two places that do not overlap, in the order of the text.

    Places of small words alone ("sei er") weigh something and tell nobody anything: they stand in only for nothing.
    """
    from monitor.triage.model import heads

    shares = sorted(heads.shipped().shares(text, question), key=lambda share: (-share.value, share.start, share.end))
    speaking = [(share.start, share.end) for share in shares if share.value >= _SPEAKS_FROM]
    places = [place for place in (_trimmed(text, *place) for place in speaking) if place[0] < place[1]]
    taken: list[tuple[int, int]] = []
    for start, end in [place for place in places if _telling(text[slice(*place)])] or places:
        if len(taken) < _WORDS_SHOWN and all(end <= first or last <= start for first, last in taken):
            taken.append((start, end))
    rules = ("model", "model-2")
    return [
        Reason(f"{question}.{rule}", start, end, WORDS[question])
        for rule, (start, end) in zip(rules, sorted(taken), strict=False)
    ]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The place without marks at its ends; empty where it is nothing else. Signs that stand for letters stay."""
    words = text[start:end]
    if not any(char.isalnum() for char in words):
        return start, start
    return start + len(words) - len(words.lstrip(_MARKS)), end - len(words) + len(words.rstrip(_MARKS))


def _telling(words: str) -> bool:
    return any(fold(word) not in _SMALL_WORDS for word in _WORD.findall(words))


def whole_reason(text: str, question: str, strong: "Strong") -> Reason:
    """The sentence that carries most of what the strong tier says, each judged alone; a lone one as a whole."""
    places = [(found.start(), found.end()) for found in _SENTENCE.finditer(text)][:_SENTENCES_READ]
    words = READ_WHOLE.get(question, _READ_WHOLE)
    if len(places) < 2:
        return Reason(f"{question}.whole", 0, len(text), words)
    column = strong.names.index(question)
    values = [float(value[column]) for value in strong.of_short([text[start:end] for start, end in places])]
    start, end = places[values.index(max(values))]
    return Reason(f"{question}.whole", start, end, words)


def strong_version() -> str:
    """Digests of the strong tier and of the mix of both; the heads belong to it."""
    from monitor.triage.model import heads, mix, strong

    return f"strong {strong.digest()} heads {heads.shipped().digest} mix {mix.of_both().digest}"


def version() -> str:
    """Digests of heads and mix: another model is another judge."""
    from monitor.triage.model import heads, mix

    return f"heads {heads.shipped().digest} mix {mix.shipped().digest}"

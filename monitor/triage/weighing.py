"""Signals to weights, and the decision while it is being made: by the word lists alone, or with the model.

Doubts alone never decide. A missed complaint is far worse than a needless "Bitte einordnen", so what neither the lists
nor the model are sure of goes to a person.
"""

import math
from dataclasses import dataclass

from monitor.triage.judgement import COMPLAINT_FROM, PostText, Reason
from monitor.triage.opinion import Opinion
from monitor.triage.signals import Signals
from monitor.words import later

SURE_COMPLAINT_FROM = 0.6
DOUBT_AT_MOST = 0.7
STRONG = 0.75
LIGHT_DOUBT = 0.25
"""Up to this weight a doubt beside praise in the same sentence is let pass ("nicht", "kein")."""
_HOSTILE_SHARE = {"insult": 0.9, "contempt": 1.0, "threat": 0.95, "profanity": 0.5}


@dataclass(frozen=True, slots=True)
class Weighed:
    """How much speaks for what, before the decision; sums of weights, not probabilities."""

    complaint: float
    strong: bool
    praise: float
    hostile: float


def weigh(found: Signals) -> Weighed:
    """Add up the evidence; every rule counts once, praise also by its places."""
    praise = _praise(found)
    ironic = found.has("irony")
    clear = found.weights("complaint", "legal", "contempt", "threat")
    clear |= {rule: weight * (0.75 if praise >= 1 else 1.0) for rule, weight in found.weights("demand").items()}
    clear |= _insults(found)
    clear |= dict.fromkeys(found.weights("extortion"), 0.6) | dict.fromkeys(found.weights("irony"), 0.6)
    doubts = min(sum(found.weights("doubt").values()), DOUBT_AT_MOST)
    strong = any(weight >= STRONG for weight in clear.values())
    complaint = sum(clear.values()) + doubts + _profanity(found, praise, calm=not clear)
    if praise >= 1 and not strong and not ironic:
        complaint *= 0.6
    return Weighed(complaint, strong, 0.0 if ironic else praise, _hostile(found, praise))


def _praise(found: Signals) -> float:
    weights = sorted((hit.rule.weight for hit in found.of("praise")), reverse=True)
    return min(weights[0] + 0.4 * len(weights[1:]), 3.0) if weights else 0.0


def _insults(found: Signals) -> dict[str, float]:
    """An insult alone may mean anybody; with "ihr" or "Sie" beside it the business is meant."""
    weights = found.weights("insult")
    meant = 0.9 if found.addressed or found.has("complaint") else 0.55
    return {rule: max(meant, 0.8 if rule == "insult.accuse" else 0.0) for rule in weights}


def _profanity(found: Signals, praise: float, *, calm: bool) -> float:
    if not found.has("profanity"):
        return 0.0
    return 0.2 if praise >= STRONG and calm else 0.6


def _hostile(found: Signals, praise: float) -> float:
    """1 - the product of what is left by each hostile rule; swearing inside praise hardly counts."""
    left = 1.0
    for group, share in _HOSTILE_SHARE.items():
        for rule, weight in found.weights(group).items():
            mild = group == "profanity" and praise >= STRONG
            soft = 0.6 if rule == "contempt.soft-contempt" and left == 1.0 else 1.0
            left *= 1.0 - weight * share * (0.2 if mild else soft)
    return 1.0 - left


@dataclass(slots=True)
class Decision:
    """The verdict while it is being made: `complaint` 0..1, whether it is sure, and the reasons beside the words'."""

    complaint: float
    sure: bool
    owes: bool
    extra: list[Reason]

    def doubt(self, rule: str, words: str, *, at_most: float = 1.0, start: int = 0, end: int = 0) -> None:
        """Not sure any more, for a named reason."""
        self.sure, self.owes = False, True
        self.complaint = min(self.complaint, at_most)
        self.extra.append(Reason(f"unsure.{rule}", start, end, words))


def by_words(post: PostText, found: Signals, weighed: Weighed, lang: str) -> Decision:
    """The decision of the word lists alone: the first form of triage, and one voice beside the model."""
    complaint = 1.0 - math.exp(-1.2 * weighed.complaint)
    whole = len(post.text)
    if complaint >= SURE_COMPLAINT_FROM and weighed.strong:
        return Decision(complaint, sure=True, owes=True, extra=[])
    decision = Decision(complaint, sure=True, owes=False, extra=[])
    if found.has("question"):
        decision.owes = True
        decision.sure = weighed.complaint < 0.3
        return decision
    doubtful = max(found.weights("doubt").values(), default=0.0) > LIGHT_DOUBT
    if weighed.complaint >= 0.3 or doubtful or (found.lone_doubt and weighed.praise >= 0.5):
        decision.doubt("mixed", later("Nicht eindeutig: Es gibt Anzeichen von Kritik."), end=whole)
    elif weighed.praise < _praise_needed(found.words):
        decision.complaint = max(decision.complaint, 0.3)
        if lang not in {"de", "und"}:
            decision.doubt("language", later("Der Text ist wohl nicht auf Deutsch."), end=whole)
        else:
            decision.doubt("no-signal", NO_SIGNAL, end=whole)
    return decision


def _praise_needed(words: int) -> float:
    """A long text is not praise because of one friendly word. Chosen on the project's own cases."""
    if words <= 12:
        return 0.5
    return 0.9 if words <= 40 else 1.3


NOT_A_WORD_AGAINST = 0.5
"""Below this share of the lower bound, even a text that no word list knows counts as no complaint."""


def by_model(post: PostText, found: Signals, weighed: Weighed, lang: str, model: Opinion) -> Decision:
    """The model's chance decides; the word lists keep a say at both ends of the review band.

    0. A short sentence, or several strong rules: the lists decide. N-grams have too little to go by, or too much.
    1. From the upper bound on: a complaint, sure. From the threshold on: a complaint, sure if a strong rule agrees.
    2. Below the lower bound: none, unless a strong rule speaks or no list knows a word and the chance is not tiny.
    3. In between: a person looks, but for a plain question, which owes an answer anyway, and for plain praise,
       which the lists know better than n-grams do: by a negation ("nicht schlecht") at any chance, unless the strong
       tier, which reads the sentence, is sure.
    """
    rules = by_words(post, found, weighed, lang)
    if not any(char.isalnum() or char >= _PICTURES for char in post.text):  # marks alone: nothing to read
        return rules
    strong = weighed.strong and rules.complaint >= SURE_COMPLAINT_FROM and weighed.praise < NOT_A_WORD_AGAINST
    praised = rules.sure and not rules.owes and weighed.praise >= NOT_A_WORD_AGAINST
    many = _many_rules(found) and model.chances["complaint"] >= model.thresholds["complaint.none"]
    if strong and (many or found.words <= SHORT_WORDS):
        return Decision(max(rules.complaint, model.scaled("complaint")), sure=True, owes=True, extra=[])
    decision = Decision(model.scaled("complaint"), sure=True, owes=model.says("question") or rules.owes, extra=[])
    outvoted = _turned_round(found) and not (model.strong and _sees_surely(model))
    if praised and (outvoted or not model.says("complaint")):
        decision.complaint = min(decision.complaint, 0.4)
    elif model.says("complaint"):
        _above(decision, post, found, model, strong=strong, praised=praised)
    else:
        _below(decision, post, found, rules, model, strong=strong)
    if decision.sure and lang not in READ_SURELY:
        decision.doubt("language", later("Der Text ist wohl nicht auf Deutsch."), end=len(post.text))
    return decision


READ_SURELY = frozenset({"de", "en", "und"})
FEW_WORDS = 5
SHORT_WORDS = 7
PLAIN_RULES, ABUSIVE_RULES = 2, 3
"""What the lists decide alone: a strong rule in so few words, or so many rules with an insult or contempt among them.
In our own corpus, written against such rules, 78 % of the posts so decided are complaints; of those with two plain
rules 70 %."""
_PICTURES = "\u2190"  # arrows, symbols and emoji begin here
NO_SIGNAL = later("Kein Wort im Text zeigt, ob es Lob oder Kritik ist.")


def _many_rules(found: Signals) -> bool:
    """Whether several rules speak of criticism: two of the plain kind, or three with abuse among them."""
    plain = found.weights("complaint", "demand")
    return len(plain) >= PLAIN_RULES or len(plain | found.weights("contempt", "insult")) >= ABUSIVE_RULES


def _turned_round(found: Signals) -> bool:
    """Whether a negation makes praise of it ("nicht schlecht"): n-grams see the bad word, the lists see both."""
    return bool({"praise.double-negation", "praise.negated-complaint"} & found.weights("praise").keys())


def _sees_surely(model: Opinion) -> bool:
    """Whether the chance of a complaint is above the review band."""
    return model.chances["complaint"] >= model.thresholds["complaint.sure"]


def _says_nothing(found: Signals) -> bool:
    """A few words of which no list knows one ("Aha, soso."): whoever means something by them has not said it."""
    return found.words <= FEW_WORDS and not found.evidence


def _above(decision: Decision, post: PostText, found: Signals, model: Opinion, *, strong: bool, praised: bool) -> None:
    """From the threshold on."""
    decision.owes = True
    asked = found.has("question")  # it owes an answer either way
    if _says_nothing(found) and not _sees_surely(model):
        decision.doubt("no-signal", NO_SIGNAL, at_most=0.49, end=len(post.text))
    elif praised:
        decision.doubt("rules", later("Die Wortliste sieht Lob, das Modell Kritik."), at_most=0.49, end=len(post.text))
    elif not (strong or asked or _sees_surely(model)):
        decision.doubt("mixed", later("Wohl eine Beschwerde, aber nicht eindeutig."), end=len(post.text))


def _below(
    decision: Decision, post: PostText, found: Signals, rules: Decision, model: Opinion, *, strong: bool
) -> None:
    """Below the threshold."""
    whole, asked = len(post.text), found.has("question")
    chance, lowest = model.chances["complaint"], model.thresholds["complaint.none"]
    if strong:
        decision.complaint = COMPLAINT_FROM
        if not asked:
            decision.doubt("rules", later("Die Wortliste sieht Kritik, das Modell eher nicht."), end=whole)
    elif chance >= lowest and not (decision.owes and rules.sure and rules.complaint < COMPLAINT_FROM):
        decision.doubt("mixed", later("Nicht eindeutig: Es gibt Anzeichen von Kritik."), end=whole)
    elif rules.extra and (chance >= NOT_A_WORD_AGAINST * lowest or _says_nothing(found)):
        decision.sure, decision.owes, decision.extra = False, True, list(rules.extra)
    elif asked and not model.says("question"):  # a flagged question owes an answer until a person says otherwise
        decision.doubt("question", later("Vielleicht eine Frage an den Betrieb."), end=whole)
    else:
        decision.owes = model.says("question")

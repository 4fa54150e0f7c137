"""Signals to a judgement, by the rules of DESIGN 5 ("What owes an answer").

1. Words speak: complaint, doubt, praise, hostility (signals.py). Doubts alone never decide.
2. Stars speak: low ones complain; four or five of five beside criticism are a contradiction.
3. What contradicts itself, is unknown, foreign, ironic, resolved, an advert or a news item is not sure.
4. Not sure owes an answer. A missed complaint is far worse than a needless "Bitte einordnen".
"""

import math
from dataclasses import dataclass
from typing import TypeVar

from monitor.triage.judgement import COMPLAINT_FROM, HOSTILE_FROM, Demand, Judgement, PostText, Reason, Sentiment, Topic
from monitor.triage.signals import Signals

SURE_COMPLAINT_FROM = 0.6
DOUBT_AT_MOST = 0.7
STRONG = 0.75
LIGHT_DOUBT = 0.25
"""Up to this weight a doubt beside praise in the same sentence is let pass ("nicht", "kein")."""
LOW_STARS = 0.5
HIGH_STARS = 0.75
_HOSTILE_SHARE = {"insult": 0.9, "contempt": 1.0, "threat": 0.95, "profanity": 0.5}
Word = TypeVar("Word", Topic, Demand)
_NO_REVIEW_GUARD = frozenset({"review"})


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


def decide(post: PostText, found: Signals, lang: str, second_opinion: float) -> Judgement:
    """The judgement of one post.

    Args:
        post: what is judged.
        found: what its words say.
        lang: ISO code or `und`.
        second_opinion: polarity of the prescribed library, -1..1; it can only raise a doubt.
    """
    weighed = weigh(found)
    stars = post.stars
    decision = _by_words(post, found, weighed, lang) if post.text.strip() else _by_stars_alone(stars)
    if post.text.strip():
        _with_stars(decision, weighed, stars)
        _contradictions(decision, post, found, weighed, second_opinion)
    polarity = _polarity(weighed, stars, second_opinion)
    demands = _in_order(Demand, [name for hit in found.evidence for name in hit.rule.demands])
    return Judgement(
        lang=lang,
        sentiment=_sentiment(polarity),
        polarity=round(polarity, 3),
        hostile=round(weighed.hostile, 3),
        is_hostile=weighed.hostile >= HOSTILE_FROM,
        complaint=round(decision.complaint, 3),
        needs_answer=decision.owes or decision.complaint >= COMPLAINT_FROM or not decision.sure,
        sure=decision.sure,
        topics=_topics(found, decision),
        demands=demands,
        reasons=_reasons(decision, found),
        threat=found.has("threat"),
        legal=found.has("legal"),
        extortion=found.has("extortion"),
        resolved=found.has("resolved"),
        question=found.has("question"),
    )


def _by_words(post: PostText, found: Signals, weighed: Weighed, lang: str) -> Decision:
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
        decision.doubt("mixed", "Nicht eindeutig: Es gibt Anzeichen von Kritik.", end=whole)
    elif weighed.praise < _praise_needed(found.words):
        decision.complaint = max(decision.complaint, 0.3)
        if lang not in {"de", "und"}:
            decision.doubt("language", "Der Text ist wohl nicht auf Deutsch.", end=whole)
        else:
            decision.doubt("no-signal", "Kein Wort im Text zeigt, ob es Lob oder Kritik ist.", end=whole)
    return decision


def _praise_needed(words: int) -> float:
    """A long text is not praise because of one friendly word. Chosen on the project's own cases."""
    if words <= 12:
        return 0.5
    return 0.9 if words <= 40 else 1.3


def _by_stars_alone(stars: float | None) -> Decision:
    if stars is None:
        decision = Decision(0.3, sure=False, owes=True, extra=[])
        decision.doubt("empty", "Der Beitrag hat weder Text noch Sterne.")
        return decision
    if stars <= LOW_STARS:
        reason = Reason("stars.low", 0, 0, "Wenige Sterne ohne Text gelten als Beschwerde.")
        return Decision(0.8, sure=True, owes=True, extra=[reason])
    if stars <= HIGH_STARS:
        decision = Decision(0.45, sure=False, owes=True, extra=[])
        decision.doubt("stars", "Mittlere Sterne ohne Text sind nicht eindeutig.")
        return decision
    return Decision(0.05, sure=True, owes=False, extra=[Reason("stars.high", 0, 0, "Viele Sterne ohne Text.")])


def _with_stars(decision: Decision, weighed: Weighed, stars: float | None) -> None:
    if stars is None:
        return
    if stars <= LOW_STARS:
        decision.owes = True
        decision.complaint = max(decision.complaint, 0.8)
        decision.extra.append(Reason("stars.low", 0, 0, "Es wurden wenige Sterne vergeben."))
        if weighed.praise >= 0.5 and weighed.complaint < 0.3:
            decision.doubt("stars-against-text", "Wenige Sterne, aber ein freundlicher Text.", at_most=0.55)
        else:
            decision.sure = True
    elif stars <= HIGH_STARS:
        if not (decision.sure and decision.complaint >= COMPLAINT_FROM):
            decision.doubt("stars", "Mittlere Sterne sind nicht eindeutig.")
            decision.complaint = max(decision.complaint, 0.45)
    elif decision.complaint >= COMPLAINT_FROM:
        decision.doubt("stars-against-text", "Viele Sterne, aber Kritik im Text.")
    else:
        _high_stars(decision, weighed)


def _high_stars(decision: Decision, weighed: Weighed) -> None:
    """High stars settle a text in which no word speaks against them."""
    unclear = {reason.rule for reason in decision.extra}
    if unclear == {"unsure.no-signal"} and weighed.complaint < 0.3:
        decision.sure, decision.owes, decision.complaint = True, False, 0.1
        decision.extra = [Reason("stars.high", 0, 0, "Viele Sterne, und kein Wort spricht dagegen.")]


def _contradictions(
    decision: Decision, post: PostText, found: Signals, weighed: Weighed, second_opinion: float
) -> None:
    """What makes even a clear word doubtful."""
    whole = len(post.text)
    if found.has("resolved"):
        decision.doubt("resolved", "Das Anliegen scheint geklärt zu sein; bitte ansehen.", end=whole)
    if found.has("advert"):
        decision.doubt("advert", "Der Beitrag wirkt wie Werbung.", end=whole)
    if _is_news(post, found):
        decision.doubt("news", "Der Beitrag klingt wie eine Meldung über andere.", at_most=0.45, end=whole)
    if found.has("irony") and not weighed.strong:
        decision.doubt("irony", "Das Lob ist vielleicht ironisch gemeint.", end=whole)
    settled = decision.sure and decision.complaint < COMPLAINT_FROM
    if settled and weighed.hostile >= HOSTILE_FROM:
        decision.doubt("hostile", "Der Ton ist feindselig.", end=whole)
    elif settled and second_opinion <= -0.5 and weighed.praise < 0.9 and post.stars is None:
        decision.doubt("second-opinion", "Die Wortliste sieht Lob, die zweite Einschätzung Kritik.", end=whole)


def _is_news(post: PostText, found: Signals) -> bool:
    if post.kind in _NO_REVIEW_GUARD or post.rating is not None:
        return False
    marks = len(found.of("news"))
    return marks >= 3 or (marks >= 1 and not found.first_person)


def _polarity(weighed: Weighed, stars: float | None, second_opinion: float) -> float:
    bad = weighed.complaint + weighed.hostile
    known = weighed.praise + bad
    words = 0.9 * (weighed.praise - bad) / (known + 0.2) + 0.1 * second_opinion if known else 0.4 * second_opinion
    value = words if stars is None else 0.5 * words + 0.5 * (2.0 * stars - 1.0)
    return min(max(value, -1.0), 1.0)


def _sentiment(polarity: float) -> Sentiment:
    if polarity <= -0.15:
        return Sentiment.NEGATIVE
    return Sentiment.POSITIVE if polarity >= 0.15 else Sentiment.NEUTRAL


def _topics(found: Signals, decision: Decision) -> tuple[Topic, ...]:
    named = _in_order(Topic, [name for hit in found.evidence for name in hit.rule.topics])
    return named or ((Topic.OTHER,) if decision.complaint >= COMPLAINT_FROM else ())


def _in_order(kind: type[Word], names: list[str]) -> tuple[Word, ...]:
    return tuple(member for member in kind if member.value in names)


def _reasons(decision: Decision, found: Signals) -> tuple[Reason, ...]:
    """The first place of each rule, in the order of the text, after what is not in the text."""
    reasons = {reason.rule: reason for reason in decision.extra}
    for hit in found.evidence:
        if hit.rule.group not in {"topic", "plain"} and hit.rule.id not in reasons:
            reasons[hit.rule.id] = Reason(hit.rule.id, hit.start, hit.end, hit.rule.words)
    return tuple(reasons.values())

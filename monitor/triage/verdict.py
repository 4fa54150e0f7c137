"""Signals to a judgement, by the rules of DESIGN 5 ("What owes an answer").

1. Words speak: complaint, doubt, praise, hostility (signals.py). Doubts alone never decide.
2. Stars speak: low ones complain; four or five of five beside criticism are a contradiction.
3. What contradicts itself, is unknown, foreign, ironic, resolved, an advert or a news item is not sure.
4. Not sure owes an answer. A missed complaint is far worse than a needless "Bitte einordnen".
"""

from typing import TypeVar

from monitor.triage.judgement import (
    COMPLAINT_FROM,
    FLAGS,
    HOSTILE_FROM,
    Demand,
    Judgement,
    PostText,
    Reason,
    Sentiment,
    Topic,
)
from monitor.triage.opinion import Opinion
from monitor.triage.signals import Signals
from monitor.triage.weighing import Decision, Weighed, by_model, by_words, weigh
from monitor.words import later

LOW_STARS = 0.5
HIGH_STARS = 0.75
_CLEARLY_LISTED = 0.8
_HARDLY = 0.1
_NO_RULE = 0.3
_POSITIVE_FROM = 0.15  # of a polarity, -1..1
_DISAPPOINTED = "complaint.disappointed"
_EXPLAINED = ("complaint", "hostile", *FLAGS)
Word = TypeVar("Word", Topic, Demand)
_NO_REVIEW_GUARD = frozenset({"review"})


def decide(post: PostText, found: Signals, lang: str, second_opinion: float, model: Opinion | None = None) -> Judgement:
    """The judgement of one post.

    Args:
        post: what is judged.
        found: what its words say.
        lang: ISO code or `und`.
        second_opinion: polarity of the prescribed library, -1..1; it can only raise a doubt.
        model: what the heads say; without it the word lists decide alone (the first form of triage).
    """
    weighed = weigh(found)
    if not post.text.strip():
        return _written(post, found, lang, second_opinion, _by_stars_alone(post.stars), weighed, None)
    decision = by_words(post, found, weighed, lang) if model is None else by_model(post, found, weighed, lang, model)
    _with_stars(decision, weighed, post.stars)
    _contradictions(decision, post, found, weighed, second_opinion)
    return _written(post, found, lang, second_opinion, decision, weighed, model)


def _written(
    post: PostText,
    found: Signals,
    lang: str,
    second_opinion: float,
    decision: Decision,
    weighed: Weighed,
    model: Opinion | None,
) -> Judgement:
    flags = _flags(found, model, news=_is_news(post, found))
    hostile = max(_hostile(weighed, model), HOSTILE_FROM if flags["threat"] else 0.0)
    if model is None:
        polarity = _polarity(weighed, post.stars, second_opinion)
        mood = _sentiment(polarity)
    else:
        mood, polarity = _mood(decision, found, weighed, model)
    listed = _in_order(Demand, [name for hit in found.evidence for name in hit.rule.demands])
    return Judgement(
        lang=lang,
        sentiment=mood,
        polarity=round(polarity, 3),
        hostile=round(hostile, 3),
        is_hostile=hostile >= HOSTILE_FROM,
        complaint=round(decision.complaint, 3),
        needs_answer=decision.owes or decision.complaint >= COMPLAINT_FROM or not decision.sure,
        sure=decision.sure,
        topics=_topics(found, decision) if model is None else model.topics(_listed_topics(found)),
        demands=listed if model is None else tuple(d for d in Demand if d in listed or d in model.demands),
        reasons=_reasons(decision, found, _of_model(post.text, decision, hostile, flags, model)),
        second_opinion=round(second_opinion, 3) if post.text.strip() else None,
        **flags,
    )


def _mood(decision: Decision, found: Signals, weighed: Weighed, model: Opinion) -> tuple[Sentiment, float]:
    """The model's mood and polarity, but for a sure complaint that it calls positive.

    It is negative where the chances hardly lean to praise, or where it says "nicht zufrieden" and praises nothing: the
    model reads the "zufrieden". Wider rules were tried on the posts held back from the strong tier and were wrong:
    without a listed word of praise 19 of 21 such posts are positive, for there the complaint is the error.
    """
    sour = decision.sure and decision.complaint >= COMPLAINT_FROM
    unhappy = weighed.praise == 0 and any(hit.negates and hit.rule.id == _DISAPPOINTED for hit in found.evidence)
    if sour and (unhappy or model.polarity < _POSITIVE_FROM) and model.sentiment is Sentiment.POSITIVE:
        return Sentiment.NEGATIVE, min(model.polarity, 0.0)
    return model.sentiment, model.polarity


def _flags(found: Signals, model: Opinion | None, *, news: bool) -> dict[str, bool]:
    """Flags for the queue: what the lists know, or the model says. News quote the law; that is nobody's step."""
    says = {name for name in FLAGS if model is not None and model.says(name) and not (news and name == "legal")}
    return {name: found.has(name) or name in says for name in FLAGS}


def _hostile(weighed: Weighed, model: Opinion | None) -> float:
    if model is None:
        return weighed.hostile
    listed = weighed.hostile >= _CLEARLY_LISTED and model.chances["hostile"] >= _HARDLY
    return max(model.scaled("hostile"), HOSTILE_FROM if listed else 0.0)


def _of_model(
    text: str, decision: Decision, hostile: float, flags: dict[str, bool], model: Opinion | None
) -> list[Reason]:
    """Reasons from the heads, for everything that is flagged because of them."""
    if model is None:
        return []
    said = {name: model.says(name) and flags.get(name, True) for name in _EXPLAINED}
    said["complaint"] = decision.complaint >= COMPLAINT_FROM or not decision.sure
    said["hostile"] = hostile >= HOSTILE_FROM
    return [reason for name in _EXPLAINED if said[name] for reason in model.reasons(text, name)]


def _by_stars_alone(stars: float | None) -> Decision:
    if stars is None:
        decision = Decision(0.3, sure=False, owes=True, extra=[])
        decision.doubt("empty", later("Der Beitrag hat weder Text noch Sterne."))
        return decision
    if stars <= LOW_STARS:
        reason = Reason("stars.low", 0, 0, later("Wenige Sterne ohne Text gelten als Beschwerde."))
        return Decision(0.8, sure=True, owes=True, extra=[reason])
    if stars <= HIGH_STARS:
        decision = Decision(0.45, sure=False, owes=True, extra=[])
        decision.doubt("stars", later("Mittlere Sterne ohne Text sind nicht eindeutig."))
        return decision
    return Decision(0.05, sure=True, owes=False, extra=[Reason("stars.high", 0, 0, later("Viele Sterne ohne Text."))])


def _with_stars(decision: Decision, weighed: Weighed, stars: float | None) -> None:
    if stars is None:
        return
    if stars <= LOW_STARS:
        decision.owes = True
        decision.complaint = max(decision.complaint, 0.8)
        decision.extra.append(Reason("stars.low", 0, 0, later("Es wurden wenige Sterne vergeben.")))
        if weighed.praise >= 0.5 and weighed.complaint < 0.3:
            decision.doubt("stars-against-text", later("Wenige Sterne, aber ein freundlicher Text."), at_most=0.55)
        else:
            decision.sure = True
    elif stars <= HIGH_STARS:
        if not (decision.sure and decision.complaint >= COMPLAINT_FROM):
            decision.doubt("stars", later("Mittlere Sterne sind nicht eindeutig."))
            decision.complaint = max(decision.complaint, 0.45)
    elif not _settled(decision, weighed) and decision.complaint >= COMPLAINT_FROM:
        decision.doubt("stars-against-text", later("Viele Sterne, aber Kritik im Text."))


def _settled(decision: Decision, weighed: Weighed) -> bool:
    """High stars settle a text in which no listed word speaks against them and the model is not sure."""
    unclear = {reason.rule for reason in decision.extra}
    if not unclear or not unclear <= {"unsure.no-signal", "unsure.mixed"} or weighed.complaint >= _NO_RULE:
        return False
    decision.sure, decision.owes, decision.complaint = True, False, 0.1
    decision.extra = [Reason("stars.high", 0, 0, later("Viele Sterne, und kein Wort spricht dagegen."))]
    return True


def _contradictions(
    decision: Decision, post: PostText, found: Signals, weighed: Weighed, second_opinion: float
) -> None:
    """What makes even a clear word doubtful."""
    whole = len(post.text)
    if found.has("resolved"):
        decision.doubt("resolved", later("Das Anliegen scheint geklärt zu sein; bitte ansehen."), end=whole)
    if found.has("advert"):
        decision.doubt("advert", later("Der Beitrag wirkt wie Werbung."), end=whole)
    if _is_news(post, found):
        decision.doubt("news", later("Der Beitrag klingt wie eine Meldung über andere."), at_most=0.45, end=whole)
    if found.has("irony") and not weighed.strong:
        decision.doubt("irony", later("Das Lob ist vielleicht ironisch gemeint."), end=whole)
    settled = decision.sure and decision.complaint < COMPLAINT_FROM
    if settled and weighed.hostile >= HOSTILE_FROM:
        decision.doubt("hostile", later("Der Ton ist feindselig."), end=whole)
    elif settled and second_opinion <= -0.5 and weighed.praise < 0.9 and post.stars is None:
        decision.doubt("second-opinion", later("Die Wortliste sieht Lob, die zweite Einschätzung Kritik."), end=whole)


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
    if polarity <= -_POSITIVE_FROM:
        return Sentiment.NEGATIVE
    return Sentiment.POSITIVE if polarity >= _POSITIVE_FROM else Sentiment.NEUTRAL


def _topics(found: Signals, decision: Decision) -> tuple[Topic, ...]:
    named = _in_order(Topic, [name for hit in found.evidence for name in hit.rule.topics])
    return named or ((Topic.OTHER,) if decision.complaint >= COMPLAINT_FROM else ())


def _listed_topics(found: Signals) -> frozenset[str]:
    return frozenset(name for hit in found.evidence for name in hit.rule.topics)


def _in_order(kind: type[Word], names: list[str]) -> tuple[Word, ...]:
    return tuple(member for member in kind if member.value in names)


def _reasons(decision: Decision, found: Signals, of_model: list[Reason]) -> tuple[Reason, ...]:
    """The first place of each rule: what is not in the text, the word lists in its order, then the model's words."""
    reasons = {reason.rule: reason for reason in decision.extra}
    for hit in found.evidence:
        if hit.rule.group not in {"topic", "plain"} and hit.rule.id not in reasons:
            reasons[hit.rule.id] = Reason(hit.rule.id, hit.start, hit.end, hit.rule.words)
    for reason in of_model:
        reasons.setdefault(reason.rule, reason)
    if not reasons and (decision.owes or not decision.sure):
        reasons["unsure.mixed"] = Reason("unsure.mixed", 0, 0, later("Nicht eindeutig; bitte ansehen."))
    return tuple(reasons.values())

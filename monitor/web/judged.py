"""What the page says about the estimate of a text: reasons with their words, every question, and copies of the text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from monitor import campaign, corrections
from monitor.campaign import Campaign
from monitor.tables import PostRow, Verdict
from monitor.triage.judgement import Sentiment
from monitor.web import core_line, filters, labels
from monitor.words import Spoken, _, later

_LONGEST_QUOTE = 80
_SHOWN = 12
HEADS = Spoken(
    {
        "complaint": later("Beschwerde"),
        "needs_answer": later("braucht eine Antwort"),
        "hostile": later("scharfer Ton gegen Menschen"),
        "question": later("Frage an uns"),
        "legal": later("rechtlicher Schritt"),
        "threat": later("Drohung"),
        "extortion": later("Erpressung"),
        "resolved": later("inzwischen geklärt"),
        "spam": later("Werbung"),
        "personal": later("persönliche Angaben"),
        "sentiment": later("Stimmung"),
        "topics": later("Themen"),
        "demands": later("Forderungen"),
    }
)
ANSWERS = Spoken({corrections.YES: later("ja"), corrections.NO: later("nein")})


@dataclass(frozen=True, slots=True)
class Because:
    """One reason: its sentence, the words it stands on, their place, and the rule that found it."""

    sentence: str
    quote: str
    place: str
    rule: str


@dataclass(frozen=True, slots=True)
class Question:
    """One head as the form asks it; `said`: what the judge says, where a person said otherwise."""

    head: str
    label: str
    chosen: tuple[str, ...]
    choices: Mapping[str, str]
    several: bool
    said: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Everything about the estimate of one post. `looked`: a person has answered every question."""

    reasons: tuple[Because, ...]
    questions: tuple[Question, ...]
    campaign: Campaign | None
    looked: bool
    current: bool


def read_judged(session: Session, post: PostRow, verdict: Verdict | None) -> Judged:
    """Read it; of an older version's verdict the places mean nothing any more."""
    current = verdict is not None and verdict.version == post.version
    known = verdict.reasons if verdict is not None else []
    return Judged(
        reasons=tuple(_because(post.text if current else "", reason) for reason in known[:_SHOWN]),
        questions=_questions(verdict) if verdict is not None else (),
        campaign=campaign.of_post(session, post),
        looked=bool(verdict is not None and verdict.said),
        current=current,
    )


def _because(text: str, reason: Mapping[str, Any]) -> Because:
    start, end = int(reason.get("start") or 0), int(reason.get("end") or 0)
    inside = 0 <= start < end <= len(text)
    whole = inside and (start, end) == (0, len(text))
    quote = ""
    if inside and not whole:
        quote = "[…]" if core_line.group(reason) in core_line.HOSTILE else filters.shown(text[start:end])
    if len(quote) > _LONGEST_QUOTE:
        quote = quote[:_LONGEST_QUOTE] + " …"
    if whole:
        place = _("der ganze Text")
    else:
        place = _("Zeichen {start} bis {end}").format(start=start + 1, end=end) if inside else _("nicht im Text")
    return Because(str(reason.get("words", "")), quote, place, str(reason.get("rule", "")))


def _questions(verdict: Verdict) -> tuple[Question, ...]:
    now = corrections.words_of(verdict)
    return tuple(_question(head, now[head], verdict.said.get(head, now[head])) for head in corrections.HEADS)


def _question(head: str, word: str, said: str) -> Question:
    if head in corrections.LISTS:
        choices = labels.WORDS[corrections.LISTS[head]]
    else:
        choices = labels.WORDS[Sentiment] if head == "sentiment" else ANSWERS
    chosen = tuple(name for name in word.split(",") if name)
    other = "" if said == word else spoken(choices, said)
    return Question(head, HEADS[head], chosen, choices, head in corrections.LISTS, other)


def spoken(choices: Mapping[str, str], word: str) -> str:
    """An answer in German words."""
    return ", ".join(choices.get(name, name) for name in word.split(",") if name) or _("nichts")


def label(part: str) -> str:
    """A head, or one of its answers, in German: `topics.price` is "Themen: Preis"."""
    head, _dot, name = part.partition(".")
    if not name:
        return HEADS[head]
    choices = labels.WORDS[corrections.LISTS.get(head, Sentiment)]
    return f"{HEADS[head]}: {choices.get(name, name)}"

"""What must hold before a text goes out: the platform takes it, the facts are known, the guideline has no objection.

Asked when a text is handed over and again when it is approved; pages show the same findings while it is written.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from connectors.core import registry
from connectors.core.contract import Card
from connectors.core.errors import Refused
from connectors.core.text import check_sendable
from replies import journal
from replies.errors import Blocked
from replies.lifecycle import FactVerdict, ReplyKind
from replies.people import Actor
from replies.policy import Finding, Severity, check
from replies.ports import PostView
from replies.tables import FactCheck, Reply


@dataclass(frozen=True, slots=True)
class HouseRules:
    """What the guideline's check must know about the business.

    Attributes:
        secrecy: bound to professional secrecy: nothing confirms or denies a contact.
        ours: sentences that may stand in any answer: our names, our contact data.
    """

    secrecy: bool = False
    ours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A text for a post, stored or just typed; `cards` are the fact cards it cites."""

    kind: ReplyKind
    words: str
    cards: frozenset[int] = frozenset()


def findings(text: Text, view: PostView, card: Card, rules: HouseRules, statements: Iterable[str]) -> list[Finding]:
    """What guideline and law say about a text, hardest first.

    Args:
        statements: what is proven: the statements of the fact cards that the text or its fact check cites.
    """
    known = [*rules.ours, *statements, view.post.author or "", address(view, card)]
    return check(
        view.post.text,
        text.words,
        facts=[one for one in known if one],
        kind=text.kind.value,
        secrecy=rules.secrecy,
        one_reply=card.one_reply,
    )


def address(view: PostView, card: Card) -> str:
    """How a text must address the author on this platform, "" almost everywhere."""
    return registry.greeting(card.kind, view.post).strip() if card.mention_prefix else ""


def weigh(found: list[Finding], ticked: str | None = None) -> None:
    """Stop at what can never go out and, at an approval, at warnings that were not ticked.

    Args:
        ticked: the mark of the warnings that the person agreed to (`mark`); None: not an approval.

    Raises:
        Blocked: `policy_stop`, or `warnings_unseen`; both carry the findings.
    """
    if any(one.severity == Severity.STOP for one in found):
        raise Blocked("the guideline stops this text", code="policy_stop", findings=found)
    if ticked is not None and ticked != mark(found):
        raise Blocked("the warnings were not agreed to", code="warnings_unseen", findings=found)


def mark(found: Iterable[Finding]) -> str:
    """One word for exactly these warnings, "" if there is none; a form shows it and an approval brings it back."""
    warned = [f"{one.rule}:{one.start}:{one.end}" for one in found if one.severity == Severity.WARN]
    return hashlib.sha256("\n".join(warned).encode()).hexdigest()[:32] if warned else ""


def write_down(session: Session, reply: Reply, found: Iterable[Finding], actor: Actor, now: datetime) -> None:
    """The journal keeps which warnings a person agreed to; the words stay in the reply."""
    rules = sorted({one.rule for one in found if one.severity == Severity.WARN})
    if rules:
        journal.write(session, now, actor, "reply.warned", f"reply:{reply.id}", rules=rules)


def sendable(text: Text, view: PostView, card: Card) -> None:
    """Will the platform take it?

    Raises:
        Blocked: the address is missing, or the platform says why not (`code`).
    """
    must = address(view, card)
    if must.casefold() not in text.words.casefold():
        raise Blocked(f"the text must contain {must}", code="greeting_missing")
    try:
        check_sendable(text.words, card)
    except Refused as refusal:
        raise Blocked(str(refusal), code=refusal.code or "not_sendable") from refusal


def facts_known(session: Session, duty_id: int) -> None:
    """A final answer rests on a fact check that came to a result (RULES K05).

    Raises:
        Blocked: there is none, or it left the matter open.
    """
    facts = newest_facts(session, duty_id)
    if facts is None:
        raise Blocked("no fact check yet", code="facts_missing")
    if facts.verdict == FactVerdict.UNCLEAR:
        raise Blocked("the facts are unclear", code="facts_unclear")


def newest_facts(session: Session, duty_id: int) -> FactCheck | None:
    """The fact check that counts."""
    return session.exec(
        select(FactCheck).where(col(FactCheck.duty_id) == duty_id).order_by(col(FactCheck.id).desc())
    ).first()

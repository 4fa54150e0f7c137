"""Personal data that the author did not write himself, and names of staff (LAW E2, E4).

Our own contact data is no personal data of the author: it may stand when `[business] ours` or a fact names it, in
whatever way it is written (`replies/contacts.py`), or when the sentence offers it ("Sie erreichen uns unter …").
Everything else that looks like data must be in the post.
"""

import re
from collections.abc import Iterator

from replies import contacts
from replies.policy.case import Case, any_in, finding, paragraph
from replies.policy.findings import Finding

_MONTHS = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ -]?[\dA-Z]{4}){3,7}(?:[ -]?[\dA-Z]{1,3})?(?!\w)")
_PLATE = re.compile(r"(?<![\w-])[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?\d{1,4}[EH]?(?![\w-])")
_NUMBER = re.compile(
    r"(?i)(?:bestell|auftrags?|kunden|rechnungs?|vertrags?|mitglieds?|versicherten|versicherungs|buchungs?|sendungs?|"
    r"ticket|vorgangs|patienten|schadens?|reservierungs)[- ]?(?:nr\.?|nummer|num|id)?(?:nummer)?"
    r"(?: (?:zu|auf|mit der|der|lautet|ist))?:? (?:nr\.? ?|nummer )?"
    r"(?P<data>(?=[\w-]*\d{3})[A-Z]{0,4}[-\d/]*\d[\d/-]*)"
)
_LONG = re.compile(
    r"(?<![\w.,/:-])(?=[\w/-]*\d{4})(?:[A-Z]{1,3}-)?\d{4,}(?:[-/]\d+)+(?!\w)|(?<![\w.,/:-])\d{7,}(?![\w,.:]\d)"
)
_STREET = re.compile(
    r"(?<![\w-])[A-ZÄÖÜ][\wäöüß-]*"
    r"(?:straße|strasse|str\.|weg|allee|gasse|platz|ring|damm|ufer|chaussee|pfad|steig) \d{1,4} ?[a-z]?(?!\w)"
)
_DATE = re.compile(rf"(?<![\d.])(?:\d{{1,2}}\. ?(?:{_MONTHS})|\d{{1,2}}\.\d{{1,2}}\.(?:\d{{2,4}})?)(?: \d{{4}})?")
_TITLED = re.compile(
    r"(?<!\w)(?:Frau|Herrn|Herr|Familie|Fräulein)\s+(?:Dr\.\s+|Prof\.\s+)*"
    r"(?P<name>[A-ZÄÖÜ][\wäöüß]+(?:-[A-ZÄÖÜ][\wäöüß]+)*)"
)
_ROLES = (
    "Mitarbeiter|Kolleg|Kellner|Verkäufer|Fahrer|Monteur|Techniker|Berater|Auszubildende|Azubi|Lehrling|Filialleiter|Köch|"
    "Koch|Friseur|Arzthelfer|Sachbearbeiter|Trainer|Erzieher|Praktikant|Kassierer|Zusteller|Bote|Bademeister|Therapeut|"
    "Physiotherapeut|Empfangsdame|Aushilfe|Chefin|Meister|Schwester|Pfleger|Rezeptionist"
)
_ROLE = re.compile(
    rf"(?<!\w)(?:{_ROLES})(?:innen|in|en|er|n|e|s|r)?,? (?P<name>[A-ZÄÖÜ][a-zäöüß]+(?: [A-ZÄÖÜ][a-zäöüß]+)?)"
)
_NO_NAMES = frozenset(
    [
        "Frau",
        "Herr",
        "Herrn",
        "Familie",
        "Sie",
        "Ihnen",
        "Ihr",
        "Ihre",
        "Wir",
        "Uns",
        "Team",
        "Guten",
        "Montag",
        "Dienstag",
        "Mittwoch",
        "Donnerstag",
        "Freitag",
        "Samstag",
        "Sonntag",
        "Holle",
        "Doktor",
        "Respekt",
        "Zeit",
        "Geduld",
        "Abend",
        "Morgen",
        "Heute",
        "Schulung",
    ]
)
_OFFER = re.compile(r"(?i)(?:\b(?:unter|an|bitte|per|telefon|tel\.|mail|sonst|produkt)|[:(])\s*$")


def personal_data(case: Case) -> Iterator[Finding]:
    """Contact data, numbers, addresses, dates of visit and names that the author did not write."""
    for start, end in (*_contact_data(case), *_numbers(case), *_places(case), *_dates(case), *_strangers(case)):
        yield finding("personal_data", start, end)


def staff_names(case: Case) -> Iterator[Finding]:
    """Names of colleagues, also those that the author named."""
    for match in _ROLE.finditer(case.reply.text):
        free = match["name"].split()[0] in _NO_NAMES or _public(case, match["name"]) or _signed(case, match.start())
        if not free:
            yield finding("staff_names", match.start("name"), match.end("name"))
    for match in _third_persons(case):
        if _is_staff(case, match):
            yield finding("staff_names", match.start(), match.end())


def _known(case: Case, data: str) -> bool:
    squeezed = re.sub(r"[\s()/-]", "", data).casefold()
    return squeezed in re.sub(r"[\s()/-]", "", case.known).casefold()


def _public(case: Case, name: str) -> bool:
    """Does the business itself give this name in public? As a whole word, in `[business] ours` or a fact."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", case.facts.text) is not None


def _sentence(case: Case, position: int) -> str:
    return case.reply.part(*case.reply.sentence(case.reply.at(position)))


def _contact_data(case: Case) -> Iterator[tuple[int, int]]:
    lists = paragraph("personal_data").lists
    public = contacts.numbers(case.known)
    for shape in (contacts.MAIL, contacts.PHONE):
        for match in shape.finditer(case.reply.text):
            if _known(case, match[0]) or contacts.number(match[0]) in public:
                continue
            sentence = _sentence(case, match.start())
            before = case.reply.text[max(0, match.start() - 40) : match.start()]
            alone = re.search(r"[.!?\n]\s*$", before) is not None  # a contact as a sentence of its own is a signature
            offered = alone or any_in(lists["ours"], sentence) or _OFFER.search(before) is not None
            if any_in(lists["theirs"], sentence) or not offered:
                yield match.span()
    for shape in (_IBAN, _PLATE):
        yield from (match.span() for match in shape.finditer(case.reply.text) if not _known(case, match[0]))


def _numbers(case: Case) -> Iterator[tuple[int, int]]:
    taken = [
        match.span() for shape in (contacts.MAIL, _IBAN, contacts.PHONE) for match in shape.finditer(case.reply.text)
    ]
    code = paragraph("personal_data").lists["code"]
    for shape, group in ((_NUMBER, "data"), (_LONG, 0)):
        for match in shape.finditer(case.reply.text):
            start, end = match.span(group)
            if any(begin < end and start < stop for begin, stop in taken) or _known(case, match[group]):
                continue
            if shape is _LONG and any_in(code, _sentence(case, start)):
                continue
            yield start, end


def _places(case: Case) -> Iterator[tuple[int, int]]:
    lists = paragraph("personal_data").lists
    for match in _STREET.finditer(case.reply.text):
        sentence = _sentence(case, match.start())
        if not _known(case, match[0]) and not any_in(lists["place"], sentence):
            yield match.span()


def _dates(case: Case) -> Iterator[tuple[int, int]]:
    about = paragraph("personal_data").lists["date"]
    for match in _DATE.finditer(case.reply.text):
        if not _known(case, match[0].rstrip(".")) and any_in(about, _sentence(case, match.start())):
            yield match.span()


def _greeted(case: Case) -> int:
    """Where the salutation ends."""
    match = re.match(r"[^,.!?\n]{0,80}[,!\n]", case.reply.text)
    return match.end() if match else 0


def _signed(case: Case, position: int) -> bool:
    """Stands the place in the signature?"""
    tail = case.reply.text[max(0, position - 200) : position]
    match = re.search(r"(?i)(?:grüße|grüßen|gruß|herzlichst|hochachtungsvoll)[^.!?]*$", tail)
    return match is not None


def _strangers(case: Case) -> Iterator[tuple[int, int]]:
    """Names that are neither in the post nor in a fact: of the person greeted, or of somebody else."""
    for match in _TITLED.finditer(case.reply.text):
        if match["name"] in _NO_NAMES or _known(case, match["name"]) or _signed(case, match.start()):
            continue
        if match.start() < _greeted(case) or not _is_staff(case, match):
            yield match.span()


def _third_persons(case: Case) -> Iterator[re.Match[str]]:
    """People spoken about; a salutation, a signature or a contact from the facts is none."""
    for match in _TITLED.finditer(case.reply.text):
        vocative = re.match(r"[,!]", case.reply.text[match.end() :]) and case.reply.text[: match.start()].endswith(", ")
        ours = _public(case, match["name"])
        if match["name"] in _NO_NAMES or match.start() < _greeted(case) or ours or _signed(case, match.start()):
            continue
        if not (vocative and match["name"] in case.post.text):
            yield match


def _is_staff(case: Case, match: re.Match[str]) -> bool:
    if match.start() < _greeted(case):
        return False
    in_post = match["name"] in case.post.text
    before = case.reply.text[max(0, match.start() - 30) : match.start()]
    role = re.search(r"(?:er|in|e|r|ur|en|bi|nt|ut),? $", before) and re.search(
        r"(?i)(?:unser|der|die|kolleg|mitarbeit)", before
    )
    team = any_in(paragraph("staff_names").lists["team"], _sentence(case, match.start()))
    return in_post or bool(role) or team

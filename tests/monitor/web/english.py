"""What stands on a page in which language, and what a catalogue did not know."""

import re
from gettext import NullTranslations
from html.parser import HTMLParser

SPOKEN = frozenset({"title", "placeholder", "aria-label", "alt"})  # attributes that people read or hear
VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})
SILENT = frozenset({"script", "style"})
GERMAN = re.compile(
    r"\b(?:und|nicht|der|das|dem|den|bitte|Bitte|Sie|Ihr|Ihre|ist|sind|mit|für|noch|von|ein|eine|einen|wird|wurde|keine?|auf"
    r"|oder|bis|seit|vor|zum|zur|nach|über|Beitrag|Beiträge|Antwort|Quelle|Uhr)\b|\w*[äöüÄÖÜß]\w*"
)


class Page(HTMLParser):
    """Collects what a page says in a language: text and spoken attributes."""

    def __init__(self, language):
        super().__init__()
        self.language, self.said, self._open = language, [], [("", "", False)]

    def handle_starttag(self, tag, attrs):
        """An element, in its own language or in that of what it stands in."""
        given = dict(attrs)
        language = given.get("lang") or self._open[-1][1]
        silent = tag in SILENT or self._open[-1][2]
        if language == self.language and not silent:
            self.said += [value for name, value in attrs if name in SPOKEN and value]
        if tag not in VOID:
            self._open.append((tag, language, silent))

    def handle_endtag(self, tag):
        """Out of it, and of what stood open in it."""
        while len(self._open) > 1 and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        """A run of text."""
        _tag, language, silent = self._open[-1]
        if language == self.language and not silent and data.strip():
            self.said.append(" ".join(data.split()))


def said_in(html, language="en"):
    """Every text of the page whose element says that it is in this language."""
    page = Page(language)
    page.feed(html)
    return page.said


def german_in(html):
    """What stands in German where the page says English."""
    return [text for text in said_in(html) if GERMAN.search(text)]


class Unknown(NullTranslations):
    """Stands behind a catalogue and writes down what it was asked for."""

    def __init__(self):
        super().__init__()
        self.asked = set()

    def gettext(self, message):
        """Not in the catalogue."""
        self.asked.add(message)
        return message

    def ngettext(self, msgid1, msgid2, n):
        """Nor this."""
        self.asked.add(msgid1)
        return msgid1 if n == 1 else msgid2

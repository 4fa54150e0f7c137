"""Where the judge comes from: the one seam. A stronger model replaces `ModelJudge` here and nowhere else."""

from functools import cache
from typing import TYPE_CHECKING

from monitor.triage.judgement import Judge, Judgement, PostText

if TYPE_CHECKING:
    from monitor.triage.model.strong import Strong


class LexiconJudge:
    """Word lists decide, stars weigh in, textblob-de is a second opinion. The first form; the benchmark compares."""

    @property
    def name(self) -> str:
        """Name and version of everything that a judgement depends on."""
        from monitor.triage import lexicon, textblob_german

        return f"lexicon-de {lexicon.german().version} + {textblob_german.name()}"

    def judge(self, text: PostText) -> Judgement:
        """Judge one post; never raises for any string, safe from several threads."""
        from monitor.triage import language, lexicon, signals, textblob_german, verdict

        lang = language.language(text.text)
        found = signals.signals(text.text, lexicon.german())
        second_opinion = textblob_german.polarity(text.text) if lang == "de" else 0.0
        return verdict.decide(text, found, lang, second_opinion)


class ModelJudge:
    """Tier A: heads and word lists mixed, stars weigh in, textblob-de is one signal among them."""

    @property
    def strong(self) -> "Strong | None":
        """The tier that joins in; none here."""
        return None

    @property
    def name(self) -> str:
        """Name and version of everything that a judgement depends on."""
        from monitor.triage import lexicon, opinion, textblob_german

        return f"tier-a {opinion.version()} + lexicon-de {lexicon.german().version} + {textblob_german.name()}"

    def judge(self, text: PostText) -> Judgement:
        """Judge one post; never raises for any string, safe from several threads."""
        from monitor.triage import language, lexicon, opinion, signals, textblob_german, verdict

        lang = language.language(text.text)
        found = signals.signals(text.text, lexicon.german())
        second_opinion = textblob_german.polarity(text.text)
        model = opinion.opinion(text.text, found, second_opinion, self.strong)
        return verdict.decide(text, found, lang, second_opinion, model)


class StrongJudge(ModelJudge):
    """Tier B: the transformer's values join those of tier A in one mix; words and places stay tier A's."""

    @property
    def name(self) -> str:
        """Name and version of everything that a judgement depends on."""
        from monitor.triage import lexicon, opinion, textblob_german

        return f"tier-b {opinion.strong_version()} + lexicon-de {lexicon.german().version} + {textblob_german.name()}"

    @property
    def strong(self) -> "Strong | None":
        """The transformer, loaded once."""
        from monitor.triage.model import strong

        return strong.shipped()


@cache
def default_judge(*, strong: bool = False) -> Judge:
    """The judge that daemon, page and command use. Cheap to ask for; models load with the first text.

    Args:
        strong: whether the strong tier judges; where its extra is not installed, tier A does.
    """
    from monitor.triage.model.strong_files import installed

    return StrongJudge() if strong and installed() else ModelJudge()

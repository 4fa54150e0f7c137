"""`bench replies`: precision and recall of every rule of the reply check, on the part it was built on and the other."""

import argparse
from pathlib import Path

from monitor.words import _, refusal

_FOLDER = Path(__file__).resolve().parents[2] / "tests" / "replies" / "policy"
_PARTS = (("dev.jsonl", False), ("test.jsonl", True))
PRECISION, RECALL = 0.95, 0.90
"""Targets for `stop` on the held-out part."""


def replies(arguments: argparse.Namespace) -> int:
    """Print the table of both parts; exit 1 if the held-out part misses a target, 2 if the data are not there."""
    from replies.policy.measure import measure

    folder = arguments.data or _FOLDER
    missed = False
    for name, held_out in _PARTS:
        try:
            lines = (folder / name).read_text(encoding="utf-8").splitlines()
        except OSError as error:
            print(_("{name} lässt sich nicht lesen: {why}").format(name=folder / name, why=refusal(error)))
            return 2
        score = measure(lines)
        title = _("zurückgelegt, vor den Regeln geschrieben") if held_out else _("Entwicklung")
        counts = _("{replies} Antworten, davon {good} gute ({share:.0%})").format(
            replies=score.replies, good=score.good, share=score.good / score.replies if score.replies else 0.0
        )
        print(f"\n{name} ({title}): {counts}")
        print(f"{_('Regel'):<8} {_('Stufe'):<5} {_('Genauigkeit'):>11} {_('Trefferquote'):>12} {_('erwartet'):>8}")
        for rule, severity in score.keys():  # noqa: SIM118 - its own method, sorted
            print(_row(rule, severity, *score.of(rule=rule, severity=severity)))
        for severity in ("stop", "warn"):
            print(_row(_("alle"), severity, *score.of(severity=severity)))
        precision, recall, _expected = score.of(severity="stop")
        missed = missed or (held_out and (precision < PRECISION or recall < RECALL))
    state = _("verfehlt") if missed else _("eingehalten")
    target = _("Ziel für stop auf dem zurückgelegten Teil: Genauigkeit {precision:.2f}, Trefferquote {recall:.2f}")
    print(f"\n{target.format(precision=PRECISION, recall=RECALL)}: {state}")
    print(_("Beide Teile hat dieselbe Hand geschrieben; für fremde Texte ist das eine obere Schranke."))
    return 1 if missed else 0


def _row(rule: str, severity: str, precision: float, recall: float, expected: int) -> str:
    return f"{rule:<8} {severity:<5} {precision:>11.3f} {recall:>12.3f} {expected:>8}"

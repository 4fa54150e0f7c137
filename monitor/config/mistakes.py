"""What is wrong with a configuration: every mistake with its place in the file and a German sentence."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from monitor.words import _

_ALIKE = 0.75  # of difflib: one or two letters of a key


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong: where in the file, and what to do."""

    path: str
    sentence: str


class ConfigError(Exception):
    """The configuration is not to be believed; `mistakes` names everything at once."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("; ".join(f"{mistake.path}: {mistake.sentence}" for mistake in mistakes))
        self.mistakes = mistakes


def checked(model: type[BaseModel], data: Any, where: str, mistakes: list[Mistake]) -> BaseModel | None:
    """`data` as `model`; None when something is wrong, which then stands in `mistakes`."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        mistakes.extend(mistakes_of(error, where, model))
        return None


def mistakes_of(error: ValidationError, where: str, model: type[BaseModel]) -> Iterator[Mistake]:
    """What pydantic found wrong, in German, each with its path below `where`."""
    for found in error.errors(include_url=False, include_input=True):
        path = ".".join([where, *(str(part) for part in found["loc"])])
        yield Mistake(path, _sentence(found, model))


def _keys(model: type[BaseModel]) -> Iterator[str]:
    """The keys as they stand in the file: a secret's is `NAME_file`."""
    for name, info in sorted(model.model_fields.items()):
        yield f"{name}_file" if "SecretStr" in str(info.annotation) else name


def _sentence(found: Mapping[str, Any], model: type[BaseModel]) -> str:
    known = list(_keys(model))
    context = {key: str(value) for key, value in (found.get("ctx") or {}).items()}
    sentences = {
        "extra_forbidden": _("Diesen Schlüssel gibt es nicht. Bekannt sind: {known}."),
        "missing": _("Dieser Schlüssel fehlt."),
        "greater_than_equal": _("Mindestens {ge}."),
        "less_than_equal": _("Höchstens {le}."),
        "greater_than": _("Größer als {gt}."),
        "less_than": _("Kleiner als {lt}."),
        "literal_error": _("Erlaubt ist: {expected}."),
        "string_type": _("Hier steht ein Text in Anführungszeichen."),
        "string_too_short": _("Der Text ist zu kurz."),
        "string_too_long": _("Der Text ist zu lang (höchstens {max_length} Zeichen)."),
        "bool_type": _("Hier steht true oder false."),
        "bool_parsing": _("Hier steht true oder false."),
        "int_type": _("Hier steht eine ganze Zahl."),
        "int_parsing": _("Hier steht eine ganze Zahl."),
        "int_from_float": _("Hier steht eine ganze Zahl."),
        "float_type": _("Hier steht eine Zahl."),
        "finite_number": _("Hier steht eine endliche Zahl."),
        "float_parsing": _("Hier steht eine Zahl."),
        "tuple_type": _('Hier steht eine Liste, zum Beispiel ["a", "b"].'),
        "list_type": _('Hier steht eine Liste, zum Beispiel ["a", "b"].'),
        "dict_type": _('Hier steht eine Tabelle, zum Beispiel {{ mon = "09:00-17:00" }}.'),
        "model_type": _("Hier steht ein Abschnitt."),
        "value_error": _("Nicht erlaubt; so geht es: {error}."),
    }
    if found["type"] == "extra_forbidden" and (close := get_close_matches(str(found["loc"][-1]), known, 1, _ALIKE)):
        sentences["extra_forbidden"] = _("Diesen Schlüssel gibt es nicht. Gemeint ist wohl {close}.").format(
            close=close[0]
        )
    template = sentences.get(str(found["type"]), _("Nicht erlaubt: {msg}."))
    return template.format_map({"known": ", ".join(known), "msg": found.get("msg", ""), "error": "", **context})

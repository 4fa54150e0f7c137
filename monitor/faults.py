"""The last net of the command: an error that nobody caught as one German sentence with its place and what to do."""

from pathlib import Path

from monitor.words import _, refusal


def told(error: Exception, config: Path | None = None) -> list[str]:
    """What happened, one line each: every mistake of a configuration; `config` tells which database was meant."""
    mistakes = getattr(error, "mistakes", None)
    if mistakes is not None:
        return [f"{mistake.path}: {mistake.sentence}" for mistake in mistakes]
    return [getattr(error, "sentence", None) or _sentence(error, config)]


def _sentence(error: Exception, config: Path | None) -> str:
    """What happened and what to do, for the errors that a healthy program can meet."""
    cause = str(getattr(error, "orig", None) or error)
    said = _of_the_database(cause)
    if said:
        return f"{said} ({place})" if (place := _database(config)) else said
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return _("Das Betriebssystem sagt: {why}{where}.").format(why=refusal(error), where=where)
    kind = f"{type(error).__name__}: {' '.join(cause.split())[:300]}"
    sentence = _("Das hat nicht geklappt ({kind}). Mit WIDERHALL_DEBUG=1 zeigt derselbe Befehl die Stelle.")
    return sentence.format(kind=kind)


def _of_the_database(cause: str) -> str | None:
    known = {
        "file is not a database": _(
            "Die Datenbankdatei ist beschädigt oder keine Datenbank. Spielen Sie eine Sicherung zurück."
        ),
        "disk image is malformed": _("Die Datenbankdatei ist beschädigt. Spielen Sie eine Sicherung zurück."),
        "lock timeout": _("Die Datenbank ist gerade belegt. Versuchen Sie es gleich noch einmal."),
        "connection failed": _(
            "Die Datenbank ist nicht zu erreichen. Läuft PostgreSQL, und stimmt [storage] database?"
        ),
        "connection timeout": _("Die Datenbank antwortet nicht. Prüfen Sie Netz und [storage] database."),
        "database is locked": _("Die Datenbank ist gerade belegt. Versuchen Sie es gleich noch einmal."),
        "unable to open database": _("Die Datenbankdatei lässt sich nicht öffnen. Prüfen Sie Ordner und Rechte."),
        "readonly database": _("In die Datenbankdatei darf nicht geschrieben werden. Prüfen Sie die Rechte."),
        "disk is full": _("Der Datenträger ist voll. Gespeichert ist alles bis zum letzten vollständigen Schritt."),
    }
    return next((sentence for words, sentence in known.items() if words in cause), None)


def _database(config: Path | None) -> str:
    """The database that the configuration names, without its password; nothing where it cannot be told."""
    if config is None:
        return ""
    from sqlalchemy.engine import make_url

    from monitor.config import ConfigError, load

    try:
        url = make_url(load(config).database_url)
    except ConfigError:
        return ""
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)

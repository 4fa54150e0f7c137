"""What our people wrote about somebody's posts goes with the posts (monitor/privacy); times and steps stay."""

from typing import Any

from sqlalchemy import case, update
from sqlmodel import Session, SQLModel, col

from replies.care.tables import Ask, Call, RemovalNotice, Rung, Sheet, Task

WRITTEN: tuple[tuple[type[SQLModel], tuple[str, ...]], ...] = (
    (Rung, ("reason", "lawyer_note")),
    (Ask, ("question", "answer")),
    (Task, ("words", "done_word")),
    (Call, ("understood", "agreed", "confirmed_how")),
    (Sheet, ("demand", "option", "decision")),
)
_OF_NOTICE = ("passage", "explanation", "reference", "note")


def forget(session: Session, post_id: int, duty_id: int | None, blank: str) -> None:
    """Put `blank` where words were, in every row about this post; what was empty stays empty."""
    if duty_id is not None:
        for model, names in WRITTEN:
            _blank(session, model, model.duty_id == duty_id, names, blank)  # type: ignore[attr-defined]
    _blank(session, RemovalNotice, col(RemovalNotice.post_id) == post_id, _OF_NOTICE, blank)


def _blank(session: Session, model: type[SQLModel], which: Any, names: tuple[str, ...], blank: str) -> None:
    values = {name: case((getattr(model, name) != "", blank), else_="") for name in names}
    session.execute(update(model).where(which).values(**values).execution_options(synchronize_session=False))

"""Whether the owners have heard that one of them let somebody in."""

from sqlmodel import Session, col, select

from monitor.notify.recipients import MAIL, PUSH, own_addresses
from monitor.notify.settings import Notify
from monitor.people import OwnerMade
from monitor.tables import Alarm, Notice, NoticeState, User
from replies.lifecycle import Role


def heard(session: Session, notify: Notify, made: OwnerMade) -> bool:
    """Has every owner but the one who did it and the one it is about been sent a message? No, if there is none."""
    alarms = session.exec(select(Alarm.id).where(col(Alarm.name) == f"person:{made.seq}")).all()
    sent = select(Notice.recipient).where(
        col(Notice.occasion).in_([f"alarm:{number}" for number in alarms]), col(Notice.state) == NoticeState.SENT
    )
    reached = set(session.exec(sent).all())
    others = select(User).where(
        col(User.role) == Role.OWNER,
        col(User.active).is_(True),
        col(User.id).not_in([made.by_id, made.user_id]),
    )
    keys = [_keys(notify, owner) for owner in session.exec(others).all()]
    if any(key.startswith(PUSH) for key in reached):
        return bool(keys)
    return bool(keys) and all(own & reached for own in keys)


def _keys(notify: Notify, owner: User) -> set[str]:
    every = [*own_addresses(notify, owner), *notify.to.get(Role.OWNER.value, [])]
    return {MAIL + address for address in every}

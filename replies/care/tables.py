"""What care needs to remember, as rows. Nothing here counts a person's work beyond the day."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from replies.tables import moment


class HostileLook(SQLModel, table=True):
    """Somebody has opened a hostile post today. Deleted when the local day ends; never in a backup, never journaled."""

    __tablename__ = "hostile_look"
    __table_args__ = (UniqueConstraint("user_id", "duty_id"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    duty_id: int = Field(foreign_key="duty.id")
    opened_at: datetime = moment()
    until: datetime = moment(index=True)  # the end of that local day

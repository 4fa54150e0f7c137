"""Who is logged in, from where, and what somebody guessed, as rows. A backup keeps the recovery codes alone."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from replies.tables import moment


class WebSession(SQLModel, table=True):
    """A login that can be revoked. Only the token's hash is stored."""

    __tablename__ = "web_session"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    csrf: str
    password_at: datetime = moment()  # when the own password was last typed in it
    created_at: datetime = moment()
    seen_at: datetime = moment()
    expires_at: datetime = moment()
    revoked_at: datetime | None = moment(default=None)


class LoginFailure(SQLModel, table=True):
    """A wrong password, kept for the brake on guessing (RELIABILITY S10); survives a restart, deleted after a day."""

    __tablename__ = "login_failure"

    id: int | None = Field(default=None, primary_key=True)
    name_hash: str = Field(index=True)
    place_hash: str = ""  # of the device, or of name and address
    kind: str = "strange"  # or "known": from a device of this person's; "_code" added: a code, not a password
    at: datetime = moment()


class KnownDevice(SQLModel, table=True):
    """A browser that somebody has logged in from: their right password counts there, whoever else guesses."""

    __tablename__ = "known_device"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    created_at: datetime = moment()
    seen_at: datetime = moment()


class HalfLogin(SQLModel, table=True):
    """The password was right, the code is still to come. Opens nothing; only the token's hash is stored."""

    __tablename__ = "half_login"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    at: datetime = moment()


class RecoveryCode(SQLModel, table=True):
    """A code that replaces the telephone once; deleted when it is used. 80 random bits, only their hash is stored."""

    __tablename__ = "recovery_code"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    code_hash: str = Field(unique=True)

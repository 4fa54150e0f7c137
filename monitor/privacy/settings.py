"""The section `[retention]`: how long words are kept, by class. 0 keeps them."""

from pydantic import BaseModel, ConfigDict, Field


class Retention(BaseModel):
    """Terms after which words and authors are forgotten; the journal and the duty stay, without either."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    unflagged_days: int = Field(default=90, ge=0, le=36500, description="posts that owe no answer; 0 keeps them")
    answered_months: int = Field(
        default=24, ge=0, le=1200, description="answered and released posts, with our answers; 0 keeps them"
    )
    raw_days: int = Field(
        default=30,
        ge=0,
        le=36500,
        description="records as the platform sent them, once no answer is owed; 0 keeps them",
    )
    looked_days: int = Field(
        default=30,
        ge=0,
        le=36500,
        description="who of our people corrected an estimate; 0 keeps it",
    )
    runs_days: int = Field(
        default=90,
        ge=0,
        le=36500,
        description="when a source was read and how many records it brought; 0 keeps it",
    )
    unreadable_records: int = Field(
        default=1000,
        ge=0,
        le=1_000_000,
        description="records of one source that could not be read; the rest is counted; 0 keeps them all",
    )
    gone_days: int = Field(
        default=30, ge=0, le=36500, description="posts that their author or the platform has deleted; 0 keeps them"
    )

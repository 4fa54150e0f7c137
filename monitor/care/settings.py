"""The section `[care]`: what protects the people who read and answer."""

from pydantic import BaseModel, ConfigDict, Field


class CareSettings(BaseModel):
    """How much a person takes in a day, and whom to call."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hostile_per_day: int = Field(
        default=8, ge=0, le=500, description="hostile posts one person opens in a day; 0: no limit; counted for today"
    )
    emergency: tuple[str, ...] = Field(
        default=("Polizei 110", "Opfer-Telefon WEISSER RING 116 006"),
        description="whom to call on a threat, one line each, as the page shows it",
    )
    lawyer: str = Field(default="", description="our lawyer, as the page shows it where legal words stop an answer")
    contact: str = Field(default="", description="name and e-mail for removal notices (Art. 16 DSA)")

"""The section `[web]`: where the page listens, and under which address people know it."""

import ipaddress
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field, field_validator

from monitor.words import _


class Web(BaseModel):
    """The page."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    host: str = Field(default="127.0.0.1", description="address to listen on; put a TLS proxy in front for others")
    port: int = Field(default=8080, ge=0, le=65535, description="port of the page; 0 takes a free one")
    base_url: str = Field(default="", description="address people type, https://…; empty: http://host:port")
    idle_minutes: float = Field(default=480, gt=0, description="a login ends after this long without a click")
    absolute_hours: float = Field(default=72, gt=0, description="and after this long in any case")
    trusted_proxies: tuple[str, ...] = Field(
        default=(),
        description="addresses or networks of your own proxies, whose X-Forwarded-For is believed; nobody else's is",
    )

    owners_need_second_factor: bool = Field(
        default=False, description="true: an owner sets up a code from the telephone before anything else opens"
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _real_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            try:
                whole = ipaddress.ip_network(one).prefixlen == 0
            except ValueError:
                whole = True
            if whole:
                raise ValueError('["127.0.0.1", "10.0.0.0/24"]')
        return value

    @property
    def from_outside(self) -> bool:
        """Do others than the people at this machine reach the page?"""
        named = self.base_url.partition("://")[2].partition("/")[0].rpartition("@")[2]
        return not is_this_machine(self.host) or (named != "" and not is_this_machine(named))

    def warnings(self) -> Iterator[str]:
        """What others on the network could read, never reach, or hold up."""
        scheme, _colon, rest = self.base_url.partition("://")
        named = rest.partition("/")[0].rpartition("@")[2]
        if not is_this_machine(self.host) and not self.base_url:
            yield _(
                '[web] host = "{host}" ohne base_url: andere Rechner erreichen die Seite, unverschlüsselt und unter '
                'einer Adresse, die Widerhall nicht kennt. Tragen Sie base_url = "https://…" ein.'
            ).format(host=self.host)
        elif scheme == "http" and not is_this_machine(named):
            yield _(
                '[web] base_url = "{url}": Passwörter gehen unverschlüsselt durch das Netz. Setzen Sie einen Proxy mit '
                "TLS davor und tragen Sie die Adresse mit https:// ein."
            ).format(url=self.base_url)
        if self.from_outside and is_this_machine(self.host) and not self.trusted_proxies:
            yield _(
                "[web] trusted_proxies ist leer: hinter einem Proxy haben für Widerhall alle Fremden dieselbe Adresse, "
                "und wer Passwörter rät, hält andere auf, die sich an einem neuen Gerät anmelden. Tragen Sie die "
                "Adresse des Proxys ein (docs/operation.md)."
            )
        if self.from_outside and not self.owners_need_second_factor:
            yield _(
                "[web] owners_need_second_factor = false: die Seite ist von außen zu erreichen, und wer das Passwort "
                "einer Inhaberin errät, gibt damit Antworten frei. Mit true gehört ein Code vom Telefon dazu."
            )


def is_this_machine(host: str) -> bool:
    """Is it a loopback address or name, with or without a port?"""
    name = (
        host.removeprefix("[").partition("]")[0] if host.startswith("[") else host.rsplit(":", host.count(":") == 1)[0]
    )
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")

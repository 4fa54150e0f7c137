"""Which addresses we may dial (RELIABILITY S11): public ones, and what `allow_networks` names."""

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from connectors.core.errors import ConfigProblem

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int, float], list[str]]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Guard:
    """The addresses that one source may dial.

    Attributes:
        networks: where private addresses and plain http are allowed.
        tls: the connection will be encrypted; without it only `networks` are allowed.
    """

    networks: tuple[Network, ...]
    tls: bool

    @classmethod
    def of(cls, allow_networks: Sequence[str], *, tls: bool) -> "Guard":
        """Build from CIDR strings.

        Raises:
            ConfigProblem: not a network, or plain http without any allowed network.
        """
        try:
            networks = tuple(ipaddress.ip_network(entry) for entry in allow_networks)
        except ValueError as error:
            raise ConfigProblem(f"allow_networks: {error}") from None
        if not tls and not networks:
            raise ConfigProblem("plain http is not allowed; use https, or name the network in allow_networks")
        return cls(networks, tls)

    def allowed(self, host: str, addresses: Iterable[str]) -> list[str]:
        """Those of the resolved addresses that may be dialled.

        Raises:
            ConfigProblem: none of them.
        """
        found = [*dict.fromkeys(addresses)]
        good = [address for address in found if self._may(address)]
        if good:
            return good
        shown = ", ".join(found[:3]) or "nothing"
        reason = (
            "is not a public address" if self.tls else "is not in allow_networks (plain http is allowed only there)"
        )
        raise ConfigProblem(f"{host}: resolves to {shown}, which {reason}")

    def _may(self, text: str) -> bool:
        address = ipaddress.ip_address(text.partition("%")[0])
        inner = _inside(address)
        if any(candidate in network for candidate in (address, inner) for network in self.networks):
            return True
        return self.tls and _public(inner)


def _inside(address: Address) -> Address:
    """The IPv4 address that an IPv6 one carries (mapped, 6to4, NAT64), else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _public(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved and not address.is_unspecified


def look_up(host: str, port: int, seconds: float) -> list[str]:
    """Resolve a name with a time limit, which `getaddrinfo` does not have.

    Raises:
        TimeoutError: no answer in time.
        OSError: no such name.
    """
    found: list[str] = []
    failed: list[Exception] = []

    def work() -> None:
        try:
            found.extend(str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            failed.append(error)

    thread = threading.Thread(target=work, daemon=True, name="look-up")
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TimeoutError(f"name look-up of {host} took longer than {seconds:.0f} s")
    if failed:
        raise OSError(str(failed[0]))
    return found

"""Which addresses may be asked: public ones, and those inside that an operator names.

A name is resolved once and the connection goes to the address that was looked at, so that a name
which changes its mind in between (DNS rebinding) leads nowhere else.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Self

from azora.threads import in_thread

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a name, for a port. Raises OSError where it has none."""

_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*", re.I)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Inside(NamedTuple):
    """What may be asked although it is not public."""

    names: frozenset[str]
    networks: tuple[Network, ...]

    @classmethod
    def of(cls, entries: Iterable[str]) -> Self:
        """Read host names, addresses and networks. Raises ValueError that names what is none."""
        names, networks = set(), []
        for entry in entries:
            try:
                networks.append(ipaddress.ip_network(entry))
            except ValueError:
                if not _NAME.fullmatch(entry) or entry.replace(".", "").isdigit():
                    raise ValueError(f"{entry} is neither a host name nor a network") from None
                names.add(entry.lower())
        return cls(frozenset(names), tuple(networks))

    def allows(self, name: str, address: Address) -> bool:
        return name.lower() in self.names or any(
            address.version == network.version and address in network for network in self.networks
        )


def is_public(address: Address) -> bool:
    """Whether an address is of the internet at large, in whatever form it hides."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return is_public(inner)
        if address.scope_id or address.is_site_local:
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


def reachable(name: str, port: int, inside: Inside, resolve: Resolve) -> list[str]:
    """The addresses of a name that may be asked, in the resolver's order; none where all are inside.

    Raises OSError where the name has no address at all.
    """
    found = [ipaddress.ip_address(text) for text in resolve(name, port)]
    allowed = (one for one in found if is_public(one) or inside.allows(name, one))
    return list(dict.fromkeys(map(str, allowed)))


def system_resolver(name: str, port: int) -> list[str]:
    """What the operating system says, asked beside the hub."""
    found = in_thread(socket.getaddrinfo, name, port, 0, socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a translator would reach by this one."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo

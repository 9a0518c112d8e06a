"""The names and addresses under which other machines reach this one."""

import ipaddress
import socket
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from azora.settings import CampusSettings
    from azora.tls.settings import TlsSettings

_OUTSIDE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
"""Addresses that nobody has: asking for the way there sends nothing."""


def served_names(campus: "CampusSettings", tls: "TlsSettings") -> list[str]:
    """Every name for the campus's certificate: this machine's own, the address, and the keeper's."""
    own = socket.gethostname().rstrip(".").lower()
    public = urlsplit(campus.public_url or "").hostname
    host = "" if is_wildcard(campus.host) else campus.host
    found = ["localhost", "127.0.0.1", "::1", own, f"{own.partition('.')[0]}.local"]
    return [name for name in [*found, *lan_addresses(), host, public or "", *tls.names] if name]


def lan_addresses() -> list[str]:
    """The address of this machine on its network, of each kind that it has."""
    found = []
    for family, outside in _OUTSIDE.items():
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((outside, 9))
            found.append(str(probe.getsockname()[0]))
    return [address for address in found if not ipaddress.ip_address(address).is_link_local]


def is_wildcard(host: str) -> bool:
    """Whether listening there means listening on every address."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return not host


def shown_address(address: str) -> str:
    """`host:port` as somebody on the network would type it."""
    host, _, port = address.rpartition(":")
    if not is_wildcard(host.strip("[]")):
        return address
    reached = (lan_addresses() or ["127.0.0.1"])[0]
    return f"[{reached}]:{port}" if ":" in reached else f"{reached}:{port}"

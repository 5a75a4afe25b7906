"""Which addresses a webhook may have: nobody can make us ask inside our own house (CWE-918)."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from shenbao_common.kernel.errors import Problem

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 in the last 32 bits (RFC 6052)."""

_NOT_OF_THE_INTERNET = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("fec0::/10"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("3fff::/20"),
    IPv6Network("5f00::/16"),
)
"""What Python's tables call global and is not: metadata of a cloud, sites of old, translation in a house, examples."""


def is_allowed(address: Address, private: Sequence[Network]) -> bool:
    """A public address, or one of a network that this deployment allows. What hides an IPv4 address is opened."""
    inner = _hidden(address) or address
    if is_private_target(inner, private):
        return True
    special = any(inner in network for network in _NOT_OF_THE_INTERNET if network.version == inner.version)
    return inner.is_global and not (special or inner.is_multicast or inner.is_reserved)


def is_private_target(address: Address, private: Sequence[Network]) -> bool:
    inner = _hidden(address) or address
    return any(inner in network for network in private if network.version == inner.version)


def objections(url: str, path: str, private: Sequence[Network]) -> list[Problem]:
    """What can be said of an address before it is looked up."""
    if not (url.isascii() and url.isprintable()) or " " in url:
        return [Problem("wrong_format", path)]
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return [Problem("wrong_format", path)]
    if parts.scheme not in {"https", "http"} or not parts.hostname or port == 0:
        return [Problem("wrong_format", path)]
    if (
        parts.username is not None
        or parts.password is not None
        or parts.fragment
        or not (url.isascii() and url.isprintable())
    ):
        return [Problem("wrong_format", path)]
    if parts.scheme == "http" and not private:
        return [Problem("https_required", path)]
    literal = _literal(parts.hostname)
    if literal is not None and not is_allowed(literal, private):
        return [Problem("private_address", path)]
    if literal is not None and parts.scheme == "http" and not is_private_target(literal, private):
        return [Problem("https_required", path)]
    return []


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host.split("%", 1)[0])
    except ValueError:
        return None


def _hidden(address: Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)

"""The address that a caller's tries are counted by."""

from ipaddress import IPv6Address, IPv6Network, ip_address

from flask import request

_OF_ONE_CALLER = 64


def counted_address() -> str:
    """The caller's address; of IPv6 the network of 64 bits, since whoever has one address there has 2^64 of them.

    The portal passes on its browser's; which proxies are believed is the deployment's.
    """
    return counted(request.remote_addr or "unknown")


def counted(address: str) -> str:
    """What stands for this address in a count."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Network((found, _OF_ONE_CALLER), strict=False).network_address)

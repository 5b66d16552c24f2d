"""The address of a client as it may be stored and counted, whatever a proxy wrote."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

COUNTED_IPV6_BITS = 64  # what a provider gives one customer, who can use each address in it
UNKNOWN = "unknown"
_BRACKETED = re.compile(r"\[([^\]]*)\](?::[0-9]{1,5})?")
_V4_WITH_PORT = re.compile(r"([0-9.]+):[0-9]{1,5}")


class PlainAddresses:
    """WSGI middleware: makes ``REMOTE_ADDR`` an IP address in its usual form, or removes it."""

    def __init__(self, wsgi: WSGIApplication) -> None:
        self._wsgi = wsgi

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Run the application with the address that was understood."""
        address = plain_address(environ.pop("REMOTE_ADDR", ""))
        if address is not None:
            environ["REMOTE_ADDR"] = address
        return self._wsgi(environ, start_response)


def plain_address(given: str) -> str | None:
    """The IP address in what a proxy wrote: without port, brackets and zone, mapped IPv4 as IPv4; None without one."""
    text = given.strip().strip('"')
    match = _BRACKETED.fullmatch(text) or _V4_WITH_PORT.fullmatch(text)
    text = (match.group(1) if match else text).partition("%")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def counted_address(address: str | None) -> str:
    """What stands for a client where tries are counted: an IPv4 address, the /64 of an IPv6 one, or `UNKNOWN`."""
    plain = plain_address(address or "")
    if plain is None:
        return UNKNOWN
    if ":" not in plain:
        return plain
    return str(ipaddress.ip_network((plain, COUNTED_IPV6_BITS), strict=False))

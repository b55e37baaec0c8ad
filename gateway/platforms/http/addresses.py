"""Which addresses are called: the operator's own; for files only hosts that the operator named, never inside our network."""

from __future__ import annotations

import ipaddress
import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from yarl import URL

from core.errors import BadInput, Misconfigured
from core.settings import is_loopback


def read_address(text: str) -> URL:
    """Read an address that an operator gave: https, or plain http on this machine. Raises `Misconfigured`."""
    url = _parse(text)
    if url is None or url.user is not None or url.fragment:
        raise Misconfigured("An app's address is a whole one, such as https://app.example/muse, without user name or fragment.")
    if url.scheme != "https" and not is_loopback(url.host or ""):
        raise Misconfigured("An app's address must be https; plain http is for this machine only.")
    return url


def media_address(text: str, hosts: tuple[str, ...], own: URL) -> URL:
    """Return the address of a fan's file, if it may be fetched: https, from a named host. Raises `BadInput`.

    `own` is the app's address: only when that is on this machine may a file be, too.
    """
    url = _parse(text)
    if url is None or url.user is not None or (url.host or "").lower() not in {host.lower() for host in hosts}:
        raise BadInput("The file does not lie on a host that this account allows.")
    nearby = is_loopback(own.host or "")
    if url.scheme != "https" and not (nearby and is_loopback(url.host or "")):
        raise BadInput("The file's address is not https.")
    if not nearby and (url.host == "localhost" or _inside(url.host or "")):
        raise BadInput("The file's address lies inside our own network.")
    return url


class PublicResolver(AbstractResolver):
    """Finds hosts, and no address inside our own network: whoever holds a name's records could point it there."""

    def __init__(self) -> None:
        self._inner = DefaultResolver()

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        """Return the addresses of a host. Raises `OSError` when one of them is not public."""
        found = await self._inner.resolve(host, port, family)
        if any(_inside(one["host"]) for one in found):
            raise OSError(f"{host} lies inside our own network")
        return found

    async def close(self) -> None:
        """Let the resolver go."""
        await self._inner.close()


def _parse(text: str) -> URL | None:
    try:
        url = URL(text)
        return url if url.scheme in ("http", "https") and url.host and url.port else None
    except ValueError:
        return None


def _inside(host: str) -> bool:
    """Tell whether a host in numbers is anything but a public address; a name is not looked up."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return not (mapped or address).is_global or address.is_multicast

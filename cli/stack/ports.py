"""Free ports."""

from __future__ import annotations

import socket

from core.errors import SettingInvalid

FIRST, TRIES = 8080, 100


def is_free(host: str, port: int) -> bool:
    """Tell whether a server could listen there. Raises `SettingInvalid` when this machine has no such address."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except socket.gaierror:
        raise SettingInvalid(f"MUSE_HOST: {host!r} is no address that this machine knows.") from None
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(address)
            tried.listen(1)  # on Linux two sockets may bind one port, but only one may listen
        except OSError:
            return False
    return True


def choose_gateway_port(host: str, wanted: int) -> int:
    """Return the wanted port, or for 0 the first free one from 8080 on. Raises `SettingInvalid` when there is none."""
    if wanted:
        if not is_free(host, wanted):
            raise SettingInvalid(
                f"MUSE_PORT: port {wanted} on {host} is taken by another program; stop it or choose another port."
            )
        return wanted
    for port in range(FIRST, FIRST + TRIES):
        if is_free(host, port):
            return port
    raise SettingInvalid(f"MUSE_HOST: no port from {FIRST} to {FIRST + TRIES - 1} can be used on {host}; set MUSE_PORT.")


def choose_any_port(preferred: int = 0) -> int:
    """Return a free port on loopback: the preferred one if it is still free."""
    if preferred and is_free("127.0.0.1", preferred):
        return preferred
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port

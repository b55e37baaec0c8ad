"""The crisis protocol: a gateway that others reach must publish it, and say how its operator is reached."""

from __future__ import annotations

from collections.abc import Iterator

from cli.doctor.finding import Finding, broken, good
from core.settings import Settings, is_loopback, safety_page

NAME = "safety page"


def safety(settings: Settings) -> Iterator[Finding]:
    """Look whether fans can find the protocol; the law lets nobody be talked to without."""
    if is_loopback(settings.host) and not settings.public_url:
        yield good(NAME, "this gateway is reached from this machine only; its page is /safety")
    elif not settings.public_url:
        yield broken(
            NAME,
            "others reach this gateway, and fans are not told where the crisis protocol is; nobody may be talked to without",
            "MUSE_PUBLIC_URL=https://… in .env",
        )
    elif not settings.safety_contact:
        yield broken(
            NAME,
            f"{safety_page(settings)} does not say how the operator is reached",
            "MUSE_SAFETY_CONTACT=you@example.org in .env",
        )
    else:
        yield good(NAME, safety_page(settings))

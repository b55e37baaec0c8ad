"""Where the gateway listens: on this machine only, unless that was said twice."""

from __future__ import annotations

import pytest
from msgspec import structs

from core.errors import SettingInvalid
from core.settings import Settings, check_host
from gateway.app import serve


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "muse.example"])
def test_an_open_address_is_refused_by_the_gateway_itself(settings: Settings, host: str) -> None:
    """`muse gateway` alone must hold what `muse up` holds."""
    with pytest.raises(SettingInvalid, match="MUSE_ALLOW_REMOTE"):
        serve(structs.replace(settings, host=host))


@pytest.mark.parametrize(("host", "remote"), [("127.0.0.1", False), ("::1", False), ("localhost", False), ("0.0.0.0", True)])
def test_what_is_ours_or_was_said_twice_may_be_bound(host: str, remote: bool) -> None:
    assert check_host(Settings(host=host, allow_remote=remote)) is None  # type: ignore[func-returns-value]  # it returns at all

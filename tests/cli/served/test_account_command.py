"""`muse account set` against the real gateway."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.accounts import find_account
from tests.cli.served.terminal_user import TerminalUser
from tests.gateway.conftest import Gateway


@pytest.fixture
def user(gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> TerminalUser:
    return TerminalUser(gateway.url, Path(gateway.settings.data_dir), monkeypatch, capsys)


async def test_an_account_is_put_on_approve(gateway: Gateway, user: TerminalUser) -> None:
    words = ("account", "set", "telegram/luna")
    printed = await user.see(*words, "--autonomy", "approve", "--sandbox", "off", "--quiet", "2.5")
    assert printed == "telegram/luna: autonomy approve, sandbox off, quiet time 2.5 s.\n"
    stored = await find_account(gateway.house.app, gateway.house.seal, "telegram", "luna")
    assert (stored.autonomy, stored.sandbox, stored.quiet_s) == ("approve", False, 2.5)
    assert await user.see(*words, "--quiet", "default") == (
        "telegram/luna: autonomy approve, sandbox off, quiet time the default.\n"
    )
    assert (await user.read(*words, "--quiet", "0"))["quiet_s"] == 0


async def test_how_packs_are_sold_and_who_may_connect_the_bot(gateway: Gateway, user: TerminalUser) -> None:
    words = ("account", "set", "telegram/luna")
    printed = await user.see(*words, "--sell-by", "invoice", "--business-owners", "600001, 600002")
    assert printed.endswith("packs sold by invoice, business connections of 600001, 600002 only.\n")
    stored = await find_account(gateway.house.app, gateway.house.seal, "telegram", "luna")
    assert stored.options == {"sell_by": "invoice", "business_owners": ["600001", "600002"]}
    answer = await user.read(*words, "--business-owners", "anybody")
    assert (answer["business_owners"], answer["sell_by"]) == ([], "invoice")
    code, printed = await user.type("account", "set", "webchat/luna", "--sell-by", "invoice")
    assert (code, printed) == (2, "muse: webchat sells in one way only, not by 'invoice'.\n")
    assert (await user.type(*words, "--business-owners", "lena"))[0] == 2


async def test_wrong_words_get_a_clear_no(user: TerminalUser) -> None:
    code, printed = await user.type("account", "set", "telegram/lune", "--autonomy", "off")
    assert (code, printed) == (5, "muse: There is no account 'telegram/lune'; type: muse account list\n")
    code, printed = await user.type("account", "set", "telegram/luna")
    assert (code, printed) == (
        2,
        "muse: Say what to set: --autonomy, --sandbox, --quiet, --sell-by, --business-owners, --region or --rates.\n",
    )
    assert (await user.type("account", "set", "telegram/luna", "--autonomy", "free"))[0] == 2
    for seconds in ("soon", "nan", "inf"):
        assert (await user.type("account", "set", "telegram/luna", "--quiet", seconds))[0] == 2


async def test_an_app_is_connected_and_its_keys_renewed(
    gateway: Gateway, user: TerminalUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = gateway.settings
    for name in ("postgres_app_url", "postgres_sweep_url", "redis_url", "chroma_url"):
        monkeypatch.setenv(f"MUSE_{name.upper()}", getattr(settings, name) or "http://127.0.0.1:9")
    printed = await user.see("account", "connect", "http", "luna", "--url", "https://app.example/muse", "--text-limit", "500")
    stored = await find_account(gateway.house.app, gateway.house.seal, "http", "luna")
    assert stored.options["text_limit"] == 500
    assert f"{gateway.url}/webhooks/http/luna" in printed
    assert stored.secrets["inbound_secret"] in printed
    assert stored.secrets["outbound_private_key"] not in printed
    again = await user.see("account", "connect", "http", "luna", "--url", "https://app.example/muse")
    assert again == "http/luna is set; its keys stay as they are.\n"
    rotated = await user.see("account", "rotate", "http", "luna")
    assert "muse account rotate http luna --finish" in rotated
    assert stored.secrets["inbound_secret"] not in rotated
    assert await user.see("account", "rotate", "http", "luna", "--finish") == "The old keys of http/luna are forgotten.\n"
    assert "http" in await user.see("account", "list")
    for wrong, words in (
        (("connect", "http", "luna", "--url", "http://app.example/"), "must be https"),
        (("connect", "http", "luna", "--url", "https://app.example/", "--text-limit", "5"), "cannot be set"),
        (("rotate", "http", "luna", "--finish"), "No rotation"),
    ):
        code, said = await user.type("account", *wrong)
        assert code
        assert words in said


async def test_whose_law_holds_and_who_lets_models_outside_read(gateway: Gateway, user: TerminalUser) -> None:
    assert "under the rules of eu" in await user.see("account", "set", "telegram/luna", "--region", "eu")
    assert (await user.read("account", "set", "telegram/luna", "--region", "default"))["region"] is None
    assert (await user.type("account", "set", "telegram/luna", "--region", "mars"))[0] == 2
    answer = await user.read("account", "authorise", "telegram/luna", "600001")
    assert answer["business_authorised"]["600001"]["by"] == "ana"
    stored = await find_account(gateway.house.app, gateway.house.seal, "telegram", "luna")
    assert stored.options["business_authorised"]["600001"]["at"].startswith("20")
    assert (await user.read("account", "authorise", "telegram/luna", "600001", "--revoke"))["business_authorised"] == {}
    assert (await user.type("account", "authorise", "webchat/luna", "600001"))[0] == 2

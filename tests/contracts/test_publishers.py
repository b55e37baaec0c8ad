"""What every platform that publishes posts promises: it says what it takes, and refuses the rest in our own words."""

from __future__ import annotations

from uuid import UUID

import pytest

from core.errors import BadInput, MuseError
from core.outbound import AssetRef, Publication
from core.platforms import Publisher
from tests.contracts.test_platforms import TOKEN, account_of, everyone


async def test_who_publishes_says_what_it_takes_and_refuses_the_rest() -> None:
    publishers = [one for one in everyone("http://127.0.0.1:9").values() if isinstance(one, Publisher)]
    assert len(publishers) == 2
    asset = AssetRef(UUID(int=1), "assets/none", "image/jpeg", 64, 80)
    for platform in publishers:
        account, policy = account_of(platform, token=TOKEN), platform.publishing
        target = "@lunas" if policy.target_hint else ""
        platform.check_post(account, Publication(target, "x" * policy.text_limit))
        platform.check_post(account, Publication(target, "x" * policy.caption_limit, (asset,) * policy.most_pictures))
        for wrong in (
            Publication(target, "x" * (policy.text_limit + 1)),
            Publication(target, "x" * (policy.caption_limit + 1), (asset,)),
            Publication(target, "x", (asset,) * (policy.most_pictures + 1)),
            Publication(target, " \n"),
            *(
                [Publication(to, "x") for to in ("", "501001", "lunas", "@", "https://t.me/lunas")]
                if policy.target_hint
                else []
            ),
        ):
            with pytest.raises(BadInput):
                platform.check_post(account, wrong)
            with pytest.raises(MuseError):
                await platform.publish(account, wrong, "key-1")
        with pytest.raises(MuseError) as raised:
            await platform.publish(account, Publication(target, "Hello"), "key-1")
        assert TOKEN not in str(raised.value)
        await platform.close()

"""Coming in: whom one talks to, that it is an AI, and the cookie for who confirms to be an adult."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_201_CREATED
from msgspec import Struct

from core.nouns import Account
from gateway.doorway import Doorway
from gateway.webchat.limits import NEW_FANS_PER_MINUTE, TEXT_LIMIT, slow_down
from gateway.webchat.session import FanSessions
from gateway.webchat.visitors import PLATFORM, is_known
from gateway.webchat.wording import PageWords
from personas.schema import Persona
from storage.accounts import load_influencer
from storage.fans import add_page_fan
from storage.presence import look


class Confirmation(Struct, frozen=True):
    """What the visitor says at the door."""

    adult: bool


class InfluencerView(Struct, frozen=True):
    """Who the fan talks to."""

    name: str
    tagline: str
    accent: str
    avatar: str | None


class Entrance(Struct, frozen=True):
    """What the page needs before the first message. `waking` is true while no worker is ready; `language` is the notice's."""

    influencer: InfluencerView
    sandbox: bool
    notice: str
    confirmed: bool
    waking: bool
    limits: dict[str, int]
    language: str = "en"


@get("/session", summary="Who is here, and what must be said first")
async def show_entrance(
    request: Request[Any, Any, Any],
    doorway: NamedDependency[Doorway],
    sessions: NamedDependency[FanSessions],
    account: NamedDependency[Account],
    words: NamedDependency[PageWords],
) -> Entrance:
    """Return the influencer, the AI notice in the browser's language, and whether this visitor has confirmed to be an adult."""
    async with doorway.house.app.unit(account.agency_id) as unit:
        influencer = await load_influencer(unit, account.influencer_id)
        confirmed = await is_known(request, sessions, account, unit)
    persona = Persona.from_document(influencer.persona)
    signs = await look(doorway.house.redis)
    return Entrance(
        influencer=InfluencerView(influencer.name, persona.tagline, persona.accent, _avatar(account)),
        sandbox=account.sandbox,
        notice=words.say("notice", name=influencer.name),
        confirmed=confirmed,
        waking=signs is not None and not any(sign.state == "ready" for sign in signs),
        limits={"text": TEXT_LIMIT},
        language=words.language,
    )


@post("/session", status_code=HTTP_201_CREATED, summary="Confirm to be an adult and get the cookie")
async def enter(
    request: Request[Any, Any, Any],
    doorway: NamedDependency[Doorway],
    sessions: NamedDependency[FanSessions],
    account: NamedDependency[Account],
    data: JSONBody[Confirmation],
) -> Response[dict[str, bool]]:
    """Let an adult in; 403 for anybody else."""
    if not data.adult:
        return Response({"adult": False}, status_code=403)
    async with doorway.house.app.unit(account.agency_id) as unit:
        if await is_known(request, sessions, account, unit):
            return Response({"adult": True})
    where = request.client.host if request.client else "unknown"
    await slow_down(doorway, f"enter:{where}", NEW_FANS_PER_MINUTE)
    handle, cookie = sessions.make(account)
    language = request.headers.get("accept-language", "")[:2].lower() or None
    async with doorway.house.app.unit(account.agency_id) as unit:
        await add_page_fan(unit, PLATFORM, handle, doorway.clock.now(), language)
    return Response({"adult": True}, cookies=[cookie])


def _avatar(account: Account) -> str | None:
    return f"/chat/{account.key}/avatar" if account.options.get("avatar") else None

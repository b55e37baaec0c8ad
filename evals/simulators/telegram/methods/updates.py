"""Who the bot is and how it gets its updates."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from evals.simulators.telegram.bots import Bot
from evals.simulators.telegram.errors import bad_request
from evals.simulators.telegram.methods.calls import Described
from evals.simulators.telegram.nouns import Json
from evals.simulators.telegram.params import Params
from evals.simulators.telegram.webhook import Webhook

LONGEST_POLL_S = 50


async def get_me(bot: Bot, _params: Params) -> object:
    """Return the bot's own User."""
    return {
        **bot.profile.as_user(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": True,
        "has_main_web_app": False,
    }


async def set_webhook(bot: Bot, params: Params) -> object:
    """Send updates to an address from now on. Plain http is taken, as by a self-hosted Bot API server."""
    url = params.text("url")
    if not url:
        return await delete_webhook(bot, params)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = params.text("secret_token")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    _allow(bot, params)
    connections = min(100, max(1, params.integer("max_connections", 40)))
    same = bot.feed.webhook is not None and bot.feed.webhook.url == url
    await bot.feed.set_webhook(Webhook(url, secret, connections), params.boolean("drop_pending_updates"))
    return Described(True, "Webhook is already set" if same else "Webhook was set")


async def delete_webhook(bot: Bot, params: Params) -> object:
    """Keep updates for getUpdates from now on."""
    was_set = bot.feed.webhook is not None
    await bot.feed.set_webhook(None, params.boolean("drop_pending_updates"))
    return Described(True, "Webhook was deleted" if was_set else "Webhook is already deleted")


async def get_webhook_info(bot: Bot, _params: Params) -> object:
    """Return what is set and how it goes."""
    webhook = bot.feed.webhook
    info: Json = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(bot.feed.pending),
    }
    if webhook:
        info |= {"max_connections": webhook.max_connections, "ip_address": "127.0.0.1"}
        if webhook.last_error:
            info |= {"last_error_date": webhook.last_error_date, "last_error_message": webhook.last_error}
    if bot.feed.allowed:
        info["allowed_updates"] = list(bot.feed.allowed)
    return info


async def get_business_connection(bot: Bot, params: Params) -> object:
    """Return how a business connection stands."""
    return bot.connection(params).as_connection()


async def get_updates(bot: Bot, params: Params) -> object:
    """Return updates from `offset` on, those before it confirmed; wait up to `timeout` seconds for one."""
    limit = params.integer("limit", 100)
    timeout_s = min(LONGEST_POLL_S, max(0, params.integer("timeout")))
    _allow(bot, params)
    return await bot.feed.poll(params.integer("offset"), min(100, limit) if limit > 0 else 100, timeout_s)


def _allow(bot: Bot, params: Params) -> None:
    kinds = params.json("allowed_updates")
    if kinds is None:
        return
    if not isinstance(kinds, list):
        raise bad_request("can't parse allowed updates JSON object")
    bot.feed.allowed = tuple(str(kind) for kind in kinds)

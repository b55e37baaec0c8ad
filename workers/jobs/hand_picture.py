"""`HandPicture`: put pictures that were made for a fan into the outbox, once each, or a kind word where none came of it.

Of one that waits for a person longer than `MUSE_IMAGE_WAIT_S` the fan hears once that it takes longer.

What is owed was noted in the transaction that ended the picture; this turns it into deliveries, under its row's lock.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from agents.reflex.languages import choose_between_turns
from agents.reflex.lines import LinePicker
from core.errors import MuseError
from core.log import get_logger
from core.platforms import splitter
from personas.schema import Persona
from storage import picture_handing
from storage.accounts import load_account, load_influencer
from storage.conversations import read_thread
from storage.fans import load_fan
from storage.picture_handing import Owed, Words
from studio.ai_marks import mark_in
from workers.engine import Engine

LOOK_BACK = 16
log = get_logger(__name__)


async def hand_picture(ctx: dict[str, Any], agency_id: str, conversation_id: str) -> None:
    """See to everything that a conversation is still to hear of its pictures."""
    engine: Engine = ctx["engine"]
    agency, conversation = UUID(agency_id), UUID(conversation_id)
    waits = False
    try:
        async with engine.house.app.unit(agency) as unit:
            chat, owed = await picture_handing.owed(unit, conversation)
            after_s = engine.settings.image_wait_s
            late = await picture_handing.waiting(unit, conversation, after_s) if after_s else []
            if owed or late:
                account = await load_account(unit, chat.account_id)
                influencer = await load_influencer(unit, chat.influencer_id)
                persona = Persona.from_document(influencer.persona)
                thread = await read_thread(unit, conversation, limit=LOOK_BACK)
                language = choose_between_turns(persona, await load_fan(unit, conversation), thread)
                split = splitter(engine.platforms[account.platform], account)
                if late:
                    word = LinePicker(persona, str(late[0].id), (), language).pick("picture_waits")
                    waits |= await picture_handing.say_it_waits(unit, chat, late, word, split, engine.clock.now())
                for one in owed:
                    words = find_words(persona, language, one)
                    waits |= await picture_handing.hand(unit, chat, one, words, split, engine.clock.now())
    except MuseError as error:  # the sweep comes by again
        log.warning("picture_put_off", conversation=conversation_id, error=type(error).__name__, detail=str(error))
        return
    if waits:
        await engine.house.jobs.deliver_messages(agency, conversation)
        await engine.house.live.publish(conversation, {"event": "change"})


def find_words(persona: Persona, language: str, one: Owed) -> Words:
    """Return what the persona says with a picture, marked as made by AI, and what it says where none came."""
    picker = LinePicker(persona, str(one.id), (), language)
    mark = mark_in(language).aside
    caption = f"{picker.pick('picture_ready')} ({mark})"
    return Words(caption=caption, alt=f"{persona.name} ({mark})", sorry=picker.pick("picture_failed"))

"""`HandPicture`: put pictures that were made for a fan into the outbox, once each, or a kind word where none came of it.

Of one that waits for a person longer than `MUSE_IMAGE_WAIT_S` the fan hears once that it takes longer.

What is owed was noted in the transaction that ended the picture; this turns it into deliveries, under its row's lock.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from agents.reflex.languages import find_language
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
from storage.unit import Unit
from workers.engine import Engine

LOOK_BACK = 16
AI_MARKS = {
    "en": "made by AI",
    "de": "von einer KI gemacht",
    "es": "hecha con IA",
    "fr": "créée par IA",
    "it": "creata con IA",
    "pt": "feita com IA",
}
log = get_logger(__name__)


async def hand_picture(ctx: dict[str, Any], agency_id: str, conversation_id: str) -> None:
    """See to everything that a conversation is still to hear of its pictures."""
    engine: Engine = ctx["engine"]
    agency, conversation = UUID(agency_id), UUID(conversation_id)
    waits = False
    try:
        async with engine.house.app.unit(agency) as unit:
            chat, owed = await picture_handing.owed(unit, conversation)
            late = (
                await picture_handing.waiting(unit, conversation, engine.settings.image_wait_s)
                if engine.settings.image_wait_s
                else []
            )
            if owed or late:
                account = await load_account(unit, chat.account_id)
                influencer = await load_influencer(unit, chat.influencer_id)
                persona = Persona.from_document(influencer.persona)
                language = await _language(unit, conversation, persona)
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
    mark = AI_MARKS.get(language, AI_MARKS["en"])
    caption = f"{picker.pick('picture_ready')} ({mark})"
    return Words(caption=caption, alt=f"{persona.name} ({mark})", sorry=picker.pick("picture_failed"))


async def _language(unit: Unit, conversation: UUID, persona: Persona) -> str:
    """Return the language that the fan writes, where the persona speaks it; else English, else the persona's first."""
    thread = await read_thread(unit, conversation, limit=LOOK_BACK)
    fan = await load_fan(unit, conversation)
    theirs = find_language([message.text for message in thread if message.author == "fan"])
    wanted = theirs or (fan.language or "").split("-")[0].lower()
    if not wanted:
        return persona.languages[0]
    return next((language for language in (wanted, "en") if language in persona.languages), persona.languages[0])

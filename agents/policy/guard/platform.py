"""The talk stays where it is: no links, no other platform's door, no money past it, nothing it bars."""

from __future__ import annotations

import re

from agents.plain_text import flatten
from agents.policy.rule import Patterns, Reply, ReplyRule, find_spoken, split_reply

_SITES = (
    "onlyfans|fansly|fanvue|whats ?app|snap(?:chat)?|telegram|instagram|insta|discord"
    "|patreon|skype|tik ?tok|twitter|facebook|messenger|kik|reddit"
    "|viber|wechat|linktree|youtube|twitch"
)
_PAYS = (
    "pay ?pal|cash ?app|venmo|zelle|revolut|wise|western union"
    "|bank transfer|wire transfer|crypto|bitcoin|gift cards?|apple pay|google pay"
)
LINK = re.compile(
    r"https?://|\bwww\.\w|\b[a-z0-9-]{2,}\.(?:com|net|org|info|biz|shop|store|xyz|app|link|tv|gg|onl)\b"
    r"|\b[a-z0-9-]{2,}\.(?:ee|me|co|io|ly|to|it|de|es|fr|pt|br|uk)/\w|\bt\.me\b"
)
DOORS: Patterns = {
    "en": (
        re.compile(
            rf"\b(?:find|add|follow|write|text|message|dm|call|reach|see|watch|subscribe to|join|meet|contact"
            rf"|ping) (?:to )?me (?:up )?(?:over )?(?:on|at|via|through) (?:my )?(?P<site>{_SITES})\b"
        ),
        re.compile(
            rf"\b(?:move|switch|go|continue|take|chat|talk|continue this|come)\b.{{0,20}}\b(?:over )?(?:to"
            rf"|on) (?:my )?(?P<site>{_SITES})\b"
        ),
        re.compile(
            rf"\b(?:on|at|join|see|check out|check|visit|to) my (?P<site>onlyfans|fansly|fanvue|patreon|linktree"
            rf"|{_SITES})\b(?=.{{0,40}}\b(?:more|link|subscribe|there|uncensored|exclusive|private|free|all)\b|[.!]|$)"
            rf"|\bmy (?P<site2>onlyfans|fansly|fanvue|patreon)\b"
        ),
        re.compile(
            rf"\b(?:pay|send|tip|transfer|wire)(?: it| me| the money| money| something| some)?(?: directly"
            rf"| straight)?\b.{{0,20}}\b(?:by|via|through|with|over|on|using|in)? ?(?:{_PAYS})\b"
        ),
        re.compile(r"\b(?:cash ?app|venmo|paypal|zelle) me\b|\bskip the fees\b|\bcheaper for both of us\b"),
    ),
    "de": (
        re.compile(
            rf"\b(?:schreib|folg|find|add|ruf|komm|meld)\w* (?:mir|mich|dich)?\b.{{0,20}}\b(?:auf|über"
            rf"|bei) (?:meinem )?(?P<site>{_SITES})\b|\bauf (?P<site2>{_SITES}) weiter\w*\b"
            rf"|\bauf meinem (?P<site3>{_SITES})\b"
        ),
        re.compile(rf"\b(?:überweis|zahl|bezahl|schick)\w*\b.{{0,30}}\b(?:per|über|mit|via) (?:{_PAYS}|überweisung)\b"),
    ),
    "es": (
        re.compile(
            rf"\b(?:escríbeme|búscame|sígueme|agrégame|háblame|pasemos|vamos|seguimos)\b.{{0,20}}\b(?:por|en|a"
            rf"|al) (?:mi )?(?P<site>{_SITES})\b|\ben mi (?P<site2>{_SITES})\b|\b(?:págame|paga|envíame"
            rf"|mándame)\b.{{0,20}}\b(?:por|con|via) (?:{_PAYS}|transferencia|bizum)\b"
        ),
    ),
    "fr": (
        re.compile(
            rf"\b(?:écris|retrouve|ajoute|suis|rejoins|contacte)-moi\b.{{0,20}}\b(?:sur|par) (?:mon )?(?P<site>{_SITES})\b"
            rf"|\b(?:passons|continuons|allons) sur (?P<site2>{_SITES})\b|\bsur mon (?P<site3>{_SITES})\b|\b(?:paie"
            rf"|envoie)(?:-moi)?\b.{{0,20}}\b(?:par|avec|via) (?:{_PAYS}|virement)\b"
        ),
    ),
    "it": (
        re.compile(
            rf"\b(?:scrivimi|cercami|seguimi|aggiungimi|trovami|passiamo|continuiamo)\b.{{0,20}}\b(?:su"
            rf"|a) (?P<site>{_SITES})\b|\bsul mio (?P<site2>{_SITES})\b|\b(?:pagami|mandami|inviami)\b.{{0,20}}\b(?:con|via"
            rf"|su|tramite) (?:{_PAYS}|bonifico)\b"
        ),
    ),
    "pt": (
        re.compile(
            rf"\b(?:me (?:chama|segue|adiciona|procura|escreve)|vamos|passamos)\b.{{0,20}}\b(?:no|pelo|para o"
            rf"|pro) (?:meu )?(?P<site>{_SITES})\b|\bno meu (?P<site2>{_SITES})\b|\b(?:me paga|me pague|pague"
            rf"|me manda)\b.{{0,20}}\b(?:por|pelo|com|via) (?:{_PAYS}|transferência|pix)\b"
        ),
    ),
}
ADULT = re.compile(
    r"\b(?:nudes?\b|naked (?:pics?|pictures?|photos?|body|selfies?)|porn\w*|sext(?:ing)?|nsfw|uncensored|xxx|topless"
    r"|nacktbilder?|nacktfotos?|fotos? desnud\w*"
    r"|desnudos|photos? nues?|foto nud[ae]|nudi|fotos? nu[as]?s?)\b"
)


def judge(reply: Reply) -> str | None:
    """Refuse a reply that leads away from the platform, or offers there what it bars."""
    for sentence in split_reply(reply.text):
        if LINK.search(sentence):
            return "The reply holds a link."
        if not reply.adult_ok and ADULT.search(sentence):
            return "The reply speaks of what this platform bars."
    spoken = find_spoken(flatten(reply.text))
    for group in (group for language, group in DOORS.items() if language in spoken):
        for pattern in group:
            for sentence in split_reply(reply.text):
                found = pattern.search(sentence)
                if found and not _is_here(found, reply.platform):
                    return f"The reply leads away from the platform ({found[0].strip()})."
    return None


def _is_here(found: re.Match[str], platform: str) -> bool:
    """Whether the platform that is named is the one where the talk is."""
    named = [site.replace(" ", "") for key, site in found.groupdict().items() if key.startswith("site") and site]
    return bool(platform) and any(site.startswith(platform) for site in named)


RULE = ReplyRule(
    name="platform",
    judge=judge,
    good=(
        "Instagram makes everybody look happier than they are, I think.",
        "I saw that film with my brother.",
        "I walked home.It rained.",
        "Send me a song that you like.",
        "You paid with a card? Good.",
        "Die Bilder hier reichen mir.",
        "Un amigo me habló de eso.",
    ),
    bad=(
        "Find me on OnlyFans!",
        "Write to me on WhatsApp.",
        "Go to www.example.com/luna.",
        "Pay me by PayPal, it's cheaper.",
        "My Fanvue has more.",
        "Let's move over to Snapchat.",
        "Schreib mir auf WhatsApp.",
        "Escríbeme por WhatsApp.",
        "Écris-moi sur Snapchat.",
        "Scrivimi su WhatsApp.",
        "Me chama no WhatsApp.",
    ),
)

"""What a newcomer tried, and what they should have heard: with the bundled weights, the real extractor, no chat model."""

from __future__ import annotations

import re
import tomllib
from collections.abc import AsyncIterator

import pytest

from agents.embeddings import OnceEmbedder
from agents.models import NoModel
from agents.policy.rule import Reply
from agents.policy.rules import REPLY
from agents.reflex.languages import ANSWERS_IN_ENGLISH, SPOKEN, choose_spoken, find_language
from agents.reflex.lines import HOUSE, load_house_lines
from agents.reflex.telling import FOLDER as FACT_PHRASES
from agents.reflex.telling import tell_fact
from agents.thinker import AgentThinker
from core.nouns import Message
from core.outbound import PackPart
from core.turns import FlagMinor, Hold, OfferPack, Outcome, RememberFact, Send
from memory.embedder import open_embedder
from memory.extraction import RuleExtractor
from personas.loader import list_personas, load_from_library
from personas.schema import INTENTS, OCCASIONS, SCRIPTED, SMALL_THINGS
from tests.agents.conftest import NOW, FactList, FrozenClock, SendPack, make_turn, reply, say, texts_of

LUNA = load_from_library("luna")
EASY = LUNA.lines


@pytest.fixture(scope="module")
async def embedder() -> AsyncIterator[OnceEmbedder]:
    inner = open_embedder("bundled")
    yield OnceEmbedder(inner)
    await inner.close()


@pytest.fixture
def luna(embedder: OnceEmbedder, memory: FactList, send_pack: SendPack) -> AgentThinker:
    return AgentThinker(NoModel(), memory, RuleExtractor(), [send_pack], embedder, FrozenClock())


def offers(outcome: Outcome) -> bool:
    shown = isinstance(outcome.verdict, Send | Hold) and any(isinstance(part, PackPart) for part in outcome.verdict.parts)
    return shown or any(isinstance(effect, OfferPack) for effect in outcome.effects)


@pytest.mark.parametrize("text", ["16 f here", "16f", "f16", "m/15", "15 m", "im a 16 yo girl"])
async def test_a_minor_is_flagged_and_told_once(luna: AgentThinker, text: str) -> None:
    outcome = await luna.think(make_turn(text))
    assert isinstance(outcome.verdict, Hold)
    assert FlagMinor() in outcome.effects
    assert "adults only" in (outcome.verdict.notice or "")


@pytest.mark.parametrize("text", ["hi", "send me pictures", "I'm 16"])
async def test_a_flagged_minor_hears_nothing_more(luna: AgentThinker, text: str) -> None:
    outcome = await luna.think(make_turn(text, fan_minor_signal_at=NOW))
    assert isinstance(outcome.verdict, Hold)
    assert (outcome.verdict.parts, outcome.verdict.notice, outcome.verdict.waiting) == ((), None, None)


async def test_a_flagged_minor_in_danger_still_gets_the_number(luna: AgentThinker) -> None:
    outcome = await luna.think(make_turn("I want to kill myself", fan_minor_signal_at=NOW))
    assert isinstance(outcome.verdict, Hold)
    assert "988" in (outcome.verdict.notice or "")


@pytest.mark.parametrize(
    "text",
    [
        "I feel so sad and alone",
        "nobody likes me",
        "sorry, I had a bad day at work",
        "I lost my job today",
        "my mom is sick",
        "I can't do this anymore",
    ],
)
async def test_who_is_low_is_comforted_and_sold_nothing(luna: AgentThinker, text: str) -> None:
    for burst in ((text,), (text, "send me a pic")):
        outcome = await luna.think(make_turn(*burst))
        assert texts_of(outcome)[0] in LUNA.lines["comfort"]
        assert not offers(outcome)


@pytest.mark.parametrize(
    "text", ["no thanks, don't send me packs anymore", "no pics please", "please don't send me anything", "I don't have money"]
)
async def test_a_refusal_is_accepted_and_nothing_is_sold(luna: AgentThinker, text: str) -> None:
    outcome = await luna.think(make_turn(text))
    assert texts_of(outcome)[0] in EASY["refusal"]
    assert not offers(outcome)


async def test_a_refusal_does_not_swallow_the_question_beside_it(luna: AgentThinker) -> None:
    first, second = texts_of(await luna.think(make_turn("no pics please. how are you?")))
    assert first in EASY["refusal"]
    assert second in LUNA.lines["how_are_you"]


@pytest.mark.parametrize(
    ("window", "text", "sold"),
    [
        ((say("no more packs"),), "hm, what else is there?", False),
        ((say("no more packs"),), "ok, send me a pic after all", True),
        ((say("send me a pic"), say("no more packs")), "more!", False),
        ((say("no more packs"), say("send me a pic")), "and another photo please", True),
        ((), "no, I'd love pics", True),
    ],
)
async def test_after_a_refusal_only_the_fans_own_words_bring_offers_back(
    luna: AgentThinker, window: tuple[Message, ...], text: str, sold: bool
) -> None:
    assert offers(await luna.think(make_turn(text, window=window))) is sold


@pytest.mark.parametrize("text", ["more!", "any more?", "yes, another one please"])
async def test_more_after_an_offer_asks_for_content(luna: AgentThinker, text: str) -> None:
    assert offers(await luna.think(make_turn(text, window=(say("a pic?"), reply("The sea at dusk", "pack")))))


@pytest.mark.parametrize("text", ["u real?", "ru human", "this is fake isn't it", "do you have feelings?", "do u ever sleep"])
async def test_the_truth_in_every_wording(luna: AgentThinker, text: str) -> None:
    (answer,) = texts_of(await luna.think(make_turn(text)))
    assert "AI" in answer or "human" in answer


async def test_only_what_is_kept_is_called_noted(luna: AgentThinker) -> None:
    kept = await luna.think(make_turn("I got a new job as a pilot :)"))
    assert any(isinstance(effect, RememberFact) for effect in kept.effects)
    assert "ou work as a pilot" in texts_of(kept)[0]
    assert ":)" not in texts_of(kept)[0]
    for text in ("I'm diabetic", "I'm HIV positive by the way"):
        outcome = await luna.think(make_turn(text))
        assert not any(isinstance(effect, RememberFact) for effect in outcome.effects)
        assert "iabetic" not in texts_of(outcome)[0]
        assert "HIV" not in texts_of(outcome)[0]
        assert texts_of(outcome)[0] not in LUNA.lines["tell_fact"]


@pytest.mark.parametrize(
    "text", ["I lost my job today", "I'm vegetarian", "I got a new job as a pilot", "my sister is a nurse"]
)
async def test_a_statement_is_no_question_about_what_is_known(luna: AgentThinker, memory: FactList, text: str) -> None:
    memory.learn("The fan's name is Tom.", "The fan works as a nurse.")
    said = texts_of(await luna.think(make_turn(text)))
    assert "Tom" not in said[0]
    assert said[0] not in LUNA.lines["unknown_fact"]


@pytest.mark.parametrize("question", ["what's my brother's name?", "do you know what my mum is called?"])
async def test_one_name_does_not_answer_for_another(luna: AgentThinker, memory: FactList, question: str) -> None:
    memory.learn("The fan's name is Tom.")
    assert texts_of(await luna.think(make_turn(question)))[0] in LUNA.lines["unknown_fact"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("tell me a joke", "joke"),
        ("I'm bored", "bored"),
        ("lol", "laugh"),
        ("😂😂😂", "laugh"),
        ("let's play a game", "game"),
        ("sing me a song", "song"),
        ("ok", "nod"),
        ("k", "nod"),
        ("no", "decline"),
        ("❤️", "smile"),
        ("I passed my exam!!", "good_news"),
        ("we just got engaged, I'm engaged!", "good_news"),
        ("do you take photos yourself?", "own_pictures"),
        ("is there anything free?", "free"),
        ("what have you got for sale?", "shop"),
    ],
)
async def test_small_things_get_an_easy_answer(luna: AgentThinker, text: str, kind: str) -> None:
    outcome = await luna.think(make_turn(text))
    assert texts_of(outcome)[0] in EASY[kind]
    assert not offers(outcome)


async def test_a_star_sign_is_a_question_about_the_persona(luna: AgentThinker) -> None:
    said = texts_of(await luna.think(make_turn("what star sign are you?")))[0]
    assert any(fact.text in said for fact in LUNA.biography) or said in LUNA.lines["unknown_self"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ich bin heute sehr müde und mir ist kalt", "de"),
        ("bonjour, comment ça va ?", "fr"),
        ("ciao, come stai?", "it"),
    ],
)
async def test_other_languages_hear_once_why_the_answer_is_english(luna: AgentThinker, text: str, language: str) -> None:
    line = ANSWERS_IN_ENGLISH[language]
    assert texts_of(await luna.think(make_turn(text)))[-1] == line
    again = await luna.think(make_turn(text, window=(say(text), reply(line))))
    assert line not in texts_of(again)


@pytest.mark.parametrize("text", ["hi, how are you?", "ciao!", "so I was in Los Angeles", "ok", "", "I love que sera"])
def test_english_is_taken_for_english(text: str) -> None:
    assert find_language([text]) in ("en", None)


def test_a_persona_answers_in_a_language_that_it_speaks() -> None:
    spanish, hello = (
        make_turn("hola, ¿cómo estás hoy? me llamo Carlos"),
        make_turn("ok", window=(say("hola, ¿qué tal estás?"),)),
    )
    assert [choose_spoken(turn, LUNA) for turn in (spanish, hello, make_turn("ok"))] == ["es", "es", "en"]
    assert choose_spoken(make_turn("ich heiße Jonas und wohne in Hamburg"), LUNA) == "en"


def test_a_packs_title_is_not_the_fans_language() -> None:
    asked = (say("hast du Bilder für mich?"), reply("Schau mal.", "text"), reply("The hut at dawn", "pack"))
    bought = make_turn(say("The hut at dawn", "purchase"), window=asked, fan_language="de")
    assert choose_spoken(bought, load_from_library("matteo")) == "de"
    since = make_turn("ok", window=(*asked, say("The hut at dawn + The bread of the day", "purchase")), fan_language="de")
    assert choose_spoken(since, load_from_library("matteo")) == "de"


async def test_what_is_remembered_is_told_in_the_language_of_the_talk(luna: AgentThinker, memory: FactList) -> None:
    memory.learn("The fan has a dog called Rex.")
    (answer, *_) = texts_of(await luna.think(make_turn("¿te acuerdas de cómo se llama mi perro?")))
    assert "tu perro se llama Rex" in answer


@pytest.mark.parametrize("language", SPOKEN)
def test_the_house_has_a_line_for_everything_in_every_language(language: str) -> None:
    lines = load_house_lines(language)
    assert lines.keys() == (INTENTS | OCCASIONS | SMALL_THINGS) - SCRIPTED
    assert (HOUSE / f"{language}.toml").is_file()
    for intent, group in lines.items():
        for line in group:
            assert [rule.judge(Reply(line)) for rule in REPLY] == [None] * len(REPLY), line
            holes = {"tell_fact": {"fact"}, "ask_recalled_fact": {"fact"}, "question_about_me": {"fact"}, "offer": {"title"}}
            holes["promo"] = holes["custom_vault"] = holes["lies_reduced"] = {"title"}
            assert set(re.findall(r"{(\w+)}", line)) <= holes.get(intent, set()), line


@pytest.mark.parametrize("language", [language for language in SPOKEN if language != "en"])
def test_every_kind_of_fact_is_told_in_every_language(language: str) -> None:
    frames = tomllib.loads((FACT_PHRASES / f"{language}.toml").read_text())["frames"]
    spanish = tomllib.loads((FACT_PHRASES / "es.toml").read_text())["frames"]
    assert frames.keys() == spanish.keys()
    told = tell_fact("The fan has a sister called Anna.", language)
    assert "Anna" in told
    assert not {"sister", "fan"} & set(told.split())
    assert tell_fact("The fan is something nobody foresaw.", language) == "you are something nobody foresaw"


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        ("The fan's birthday is on 12 March.", "tu cumpleaños es el 12 de marzo"),
        ("The fan has an interview on 2 May 2026.", "tienes interview el 2 de mayo de 2026"),
        ("The fan is travelling to Oslo in June 2026.", "te vas a Oslo en junio de 2026"),
        ("The fan has a cat.", "en tu vida está tu gato"),
        ("The fan works as a baker.", "trabajas como baker"),
    ],
)
def test_facts_are_told_in_spanish(fact: str, told: str) -> None:
    assert tell_fact(fact, "es") == told


@pytest.mark.parametrize("slug", list_personas())
def test_every_shipped_persona_has_easy_lines_of_its_own(slug: str) -> None:
    assert load_from_library(slug).lines.keys() >= SMALL_THINGS

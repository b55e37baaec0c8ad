"""Nobody below 18 comes in, in no language and no corner of a card; and an adult age counts only where it is said plainly."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from core.errors import BadInput
from personas.cards.ages import refuse_minors, stated_age
from personas.cards.card import Card, read_card
from personas.cards.charx import Packed, write_charx
from personas.cards.incoming import import_card
from personas.cards.outgoing import to_card
from personas.loader import list_personas, load_from_library
from tests.personas.cards.pictures import card_picture, text

TODAY = date(2026, 5, 1)

BELOW = (
    """
she's not yet 18|almost eighteen.|18 next year|a junior high student|a sophomore in high school
in the tenth grade|a juvenile|not even 18, but
Age: 16|Age = 9|Age:17|Age - 17|age("17")|[age: 12]|Age: **17**|aged 15|ages 15 to 19|17 years old|17-year-old
seventeen years old|sixteen-year-old|17yo|16 y/o|17 yrs old|6 months old|between 16 and 20 years old|17-20 years old
17.5 years old|She is sixteen.|{{char}} is 17|Mia is 16, tall|I'm 17 and bored|I am only fifteen|she just turned 17
he turned sixteen last week, and|looks 14|looks like a 15 year old|on her 16th birthday|her sweet sixteen|a minor
she's still a minor.|is a minor|underage|under 18|under-aged|high school girl|a high-school student|schoolgirl
still in high school|attends high school|high schooler|tenth grader|10th grader|middle school boy|teenage girl
is a teenager|preteen|No, she is a minor.|Nobody knows that she is a minor|born in 2012|date of birth: 01.05.2010
at the age of 12|1{{// x}}6 years old|{{random:16,25}} years old|{{reverse:71}} years old|seven\u00adteen years old
１７ years old|Tiene 16 años|tengo dieciséis años|menor de edad|chica de 17 años|16 años de edad|edad: 16|Elle a 16 ans
j'ai seize ans|âgée de 16 ans|lycéenne|elle est mineure|sie ist 16 Jahre alt|ich bin 17|sechzehnjährige|16-jährig
minderjährig|Schulmädchen|ha sedici anni|sedicenne|minorenne|tem 16 anos|menor de idade|16 jaar oud|minderjarig
16 år gammal|ей 16 лет|16-летняя|шестнадцать лет от роду|мне шестнадцать лет|шестнадцатилетняя|несовершеннолетняя
школьница|їй 16 років|ma 16 lat|16-letnia|nieletnia|licealistka|16 yaşında|on altı yaşında|16歳|十六歳
彼女は16歳です|１６才|女子高生
高校生|未成年|年齢：16|16岁|十六岁|她今年十七歲|高中女生|女高中生|16살|열여섯 살|16세 소녀|여고생|미성년자|عمرها 16
उम्र 16|16 साल की|16 tuổi|อายุ 16|umur 16
16 éves|je jí 16 let|ηλικία: 16|16-vuotias
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

ADULT = (
    """
almost 18 years of experience|grade A clay|just turned 18|a college freshman
Age: 27|27 years old|twenty-seven years old|She is 25.|eighteen years old|18 years old|100 years old|1016 years old
she turned 30|born in 1998|nobody under 18|no minors|not a minor|Refuses: anything about minors|must be 18 or older
If you are under 18, leave.|anything about people under age, in any way but protecting them|Everybody here is an adult
in A minor|a minor character|minor injuries|16 years ago|for 12 years|16 years of experience
four years measuring the light|one of the best|She is one of five sisters|it is 5 minutes away|I'm 5 feet tall
She's 10/10|a 12 hour day|version 1.17|chapter 16|the 16th century|two cats|turns two bowls a day|12 fans|seven stars
at 16:30|She is 175 cm|aged cheese|average 12|I'm 15% done|high school teacher|went to college|young at heart
tiene 16 años de experiencia|veintisiete años|treinta y siete años de edad|il y a 16 ans|trente-sept ans
j'ai trente-sept ans|двадцать семь лет|ей двадцать семь лет|ich bin 27 Jahre alt|siebenundzwanzig Jahre alt
vor 16 Jahren|ha 27 anni|二十七歳|27歳|二十歳|二十五岁|스물한 살|27살|17세기|3 bowls, 4 mugs and 17 plates
https://example.org/16/17
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


BESIDE = (
    """
Age: 25. Mia, 16, loves bread.|Age: 25. Mia (17) bakes.|Mia, 16|Mia (9)|Mia, fifteen, bakes
{{char}}, 17, bakes|{{char}} (15) bakes
Rossi, 16, bakes|she (16) bakes|She, 17, bakes|I (16) bake|Mia [16]|Mia (f, 16)|Mia (16, Rome)|Mia (16 years)|Mia, 16 and shy
Mia, 16, 165 cm|Mia - 16|Mia – 16 – Rome|Lena, 16, who bakes|Lena (16), who bakes|Lena, 16, lives here|"I'm 15"
Her little brother is 12.|Her brother Tom is 12|Her brother, Tom, is only 12|her sisters are 12 and 15|her son turns seven
her brother, 12, bakes|her brother Tom (12) bakes|Her niece, who is 9, bakes|her cousin's 13|Her child is 4 years|her cat is 3
Ella, 16, hornea|ella (16) hornea|Su hermano tiene 12|su hermanito (12)|su hija, 12 años, hornea|Mia, dieciséis, hornea
Ela (16) assa|O irmão dela tem 12|a filha, 12 anos, assa|Elle, 16 ans, aime|Son frère a 12 ans|son frère a douze ans
sa sœur (12 ans)|Mia, seize ans, aime|Sie (16) backt|Ihr Bruder ist 12|Ihr Bruder Tom ist erst zwölf Jahre
ihre Schwester, 12, backt
Mia, sechzehn, backt|Mia (16 Jahre) backt|lei, 16, cucina|Suo fratello ha 12|sua sorella (12 anni)
zij (16) bakt|haar broer is 12
haar zusje, 12 jaar, bakt|hon är 16|hon (16) bakar|hennes bror är 12|hennes bror är 12 år|hän (16)
hänen veljensä, pikkuveli, on 12
ea (16)|fratele ei are 12 ani|она (16) печёт|Mia, 16 лет, печёт|её брату 12 лет|сестра, 12 лет, печёт
вона (16)|її братові 12 років
ona (16) piecze|jej brat ma 12|siostra, 12 lat, piecze|její bratr má 12 let|bratrovi je 12 let|az öccse 12|ő (16)
ο αδερφός της είναι 12|αυτή (16)|kardeşi 12|o (16)|adiknya 12 tahun|dia (16)|em trai 12|cô ấy (16)|أخوها 12|هي (16)
उसका भाई 12 साल|वह (16)|น้องชาย 12 ปี|เธอ (16)|אחיה בן 12|היא (16)|彼女（16）はパンを焼く|弟は12|妹（十二）
她（16）|她弟弟今年12|그녀(16)|남동생은 12살
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

ADULT_BESIDE = (
    """
Age: 25. Mia, 26, loves bread.|Mia (27) bakes.|room 12|Room 12, Mia, and the keys|Mia bakes (12 minutes)|Bake Mia (12 minutes)
chapter 3|Chapter 3, Mia bakes|Mia, chapter 3|since 2012|Mia, since 2012, bakes|Mia, 12, 14 and 16 dumplings
12, 14 and 16 dumplings
Mia, 12 May 2024|12 May 2024|Mia, 12.05.2024|on May 12, 2024|May (12 dumplings)|Mia, 5:30 is fine|Mia, 16 bowls are ready
Mia (12 bowls)|Mia, 1.5 litres|Her brother is 32.|Her brother is 12 years older.|Her sister is twenty-five.
Her brother bakes 12 loaves
Her sister has 12 cats|her brother Tom (32) bakes|her brother, 32, bakes|She (26) bakes
Dear Mia, one, two, three|Mia, come at 5.
Her brother's room is number 12|her son is one of five|the oven (12) and table (7)|dumplings (16)|Su hermano tiene 12 gatos
Su hermana tiene 32 años|Ihr Bruder ist 12 Jahre älter|ihr Bruder ist 32|Ihre Schwester hat 12 Katzen
Sie backt (12 Minuten)|Zimmer 12
Kapitel 3|seit 2012|son frère a 12 chats|son frère a trente-deux ans|sa sœur (32 ans)|haar broer is 32
haar broer is 12 jaar ouder
suo fratello ha 12 gatti|её брату 32 года|она (26)|брат старше, глава 3|jej brat ma 12 kotów|hon är 26
hennes bror är 12 år äldre
彼女（26）|弟は32|第3章|她（26）|她弟弟今年32|3장|그녀(26)|Mia, 10/10|Mia, 15%
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


def card(**fields: Any) -> Card:
    data = {"name": "Mia", "description": "Makes bowls.", **fields}
    return Card("v3", {"spec": "chara_card_v3", "spec_version": "3.0", "data": data})


@pytest.mark.parametrize("words", BELOW)
def test_a_statement_below_is_refused_and_named(words: str) -> None:
    with pytest.raises(BadInput, match=r"^data\.description speaks of an age below 18 \(.+\)"):
        import_card(card(description=words), TODAY)


@pytest.mark.parametrize("words", ADULT)
def test_what_is_no_such_statement_is_not(words: str) -> None:
    refuse_minors({"description": words}, ("Mia",), TODAY)


def around(words: str) -> tuple[list[str], ...]:
    """Texts that hold the same words at their end, before a line, after one, and at the end of all that is read together."""
    return (
        [words],
        [f"Age: 25\n{words}"],
        [f"{words}\nBakes bread."],
        [f"{words}\r\nBakes."],
        [f"{words} \n\nBakes."],
        ["a", words, "b"],
    )


ALONE = {"a minor"}
"""What counts only as the whole of a text."""
BARE = (
    "She is 15",
    "Mia is fifteen",
    "Sie ist 15",
    "{{char}} is 15",
    "I'm 17",
    "looks 14",
    "ik ben 15",
    "she's a minor",
    "es menor",
)


@pytest.mark.parametrize("words", [*sorted({*BELOW} - ALONE), *BESIDE, *BARE])
def test_an_age_is_read_wherever_its_line_ends(words: str) -> None:
    for said in (words, words.rstrip(" .,")):
        for texts in around(said):
            with pytest.raises(BadInput, match="speaks of an age below 18"):
                refuse_minors({"texts": texts}, ("Mia Rossi",), TODAY)


@pytest.mark.parametrize("ending", ["\n", "\r", "\r\n", "\v", "\x85", "\u2028", "\u2029", " \n", "\t\n"])
def test_every_way_to_end_a_line_ends_an_age(ending: str) -> None:
    with pytest.raises(BadInput, match="below 18"):
        import_card(card(description=f"Age: 25{ending}She is 15{ending}Bakes bread"), TODAY)


@pytest.mark.parametrize("words", [*ADULT, *ADULT_BESIDE])
def test_numbers_that_are_no_ages_may_stand_at_a_line_end(words: str) -> None:
    for texts in around(words):
        refuse_minors({"texts": texts}, ("Mia Rossi", "May"), TODAY)


HIDING = [
    ({"alternate_greetings": ["Hi", "I'm 17 years old"]}, "data.alternate_greetings[1]"),
    ({"tags": ["funny", "Minor"]}, "data.tags[1]"),
    ({"tags": ["high school"]}, "data.tags[0]"),
    ({"mes_example": "<START>\n{{user}}: hi\n{{char}}: I am 16."}, "data.mes_example"),
    ({"creator_notes": "She is a minor"}, "data.creator_notes"),
    ({"system_prompt": "{{char}} is 15."}, "data.system_prompt"),
    ({"creator_notes_multilingual": {"ja": "十五歳"}}, "data.creator_notes_multilingual.ja"),
    ({"nickname": "Lu", "scenario": "Lu is 17 now"}, "data.scenario"),
    ({"extensions": {"their": {"profile": {"age": 16}}}}, "data.extensions.their.profile.age"),
    ({"extensions": {"apparentAge": "15"}}, "data.extensions.apparentAge"),
    ({"extensions": {"age: 14": True}}, "data.extensions.age: 14 (the key)"),
    ({"x_unknown": ["a", {"b": "underage"}]}, "data.x_unknown[1].b"),
    ({"assets": [{"type": "icon", "uri": "ccdefault:", "name": "schoolgirl", "ext": "png"}]}, "data.assets[0].name"),
    (
        {"character_book": {"entries": [{"keys": ["a"], "content": "b", "comment": "17yo"}]}},
        "data.character_book.entries[0].comment",
    ),
    ({"character_book": {"entries": [{"keys": ["16 years old"], "content": "b"}]}}, "data.character_book.entries[0].keys[0]"),
    ({"character_book": {"entries": [{"content": "@@depth 4\nMia is sixteen."}]}}, "data.character_book.entries[0].content"),
    ({"group_only_greetings": ["{{pick:hello,I'm 13 and}} more"]}, "data.group_only_greetings[0]"),
]


@pytest.mark.parametrize(("fields", "place"), HIDING, ids=[place for _, place in HIDING])
def test_every_corner_of_a_card_is_looked_at(fields: dict[str, Any], place: str) -> None:
    with pytest.raises(BadInput) as caught:
        import_card(card(**fields), TODAY)
    assert str(caught.value).startswith(f"{place} speaks of an age below 18")


def test_what_lies_around_a_card_is_looked_at() -> None:
    plain = json.dumps(card().document).encode()
    twin = json.dumps({"name": "Mia", "description": "17 years old"}).encode()
    inside = card_picture(twin)
    start = inside.index(b"tEXtchara") - 4
    both = card_picture(plain, b"ccv3", inside[start:-12])
    with pytest.raises(BadInput, match=r"^chunk chara\.description speaks"):
        import_card(read_card(both), TODAY)
    with pytest.raises(BadInput, match=r"^chunk Comment speaks"):
        import_card(read_card(card_picture(plain, b"ccv3", text(b"Comment", b"she is 16."))), TODAY)
    with pytest.raises(BadInput, match=r"^module\.json\.age speaks"):
        import_card(read_card(write_charx(plain, (Packed("module.json", b'{"age": 12}'),))), TODAY)
    with pytest.raises(BadInput, match=r"^notes\.txt speaks"):
        import_card(read_card(write_charx(plain, (Packed("notes.txt", b"underage"),))), TODAY)
    with pytest.raises(BadInput, match=r"^a file's name speaks"):
        import_card(read_card(write_charx(plain, (Packed("assets/17yo.png", b"a"),))), TODAY)


def test_a_muse_persona_may_say_what_it_declines_but_not_be_it() -> None:
    document = load_from_library("luna").to_document()
    for change in ({"age": 17}, {"tagline": "17 years old"}, {"refuses": ["17 years old"]}, {"look": {"appearance": "minors"}}):
        with pytest.raises(BadInput, match="speaks of an age below 18"):
            refuse_minors({"extensions": {"muse": {"persona": document | change}}}, ("Luna",), TODAY)
    declining = {
        "refuses": ["minors"],
        "look": {"avoid": ["minors"]},
        "boundaries": {"limits": ["underage", "menores de edad"]},
    }
    refuse_minors({"extensions": {"muse": {"persona": document | declining}}}, ("Luna",), TODAY)


@pytest.mark.parametrize("slug", list_personas())
def test_who_ships_with_muse_can_go_out_and_come_back(slug: str) -> None:
    persona = load_from_library(slug)
    assert import_card(to_card(persona, "v3")[0], TODAY).persona == persona


def test_files_in_letters_are_no_words() -> None:
    refuse_minors({"uri": "data:image/png;base64,AAA/jk/loli+shota="}, (), TODAY)
    with pytest.raises(BadInput):
        refuse_minors({"uri": "data:image/png;base64,AAA she is a minor"}, (), TODAY)


@pytest.mark.parametrize(
    ("fields", "age"),
    [
        ({"description": "Age: 27. Makes bowls."}, 27),
        ({"description": 'Age("27")'}, 27),
        ({"description": "A 34-year-old baker."}, 34),
        ({"personality": "Mia is 25 years old"}, 25),
        ({"description": "Alter: 31"}, 31),
        ({"description": "27歳の陶芸家"}, 27),
        ({"extensions": {"profile": {"age": 29}}}, 29),
        ({"description": "Age: 27", "extensions": {"age": "27"}}, 27),
        ({"description": "Makes bowls, an adult over 18."}, None),
        ({"description": "Age: 18+"}, None),
        ({"description": "Age: 20-25"}, None),
        ({"description": "Age: 27. Her 52-year-old aunt bakes."}, None),
        ({"description": "Age: unknown"}, None),
        ({"description": "Age: 500"}, None),
        ({"creator_notes": "Age: 27"}, None),
        ({"first_mes": "I'm 27 years old"}, None),
        ({"character_book": {"entries": [{"keys": ["aunt"], "content": "Aged 52"}]}}, None),
    ],
)
def test_an_adult_age_counts_where_it_is_said_plainly(fields: dict[str, Any], age: int | None) -> None:
    imported = import_card(card(**fields), TODAY)
    assert imported.persona.age == age
    assert imported.persona.speaks == (age is not None)
    assert any(("stays off" in note) == (age is None) for note in imported.notes if "age" in note)


def test_two_ages_are_none() -> None:
    assert stated_age([("description", "Age: 27"), ("personality", "31 years old")], {}) == (
        None,
        "it states several ages (27, 31)",
    )


def test_a_huge_text_is_searched_in_linear_time() -> None:
    """Patterns that backtrack would take hours over this."""
    refuse_minors({"a": "she is " * 100_000, "b": "1" * 500_000, "c": "is a " + "still " * 100_000}, ("Mia",), TODAY)


@pytest.mark.parametrize(
    "said",
    ["She is 15", "Mia is fifteen", "Sie ist 15", "Mia, 16, loves bread.", "Mia (17) bakes.", "Her little brother is 12."],
)
@pytest.mark.parametrize("around", ["{}", "Age: 25\n{}", "{}\nAge: 25", "Age: 25. {}\nShe likes bread."])
def test_an_age_counts_at_a_lines_end_beside_a_name_and_of_kin(said: str, around: str) -> None:
    card = {"spec": "chara_card_v2", "spec_version": "2.0", "data": {"name": "Mia", "description": around.format(said)}}
    with pytest.raises(BadInput):
        import_card(read_card(json.dumps(card).encode()), date(2026, 5, 1))


@pytest.mark.parametrize(
    "said",
    ["She bakes 12, 14 and 16 rolls in room 12 (12 minutes), chapter 3, since 2012.", "She has 3 cats.", "Flat 7, Lisbon."],
)
def test_other_numbers_are_no_ages(said: str) -> None:
    card = {"spec": "chara_card_v2", "spec_version": "2.0", "data": {"name": "Mia", "description": f"Age: 25\n{said}"}}
    assert import_card(read_card(json.dumps(card).encode()), date(2026, 5, 1)).persona.age == 25

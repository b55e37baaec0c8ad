"""Any card that the specs allow, and more: unknown fields, nested extensions, odd texts, every kind of number."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from core.errors import BadInput
from personas.cards.card import Card
from personas.cards.incoming import Imported, import_card

Drawn = st.SearchStrategy[Any]

# Digits are left to the numbers: a text such as "7 years old" is refused, and a test of its own says so.
LETTERS = st.characters(exclude_categories=("Cs", "Nd", "Nl", "No"), exclude_characters="\0")
TEXTS = st.one_of(
    st.text(LETTERS, max_size=20),
    st.sampled_from(
        ["", " ", "\n", "{{char}} & {{user}}", "<START>\n{{user}}: hi\n{{char}}: hello", "𝔘𝔫𝔦 🌙 \u202e ملح", '"\\/\b\t']
    ),
)
NUMBERS = st.one_of(
    st.sampled_from([0, -0.0, 1, 1.0, 10**25, 1e300, 5e-324, 0.1, -7, 2**53 + 1]),
    st.integers(min_value=-(10**30), max_value=10**30),
    st.floats(allow_nan=False, allow_infinity=False),
)
ANYTHING: Drawn = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)
EXTENSIONS = st.dictionaries(TEXTS.filter(lambda key: key != "muse"), ANYTHING, max_size=3)
STRANGE = st.dictionaries(st.text(LETTERS, min_size=1, max_size=8).map("x_".__add__), ANYTHING, max_size=2)
NAMES = st.text(LETTERS, min_size=1, max_size=20).filter(lambda name: bool(name.strip()))


def _table(needed: dict[str, Drawn], optional: dict[str, Drawn]) -> Drawn:
    """Draw an object with its fields, some of the optional ones, and some that no spec knows."""
    fields = st.fixed_dictionaries(needed, optional={name: st.one_of(st.none(), kind) for name, kind in optional.items()})
    return st.tuples(fields, STRANGE).map(lambda pair: pair[0] | pair[1])


def _book(v3: bool) -> Drawn:
    entry = _table(
        {
            "keys": st.lists(TEXTS, max_size=3),
            "content": TEXTS,
            "extensions": EXTENSIONS,
            "enabled": st.booleans(),
            "insertion_order": NUMBERS,
            **({"use_regex": st.booleans()} if v3 else {}),
        },
        {
            "name": TEXTS,
            "priority": NUMBERS,
            "id": st.one_of(NUMBERS, TEXTS),
            "comment": TEXTS,
            "selective": st.booleans(),
            "secondary_keys": st.lists(TEXTS, max_size=2),
            "constant": st.booleans(),
            "position": st.sampled_from(["before_char", "after_char"]),
            "case_sensitive": st.booleans(),
        },
    )
    optional = {
        "name": TEXTS,
        "description": TEXTS,
        "scan_depth": NUMBERS,
        "token_budget": NUMBERS,
        "recursive_scanning": st.booleans(),
    }
    return _table({"extensions": EXTENSIONS, "entries": st.lists(entry, max_size=2)}, optional)


_FLAT: dict[str, Drawn] = dict.fromkeys(("description", "personality", "scenario", "first_mes", "mes_example"), TEXTS)
_V2: dict[str, Drawn] = {
    "creator_notes": TEXTS,
    "system_prompt": TEXTS,
    "post_history_instructions": TEXTS,
    "alternate_greetings": st.lists(TEXTS, max_size=2),
    "tags": st.lists(TEXTS, max_size=2),
    "creator": TEXTS,
    "character_version": TEXTS,
    "extensions": EXTENSIONS,
}
_ASSET = st.fixed_dictionaries(
    {
        "type": TEXTS,
        "uri": st.sampled_from(["ccdefault:", "https://example.org/a.png", "embeded://a/b.png", "data:image/png;base64,AA=="]),
        "name": TEXTS,
        "ext": st.sampled_from(["png", "webp", "unknown"]),
    }
)
_V3 = {
    "assets": st.lists(_ASSET, max_size=2),
    "nickname": TEXTS,
    "creator_notes_multilingual": st.dictionaries(st.sampled_from(["en", "de", "ja"]), TEXTS, max_size=2),
    "source": st.lists(TEXTS, max_size=2),
    "creation_date": NUMBERS,
    "modification_date": NUMBERS,
}


def _spec(name: str, number: Drawn, data: Drawn) -> Drawn:
    return _table({"spec": st.just(name), "spec_version": number, "data": data}, {})


V1_CARDS = _table({"name": NAMES, **_FLAT}, {})
V2_CARDS = _spec("chara_card_v2", st.just("2.0"), _table({"name": NAMES, **_FLAT, **_V2}, {"character_book": _book(v3=False)}))
V3_CARDS = _spec(
    "chara_card_v3",
    st.sampled_from(["3.0", "3.1"]),
    _table(
        {"name": NAMES, **_FLAT, **_V2, "group_only_greetings": st.lists(TEXTS, max_size=2)},
        {"character_book": _book(v3=True), **_V3},
    ),
)


def import_drawn(card: Card, today: date) -> Imported:
    """Import a drawn card, and draw another where its texts happen to speak of a young age: what is refused, other tests hold.

    Hypothesis draws words from our own sources too, the words for children among them.
    """
    try:
        return import_card(card, today)
    except BadInput as refused:
        if "an age below 18" not in str(refused):
            raise
        reject()

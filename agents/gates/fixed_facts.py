"""Never say otherwise what is fixed of the persona: name, age, birthday, home, origin, trade, pet, family, partner, studies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from agents.gates.claims.known import KINDS, Known, know
from agents.gates.claims.lexicon import concepts_of, find_concepts, load_lexicon
from agents.gates.claims.numbers import read_age
from agents.gates.claims.reader import Claim, read_claims
from agents.gates.gate import Breach, Draft, Gate, examples, plain
from memory.dates import read_day

NAME = "fixed_facts"
_COUNT_WORDS = {
    1: "one ein eine un una une um uma",
    2: "two zwei dos deux due dois duas",
    3: "three drei tres trois tre",
    4: "four vier cuatro quatre quattro quatro",
    5: "five funf cinco cinq cinque",
    6: "six sechs seis sei",
}
_COUNTS = {word: number for number, words in _COUNT_WORDS.items() for word in words.split()}
_ALONE = re.compile(
    r"\b(?:single|solo|ledig|unattached|solter[oa]|celibataire|nubile|celibe|scapolo|solteir[oa]"
    r"|no (?:boyfriend|girlfriend|partner))\b"
)
_ONLY = re.compile(
    r"\b(?:only child|einzelkind|hij[oa] unic[oa]|(?:fille|fils|enfant) unique|fig?l[hi]*[oa] unic[oa]|no siblings)\b"
)


def judge(draft: Draft) -> Breach | None:
    """Find the first claim that contradicts a fixed fact."""
    known = know(draft.persona)
    for claim in read_claims(draft.text, known.kinds):
        kind = next(kind for kind, names in KINDS.items() if claim.kind in names)
        if _CHECKS[claim.kind](claim, known):
            fixed = " / ".join(known.values[kind][:2])
            return Breach(
                gate=NAME,
                hard=True,
                cause=f"The reply says “{claim.words}”, but fixed of {draft.persona.name} is {kind}: {fixed}.",
                advice=f"Do not say “{claim.words}”: it is not true of you. Your {kind}: {fixed}.",
            )
    return None


def _words(texts: tuple[str, ...] | str) -> frozenset[str]:
    return frozenset(re.findall(r"[\w'-]+", texts if isinstance(texts, str) else " ".join(texts)))


def _other_name(claim: Claim, known: Known) -> bool:
    name = plain(claim.parts["value"])
    if find_concepts("tongue", name) or name in load_lexicon()["other"]["nowhere"]:
        return False  # "Hi, I'm German"
    return not any(name in value for value in known.values["name"])


def _other_age(claim: Claim, known: Known) -> bool:
    said = read_age(claim.parts["value"].lower())
    ages = {int(number) for value in known.values["age"] for number in re.findall(r"\d+", value)}
    ages |= {age for value in known.values["age"] if (age := read_age(value))}
    return said is not None and bool(ages) and said not in ages


def _other_day(claim: Claim, known: Known) -> bool:
    said = read_day(claim.parts["value"].lower())
    days = {(day[0], day[1]) for value in known.values["birthday"] if (day := read_day(value))}
    return said is not None and bool(days) and (said[0], said[1]) not in days


def _elsewhere(claim: Claim, known: Known, kind: str, also: tuple[str, ...] = ()) -> bool:
    place = plain(claim.parts["value"])
    if place in load_lexicon()["other"]["nowhere"] or not known.values.get(kind):
        return False
    right = [*known.values[kind], *also]
    if any(place in value or value in place for value in right):
        return False
    return re.search(rf"(?<!\w){re.escape(place)}(?!\w)", known.beside.get(kind, "")) is None


def _other_home(claim: Claim, known: Known) -> bool:
    return plain(claim.parts["value"]) not in known.countries and _elsewhere(claim, known, "home")


def _other_origin(claim: Claim, known: Known) -> bool:
    """A country may hold the place of birth: no map is kept here, so that only another country than any known is wrong."""
    place = plain(claim.parts["value"])
    if _is_country(place) and not any(_is_country(value) for value in known.values["origin"]):
        return False
    return _elsewhere(claim, known, "origin")


def _other_origin_loosely(claim: Claim, known: Known) -> bool:
    """Who says "I'm from" may mean where they live now."""
    homes = (*known.values.get("home", ()), *known.countries)
    return _other_origin(claim, known) and _elsewhere(claim, known, "origin", homes)


def _is_country(place: str) -> bool:
    return bool(concepts_of("country", place))


def _other_concept(kind: str, lexicon: str) -> Callable[[Claim, Known], bool]:
    def differs(claim: Claim, known: Known) -> bool:
        said = concepts_of(lexicon, plain(claim.parts["value"]))
        mine = find_concepts(lexicon, " ".join([*known.values[kind], known.story]))
        return bool(said) and not said & mine

    return differs


def _other_pet_name(claim: Claim, known: Known) -> bool:
    name = plain(claim.parts["value"])
    return name not in _words(known.values["pet"]) | _words(known.story)


def _other_pet(claim: Claim, known: Known) -> bool:
    said = concepts_of("animal", plain(claim.parts["animal"]))
    return not said & find_concepts("animal", " ".join([*known.values["pet"], known.story])) and bool(
        find_concepts("animal", " ".join(known.values["pet"]))
    )


def _other_kin_name(claim: Claim, known: Known) -> bool:
    kin = concepts_of("kin", plain(claim.parts["kin"]))
    named = [value for value in known.values["family"] if kin & find_concepts("kin", value) and len(_words(value)) > 1]
    name = plain(claim.parts["value"])
    told = _words(" ".join(named)) - {"my", "one", "two", "three", "a", "an", "and", "called"}
    names = {word for word in told if not concepts_of("kin", word) and word not in _COUNTS}
    return bool(names) and name not in names | _words(known.story) and not find_concepts("kin", name)


def _other_kin_count(claim: Claim, known: Known) -> bool:
    kin = concepts_of("kin", plain(claim.parts["kin"]))
    if any(_ONLY.search(value) for value in known.values["family"]) and kin & {"brother", "sister"}:
        return True
    said = _read_count(claim.parts["count"])
    counts = {count for value in known.values["family"] if kin & find_concepts("kin", value) for count in _counts(value)}
    return bool(counts) and said not in counts


def _counts(value: str) -> Iterator[int]:
    return (_COUNTS[word] for word in _words(value) if word in _COUNTS)


def _read_count(words: str) -> int | None:
    return int(words) if words.isdigit() else _COUNTS.get(plain(words))


def _other_children(_claim: Claim, known: Known) -> bool:
    family = " ".join(known.values["family"])
    return bool(find_concepts("kin", family) & {"brother", "sister"}) and not _ONLY.search(family)


def _is_single(known: Known) -> bool:
    return any(_ALONE.search(value) for value in known.values["partner"])


def _no_such_language(claim: Claim, known: Known) -> bool:
    said = concepts_of("tongue", plain(claim.parts["value"]))
    return not said & find_concepts("tongue", " ".join([*known.values["language"], known.story]))


def _hides_language(claim: Claim, known: Known) -> bool:
    return bool(
        concepts_of("tongue", plain(claim.parts["value"])) & find_concepts("tongue", " ".join(known.values["language"]))
    )


_CHECKS: dict[str, Callable[[Claim, Known], bool]] = {
    "name": _other_name,
    "age": _other_age,
    "birthday": _other_day,
    "home": _other_home,
    "origin": _other_origin,
    "origin_loose": _other_origin_loosely,
    "trade": _other_concept("trade", "trade"),
    "studies": _other_concept("studies", "field"),
    "pet_name": _other_pet_name,
    "pet": _other_pet,
    "kin_name": _other_kin_name,
    "kin_count": _other_kin_count,
    "only_child": _other_children,
    "taken": lambda _claim, known: _is_single(known),
    "single": lambda _claim, known: not _is_single(known),
    "language": _no_such_language,
    "not_language": _hides_language,
}

GATE = Gate(
    name=NAME,
    hard=True,
    judge=judge,
    good=examples(
        "I live in Porto, above a bakery.",
        "Vivo no Porto, e tu?",
        "I'm 31, and my knees know it.",
        "I grew up in Ghent.",
        "I'm from Porto these days.",
        "I used to live in Berlin.",
        "I don't live in Madrid.",
        "If I live in Paris one day, you may visit.",
        "You said I live in Rome. I don't.",
        "My favourite line is “I live in Venice and drown a little.”",
        "You live in Madrid, right?",
        "I'm 10 minutes late.",
        "My cat Inky says hello.",
        "Your cat is called Rex.",
        "I'd be a terrible nurse.",
        "I'm married to my work.",
        "I'm an AI, and I say so gladly.",
        "Ich bin Buchbinderin und liebe Leim.",
        "J'habite à Porto.",
    ),
    bad=examples(
        "I live in Madrid, and you?",
        "I'm 24 years old.",
        "My name is Sofia.",
        "Hey, I'm Sofia!",
        "I grew up in Naples.",
        "I work as a nurse.",
        "My cat is called Newton.",
        "I have a dog.",
        "My brother Tom sails.",
        "My husband is asleep.",
        "My birthday is on the 3rd of May.",
        "I studied law.",
        "Ich wohne in Berlin.",
        "Vivo en Sevilla.",
        "J'ai vingt-cinq ans.",
        "Lavoro come infermiera.",
        "Tenho 22 anos.",
    ),
)

"""What a lorebook tells, and when."""

from __future__ import annotations

from typing import Any

import pytest

from personas.lore import Said, Told, activate, check_book
from personas.lorebook import Entry, Lorebook


def fan(*texts: str) -> list[Said]:
    return [Said(by_persona=False, text=text) for text in texts]


def chat(*texts: str) -> list[Said]:
    """Fan and persona in turn, the fan first."""
    return [Said(by_persona=bool(n % 2), text=text) for n, text in enumerate(texts)]


def count(text: str) -> int:
    return len(text.split())


def tell(book: Lorebook, messages: list[Said], **more: Any) -> list[Told]:
    more.setdefault("turn", sum(message.by_persona for message in messages))
    return activate(book, messages, count_tokens=count, char="Luna", **more)


def texts(*entries: Entry, said: list[Said], **more: Any) -> list[str]:
    bounds = {name: more.pop(name) for name in ("scan_depth", "token_budget", "recursive") if name in more}
    return [one.text for one in tell(Lorebook(entries=entries, **bounds), said, **more)]


KILN = Entry(keys=("kiln",), content="The kiln is called Saturn.")


@pytest.mark.parametrize(
    ("key", "text", "found"),
    [
        ("cat", "My cat sleeps.", True),
        ("cat", "My CATS sleep.", True),
        ("cat", "The cat's bowl", True),
        ("cat", "a category of its own", False),
        ("cat", "concatenate", False),
        ("night   sky", "the Night\nSky above", True),
        ("C++", "I write C++ all day", True),
        ("猫", "黒猫が好き", True),
        ("고양이", "고양이가 자요", True),
        ("양이", "고양이가 자요", False),
        ("แมว", "ฉันรักแมวมาก", True),
        ("straße", "In der STRASSE", True),
        ("café", "the cafe\u0301 downstairs", True),
        ("", "anything", False),
        ("   ", "anything   here", False),
    ],
)
def test_keys_are_words_as_their_script_has_them(key: str, text: str, found: bool) -> None:
    assert texts(Entry(keys=(key,), content="told"), said=fan(text)) == (["told"] if found else [])


def test_case_counts_where_the_entry_says_so() -> None:
    entry = Entry(keys=("May",), content="told", case_sensitive=True)
    assert texts(entry, said=fan("in May")) == ["told"]
    assert texts(entry, said=fan("you may")) == []


def test_second_keys_are_asked_for_where_the_entry_is_selective() -> None:
    entry = Entry(keys=("kiln",), secondary_keys=("glaze", "clay"), selective=True, content="told")
    assert texts(entry, said=fan("the kiln")) == []
    assert texts(entry, said=fan("some clay", "the kiln")) == ["told"]
    assert texts(Entry(keys=("kiln",), secondary_keys=("glaze",), content="told"), said=fan("the kiln")) == ["told"]


def test_constant_needs_no_key_and_what_is_off_is_never_told() -> None:
    assert texts(Entry(content="told", constant=True), said=[]) == ["told"]
    assert texts(Entry(content="@@activate\ntold", constant=True, enabled=False), said=[]) == []


def test_patterns_are_of_the_linear_engine_and_a_refused_one_never_matches() -> None:
    assert texts(Entry(keys=(r"kil+ns?\b",), use_regex=True, content="told"), said=fan("Two KILNS")) == ["told"]
    assert texts(Entry(keys=("/^kiln$/",), use_regex=True, content="told"), said=fan("Kiln")) == []
    assert texts(Entry(keys=("/^kiln$/im",), use_regex=True, content="told"), said=fan("a\nKiln")) == ["told"]
    refused = Entry(keys=(r"(?=kiln)", r"(k)\1", "/k/q", "k" * 2000), use_regex=True, content="told")
    assert texts(refused, said=fan("kiln kk k")) == []
    warnings = check_book(Lorebook(entries=(KILN, refused)))
    assert len(warnings) == 4
    assert all(line.startswith("Lorebook entry 2: The pattern ") and "never matches" in line for line in warnings)


def test_a_pattern_that_would_explode_elsewhere_is_answered() -> None:
    entry = Entry(keys=(r"^(([a-z])+.)+[A-Z]([a-z])+$",), use_regex=True, case_sensitive=True, content="told")
    assert texts(entry, said=fan("a" * 50_000)) == []


def test_patterns_make_constant_and_second_keys_void() -> None:
    entry = Entry(keys=("kiln",), use_regex=True, constant=True, selective=True, secondary_keys=("clay",), content="told")
    assert texts(entry, said=fan("nothing")) == []
    assert texts(entry, said=fan("kiln")) == ["told"]


def test_only_the_newest_messages_are_searched() -> None:
    said = fan("the kiln", "a", "b")
    assert texts(KILN, said=said, scan_depth=2) == []
    assert texts(KILN, said=said, scan_depth=3) == [KILN.content]
    assert texts(KILN, said=said, scan_depth=0) == []
    deep = Entry(keys=("kiln",), content="@@scan_depth 3\ntold")
    assert texts(deep, said=said, scan_depth=1) == ["told"]


def test_what_is_told_tells_more_but_not_for_ever() -> None:
    chain = tuple(Entry(keys=(f"word{n}",), content=f"speaks of word{n + 1}", insertion_order=n) for n in range(10))
    assert len(texts(*chain, said=fan("word0"), recursive=False)) == 1
    assert len(texts(*chain, said=fan("word0"), recursive=True)) == 5  # itself and four rounds
    circle = (Entry(keys=("a1",), content="b1"), Entry(keys=("b1",), content="a1"))
    assert sorted(texts(*circle, said=fan("a1"), recursive=True)) == ["a1", "b1"]


def test_entries_may_stay_out_of_recursion() -> None:
    first = Entry(keys=("kiln",), content="speaks of clay")
    shy = Entry(keys=("clay",), content="told", extensions={"exclude_recursion": True})
    assert texts(first, shy, said=fan("kiln"), recursive=True) == ["speaks of clay"]
    quiet = Entry(keys=("kiln",), content="speaks of clay", extensions={"prevent_recursion": True})
    assert texts(quiet, Entry(keys=("clay",), content="told"), said=fan("kiln"), recursive=True) == ["speaks of clay"]
    hidden = Entry(keys=("kiln",), content="hot {{hidden_key: clay}}{{// glaze}}")
    others = (Entry(keys=("clay",), content="told"), Entry(keys=("glaze",), content="not told"))
    assert texts(hidden, *others, said=fan("kiln"), recursive=True) == ["hot", "told"]


def test_the_budget_leaves_out_the_lowest_priority_first() -> None:
    entries = (
        Entry(content="one two three", constant=True, priority=1, insertion_order=1),
        Entry(content="four five six", constant=True, priority=9, insertion_order=2),
        Entry(content="seven", constant=True, priority=5, insertion_order=3),
    )
    assert texts(*entries, said=[], token_budget=7) == ["one two three", "four five six", "seven"]
    assert texts(*entries, said=[], token_budget=4) == ["four five six", "seven"]
    assert texts(*entries, said=[], token_budget=0) == []


def test_the_lower_order_stands_higher_and_places_are_kept() -> None:
    entries = (
        Entry(content="c", constant=True, insertion_order=9),
        Entry(content="b", constant=True, insertion_order=-1),
        Entry(content="a", constant=True, position="before_char", insertion_order=50),
        Entry(content="@@depth 1\ne", constant=True),
        Entry(content="@@depth 3\nd", constant=True),
    )
    told = tell(Lorebook(entries=entries), chat("x", "y", "z"))
    assert [one.text for one in told] == ["a", "b", "c", "d", "e"]
    assert [(one.place, one.depth) for one in told][-2:] == [("depth", 3), ("depth", 1)]
    assert {one.why for one in told} == {"constant"}


@pytest.mark.parametrize(
    ("decorators", "place", "depth", "role"),
    [
        ("@@depth 2", "depth", 2, "system"),
        ("@@depth 99", "depth", 4, "system"),
        ("@@depth -3", "depth", 0, "system"),
        ("@@reverse_depth 1", "depth", 3, "system"),
        ("@@depth 2\n@@reverse_depth 1", "depth", 2, "system"),
        ("@@position scenario\n@@depth 2", "scenario", None, "system"),
        ("@@position nowhere\n@@@depth 2", "depth", 2, "system"),
        ("@@position nowhere", "after_char", None, "system"),
        ("@@role assistant", "after_char", None, "assistant"),
        ("@@role king\n@@@role user", "after_char", None, "user"),
        ("@@depth four\n@@@depth 1", "depth", 1, "system"),
        ("@@depth 1\n@@depth 2", "depth", 1, "system"),
        ("@@instruct_depth 5\n@@@depth 3", "depth", 3, "system"),
        ("@@their_own 4\n@@@another_one 4\n@@@depth 2\n@@@depth 3", "depth", 2, "system"),
        ("@@depth 2\n@@@role user", "depth", 2, "system"),
        ("@@@depth 2", "after_char", None, "system"),
        ("@@their_own 4\n@@@" + "\n@@@".join(["other"] * 4) + "\n@@@depth 1", "depth", 1, "system"),
    ],
)
def test_decorators_say_where(decorators: str, place: str, depth: int | None, role: str) -> None:
    book = Lorebook(entries=(Entry(content=f"{decorators}\n\nwords", constant=True),))
    (told,) = tell(book, chat("a", "b", "c", "d"))
    assert (told.text, told.place, told.depth, told.role) == ("words", place, depth, role)


@pytest.mark.parametrize(
    ("decorator", "turns"),
    [
        ("@@activate_only_after 2", [2, 3, 4]),
        ("@@activate_only_every 2", [0, 2, 4]),
        ("@@activate_only_every 0", [0, 1, 2, 3, 4]),
        ("@@activate_only_after soon", [0, 1, 2, 3, 4]),
        ("@@activate_only_after 2\n@@activate_only_every 2", [2, 4]),
    ],
)
def test_decorators_say_at_which_turns(decorator: str, turns: list[int]) -> None:
    book = Lorebook(entries=(Entry(content=f"{decorator}\nwords", constant=True),))
    assert [turn for turn in range(5) if tell(book, fan("hi"), turn=turn)] == turns


def test_an_entry_that_matched_once_stays_or_goes() -> None:
    stays = Entry(keys=("kiln",), content="@@keep_activate_after_match\nstays")
    goes = Entry(keys=("kiln",), content="@@dont_activate_after_match\ngoes")
    once = chat("the kiln")
    later = chat("the kiln", "hot", "so", "yes", "and now")
    again = chat("the kiln", "hot", "the kiln")
    assert texts(stays, goes, said=once, scan_depth=1) == ["stays", "goes"]
    assert texts(stays, goes, said=later, scan_depth=1) == ["stays"]
    assert texts(stays, goes, said=again, scan_depth=1) == ["stays"]
    assert texts(stays, goes, said=chat("a", "b", "c"), scan_depth=1) == []
    in_one_burst = fan("the kiln", "again the kiln")
    assert texts(stays, goes, said=in_one_burst, scan_depth=2) == ["stays", "goes"]


def test_an_earlier_match_by_recursion_or_before_its_turn_counts_as_it_was() -> None:
    stays = Entry(keys=("clay",), content="@@keep_activate_after_match\nstays")
    first = Entry(keys=("kiln",), content="speaks of clay")
    assert texts(first, stays, said=chat("the kiln", "hot", "and"), scan_depth=1, recursive=True) == ["stays"]
    late = Entry(keys=("kiln",), content="@@keep_activate_after_match\n@@activate_only_after 1\nstays")
    assert texts(late, said=chat("the kiln", "hot", "and"), scan_depth=1) == []
    assert texts(late, said=chat("a", "b", "the kiln", "hot", "and"), scan_depth=1) == ["stays"]


def test_activate_and_dont_activate_stand_above_keys() -> None:
    assert texts(Entry(content="@@activate\nwords", keys=("never",)), said=[]) == ["words"]
    assert texts(Entry(content="@@dont_activate\nwords", constant=True), said=[]) == []
    assert texts(Entry(content="@@dont_activate\n@@activate\nwords", constant=True), said=[]) == ["words"]


def test_further_keys_are_needed_and_others_exclude() -> None:
    entry = Entry(keys=("kiln",), content="@@additional_keys glaze, clay\n@@exclude_keys broken,cold\nwords")
    assert texts(entry, said=fan("the kiln")) == []
    assert texts(entry, said=fan("the kiln, some clay")) == ["words"]
    assert texts(entry, said=fan("the kiln, some clay, all cold")) == []
    constant = Entry(constant=True, content="@@exclude_keys cold\nwords")
    assert texts(constant, said=fan("cold")) == []
    pattern = Entry(keys=("ki+ln",), use_regex=True, content="@@additional_keys gla+ze\n@@exclude_keys ki\nwords")
    assert texts(pattern, said=fan("glaaaze")) == ["words"]


def test_greeting_icon_and_a_full_context_are_asked_of_the_caller() -> None:
    greeting = Entry(constant=True, content="@@is_greeting 1\nwords")
    assert [texts(greeting, said=[], greeting=at) for at in (None, 0, 1)] == [["words"], [], ["words"]]
    icon = Entry(constant=True, content="@@is_user_icon knight\nwords")
    assert [texts(icon, said=[], user_icon=name) for name in (None, "king", "knight")] == [["words"], [], ["words"]]
    full = Entry(constant=True, content="@@ignore_on_max_context\nwords")
    assert [texts(full, said=[], context_full=is_full) for is_full in (False, True)] == [["words"], []]


def test_what_an_entry_would_switch_off_is_handed_on() -> None:
    book = Lorebook(entries=(Entry(constant=True, content="@@disable_ui_prompt system_prompt\nwords"),))
    assert tell(book, [])[0].disables == "system_prompt"


def test_an_entry_of_decorators_alone_tells_nothing() -> None:
    assert texts(Entry(constant=True, content="@@depth 4\n@@activate"), Entry(constant=True, content="  "), said=[]) == []
    assert texts(Entry(constant=True, content="a\n@@depth 4\nb @@not one"), said=[]) == ["a\nb @@not one"]


def test_macros_become_words() -> None:
    entry = Entry(constant=True, content="{{Char}} knows <USER>.{{// aside}}{{comment: x}} {{reverse:cba}} {{their_own}}")
    assert texts(entry, said=[], fan="Mia{{roll:6}}") == ["Luna knows Miaroll:6. abc {{their_own}}"]
    assert texts(Entry(keys=("{{char}}",), content="told"), said=fan("hey luna")) == ["told"]
    dice = Entry(constant=True, content="{{roll:d6}} {{pick:a,b\\,c}} {{random::x::y}} {{roll:0}}")
    rolled = {texts(dice, said=[], turn=turn)[0] for turn in range(40)}
    assert len(rolled) > 5
    assert {line.split()[0] for line in rolled} == set("123456")
    assert {line.split()[1] for line in rolled} == {"a", "b,c"}
    assert texts(dice, said=[], turn=3) == texts(dice, said=[], turn=3)


def test_a_huge_book_and_huge_messages_cost_a_bounded_search() -> None:
    entries = tuple(Entry(keys=(f"word{n}",), content="word0 " * 3000) for n in range(2000))
    told = tell(Lorebook(entries=entries, recursive=True, token_budget=32_000, scan_depth=200), fan(*["word1 " * 20_000] * 200))
    assert {one.entry for one in told} == {0, 1}


def test_a_book_that_looks_back_costs_a_bounded_search_as_well() -> None:
    entries = tuple(
        Entry(keys=(f"word{n}",), content=f"@@keep_activate_after_match\nword{n + 1} " + "x " * 5000) for n in range(500)
    )
    told = tell(Lorebook(entries=entries, recursive=True, token_budget=32_000, scan_depth=4), chat(*["word1 and more"] * 400))
    assert [one.entry for one in told] == [1, 2, 3]


def test_lone_surrogates_in_a_message_hurt_nobody() -> None:
    assert texts(KILN, Entry(keys=("k.ln",), use_regex=True, content="p"), said=fan("\ud800 kiln")) == [KILN.content, "p"]

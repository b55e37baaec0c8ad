"""What becomes of a staged fact in the commit."""

from __future__ import annotations

from core.nouns import Account
from storage.house import House
from tests.memory.world import Chat, fact, known, open_chat, tell


async def test_the_same_fact_is_reinforced(house: House, chat: Chat) -> None:
    await tell(house, chat, fact("pet", "dog", "The fan has a dog called Rex.", confidence=0.7))
    await tell(house, chat, fact("pet", "dog", "The fan has a dog.", confidence=0.9))
    (only,) = await known(house, chat)
    assert (only.text, only.seen, only.valid_to) == ("The fan has a dog called Rex.", 2, None)
    assert round(only.confidence, 3) == 0.9


async def test_a_contradiction_supersedes_and_erases_nothing(house: House, chat: Chat) -> None:
    await tell(
        house, chat, fact("pet", "dog", "The fan has a dog called Rex."), fact("pet", "dog", "The fan has a dog called Max.")
    )
    new, old = await known(house, chat)
    assert (old.text, old.superseded_by) == ("The fan has a dog called Rex.", new.id)
    assert old.valid_to is not None
    assert old.valid_to >= old.valid_from
    assert (new.text, new.valid_to) == ("The fan has a dog called Max.", None)


async def test_more_than_was_known_supersedes(house: House, chat: Chat) -> None:
    await tell(house, chat, fact("pet", "dog", "The fan has a dog."), fact("pet", "dog", "The fan has a dog called Rex."))
    assert [(f.text, f.valid_to is None) for f in await known(house, chat)] == [
        ("The fan has a dog called Rex.", True),
        ("The fan has a dog.", False),
    ]


async def test_disliking_ends_liking(house: House, chat: Chat) -> None:
    like, dislike = fact("like", "olives", "The fan likes olives."), fact("dislike", "olives", "The fan does not like olives.")
    await tell(house, chat, like, dislike)
    assert {f.kind: f.valid_to is None for f in await known(house, chat)} == {"like": False, "dislike": True}


async def test_other_subjects_and_fans_stay_apart(house: House, account: Account, chat: Chat) -> None:
    other = await open_chat(house, account, "8")
    await tell(
        house, chat, fact("pet", "dog", "The fan has a dog called Rex."), fact("pet", "cat", "The fan has a cat called Mia.")
    )
    await tell(house, other, fact("pet", "dog", "The fan has a dog called Bo."))
    assert all(f.valid_to is None for f in await known(house, chat))
    assert [f.text for f in await known(house, other)] == ["The fan has a dog called Bo."]


async def test_what_must_not_be_kept_is_left_out(house: House, chat: Chat) -> None:
    await tell(
        house,
        chat,
        fact("like", "card", "The fan's card number is 4111 1111 1111 1111."),
        fact("health", "fan", "The fan has diabetes."),
        fact("like", "wall", "The fan likes " + "x" * 400),
        fact("like", "nothing", "  "),
    )
    assert await known(house, chat) == []


async def test_a_further_dog_ends_nothing_and_is_known_by_its_name(house: House, chat: Chat) -> None:
    rex, bo = "The fan has a dog called Rex.", "The fan has a dog called Bo."
    await tell(
        house, chat, fact("pet", "dog", rex), fact("pet", "dog bo", bo), fact("pet", "dog", bo), fact("pet", "dog rex", rex)
    )
    assert {f.text: (f.seen, f.valid_to is None) for f in await known(house, chat)} == {rex: (2, True), bo: (2, True)}


async def test_a_denied_name_ends_that_name_only(house: House, chat: Chat) -> None:
    denied = "The fan is not called Bob."
    await tell(house, chat, fact("name", "fan", "The fan's name is Rob."), fact("name", "fan", denied))
    assert [(f.text, f.valid_to is None) for f in await known(house, chat)] == [("The fan's name is Rob.", True)]
    await tell(house, chat, fact("address", "fan", "The fan's preferred name is Bob."), fact("name", "fan", denied))
    assert [f.text for f in await known(house, chat) if f.valid_to is None] == [denied, "The fan's name is Rob."]
    await tell(house, chat, fact("name", "fan", "The fan's name is Robin."))
    assert [f.text for f in await known(house, chat) if f.valid_to is None] == ["The fan's name is Robin."]


async def test_the_same_effect_twice_is_one_fact(house: House, chat: Chat) -> None:
    one = fact("pet", "dog", "The fan has a dog called Rex.")
    await tell(house, chat, one, one)
    assert len(await known(house, chat)) == 1

"""The demo brain follows its few rules."""

import msgspec
import pytest

from evals.simulators.ollama import ChatMessage, ChatRequest, demo_brain

PACK = {
    "type": "function",
    "function": {
        "name": "send_pack",
        "parameters": {
            "type": "object",
            "properties": {"wish": {"type": "string"}, "size": {"enum": ["small", "big"]}, "most": {"type": "integer"}},
            "required": ["wish", "size"],
        },
    },
}


def ask(*messages: tuple[str, str], **more: object) -> ChatRequest:
    return ChatRequest("/api/chat", "m", tuple(ChatMessage(role, text) for role, text in messages), {}, **more)


@pytest.mark.parametrize("question", ["What was my dog's name?", "<fan>do you remember what my dog is called?</fan>"])
def test_a_fact_is_asked_back(question):
    system = "You are Luna.\nKnown:\n- The fan's dog is called Biscuit.\n- The fan lives in Lisbon.\n- Never be rude."
    assert demo_brain(ask(("system", system), ("user", question))).text == "Of course I remember: your dog is called Biscuit."


def test_the_house_speaks_after_the_fan():
    moment = (
        "[From the house, not from the fan. It is Monday.]\n\nWhat you know of this fan:\n- The fan's dog is called Biscuit."
    )
    fenced = f"<fan_message>\nwhat was my dog's name?\n</fan_message>\n\n{moment}\n\nFor this answer:\n- Send no pictures."
    answer = demo_brain(ask(("system", "- Talk about your dog."), ("user", fenced), tools=(PACK,)))
    assert answer.text == "Of course I remember: your dog is called Biscuit."
    assert "Thank you" in demo_brain(ask(("user", f"<event>The fan bought: Sunset.</event>\n\n{moment}"))).text
    assert "can't look" in demo_brain(ask(("user", f"<event>The fan sent a file.</event>\n\n{moment}"))).text


def test_a_fact_from_earlier_in_the_talk():
    request = ask(("user", "My sister Ana moved to Porto"), ("assistant", "Nice!"), ("user", "Where did my sister go?"))
    assert demo_brain(request).text == "Of course I remember: My sister Ana moved to Porto"


def test_pictures_are_offered_once_and_only_with_the_tool():
    wish = ("user", "do you have any beach pictures?")
    [call] = demo_brain(ask(wish, tools=(PACK,))).tool_calls
    assert (call.name, call.arguments) == ("send_pack", {"wish": "do you have any beach pictures?", "size": "small"})
    after = ask(wish, ("assistant", ""), ("tool", "offered"), tools=(PACK,))
    assert demo_brain(after).tool_calls == ()
    assert demo_brain(after).text == "I picked something for you, have a look."
    assert demo_brain(ask(wish)).tool_calls == ()
    assert demo_brain(ask(("user", "I hung your picture on the wall"), tools=(PACK,))).tool_calls == ()


@pytest.mark.parametrize("question", ["are you real?", "Are you a bot??", "r u an AI"])
def test_it_says_what_it_is(question):
    assert "I'm an AI" in demo_brain(ask(("user", question))).text


def test_the_same_words_get_the_same_answer():
    assert demo_brain(ask(("user", "hey there"))).text.startswith("Hi!")
    small_talk = ask(("user", "I baked bread today"))
    assert demo_brain(small_talk) == demo_brain(small_talk)
    assert demo_brain(small_talk).text


def test_structured_output_fits_its_schema():
    schema = {
        "$defs": {"Mood": {"enum": ["glad", "sad"]}},
        "type": "object",
        "properties": {
            "mood": {"$ref": "#/$defs/Mood"},
            "facts": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "sure": {"type": "boolean", "default": True},
            "score": {"type": "integer", "minimum": 3},
            "note": {"anyOf": [{"type": "null"}, {"type": "string"}]},
            "left_out": {"type": "string"},
        },
        "required": ["mood", "facts", "sure", "score", "note"],
    }
    answer = msgspec.json.decode(demo_brain(ask(("user", "x"), format=schema)).text)
    assert answer == {"mood": "glad", "facts": [""], "sure": True, "score": 3, "note": None}
    assert demo_brain(ask(("user", "x"), format="json")).text == "{}"

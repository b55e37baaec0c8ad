"""An Ollama server to test against: `OllamaSimulator`, with a demo brain or a scripted one."""

from evals.simulators.ollama.answers import Answer, Brain, ChatMessage, ChatRequest, ToolCall, break_off, call_tool, refuse, say
from evals.simulators.ollama.brain import demo_brain
from evals.simulators.ollama.generation import ModelCall
from evals.simulators.ollama.server import OllamaSimulator
from evals.simulators.ollama.shelf import Model

__all__ = [
    "Answer",
    "Brain",
    "ChatMessage",
    "ChatRequest",
    "Model",
    "ModelCall",
    "OllamaSimulator",
    "ToolCall",
    "break_off",
    "call_tool",
    "demo_brain",
    "refuse",
    "say",
]

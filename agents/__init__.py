"""How a turn is thought."""

from agents.silence import silence_outside_calls

__all__ = ["silence_outside_calls"]

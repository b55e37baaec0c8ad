"""Servers that stand in for the outside world at the wire: platforms and model servers, honest about their errors."""

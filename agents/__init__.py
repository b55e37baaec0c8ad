"""How a turn is thought."""

"""The steps of a turn: one file, one node."""

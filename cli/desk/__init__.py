"""The operator's desk in the terminal: what the API says, found by short ids and shown as tables."""

"""The floor of the house: nouns, ports, errors, settings, clock, ids and logging. Imports nothing of ours."""

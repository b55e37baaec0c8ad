"""The verbs of `muse persona` for character cards: one file each, with HELP, `add_arguments` and `run`, as a command has."""

"""The verbs of `muse persona`: one file each with `HELP`, `add_arguments` and `run`, as commands have them."""

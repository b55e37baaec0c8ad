"""The muse command: one file per command."""

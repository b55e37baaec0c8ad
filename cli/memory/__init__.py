"""The actions of `muse memory`: one file each, named in `cli/commands/memory.py`."""

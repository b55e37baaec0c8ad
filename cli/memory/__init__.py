"""The actions of `muse memory` that need no gateway; each module joins in `cli/commands/memory.py`."""

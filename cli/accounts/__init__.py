"""The verbs of `muse account`, one file each, and how accounts are connected."""

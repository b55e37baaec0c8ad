"""The parts of `muse policy`: a text explained, the rules listed, measured and counted."""

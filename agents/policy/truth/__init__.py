"""Truth: that this is an AI, and nothing claimed that is not so."""

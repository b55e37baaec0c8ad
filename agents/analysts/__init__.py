"""Analysts: what a chat model reads out of a conversation, with typed output. Nothing here writes; memory sifts and stores."""

"""What `muse post` does."""

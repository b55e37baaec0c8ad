"""What `muse credits` does."""

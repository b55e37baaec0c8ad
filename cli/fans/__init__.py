"""What `muse fan` does beside asking the gateway: writing down all that is held about a person."""

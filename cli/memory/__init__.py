"""What `muse memory` does beside the running stack: indexes rebuilt, rows and indexes held against each other."""

"""What may be said and sold, and what is said instead: one file, one rule."""

"""What a picture tells of its making, for the terminal."""

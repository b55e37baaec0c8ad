"""What keeps the talk and what is behind it safe."""

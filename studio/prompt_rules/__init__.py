"""What is never made, one rule a file."""

"""What is sold and to whom."""

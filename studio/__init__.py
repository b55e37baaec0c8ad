"""What is made and published."""

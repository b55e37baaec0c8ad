"""What the house answers by itself."""

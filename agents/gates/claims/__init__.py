"""What a reply says of the one who speaks: read by patterns in six languages, with no guess where a pattern is not sure."""

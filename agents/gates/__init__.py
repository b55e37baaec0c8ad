"""The persona gates: does a reply sound like this persona, and say what is true of it? No language model needed."""

"""How well the rules over prompts find what is never made, and how often they stop an ordinary wish."""

"""The reflex brain: answers without a language model, in the persona's own lines."""

"""The door: webhooks, platforms, the JSON API. Never thinks."""

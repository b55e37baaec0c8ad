"""Muse's own chat page in the browser."""

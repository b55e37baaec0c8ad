"""Selling without pressure."""

"""Measuring memory."""

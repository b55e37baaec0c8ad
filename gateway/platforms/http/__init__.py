"""People's own apps, by signed webhooks in and out (Standard Webhooks)."""

"""Breaks a running Muse on purpose and compares what fans said, what the ledger says and what the platform got."""

"""Platform adapters: each knows one wire and nothing else. No database, no agent, no web framework."""

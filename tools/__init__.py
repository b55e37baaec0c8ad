"""What an agent can do: one file, one tool."""

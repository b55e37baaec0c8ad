"""How well the policy rules do."""

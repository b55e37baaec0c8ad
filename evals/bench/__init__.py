"""Is it fast: figures with a baseline of the same run beside them, and the budgets of the design."""

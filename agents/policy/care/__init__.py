"""Care for the fan: age, crisis, opting out."""

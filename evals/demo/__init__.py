"""A conversation without a person: three fans on a simulated Telegram, played, shown and checked."""

"""Our own chat page: the fan's door without a platform account."""

"""`muse chat`: the fan's chat page without the page."""

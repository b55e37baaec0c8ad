"""What an operator does about packs and promos, over the gateway's API."""

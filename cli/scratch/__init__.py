"""A whole Muse for a few minutes: in a temporary folder, on its own ports, gone afterwards."""

"""What an influencer knows of each fan."""

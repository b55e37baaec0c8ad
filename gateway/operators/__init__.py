"""What operators do over JSON: the inbox, drafts, take-overs, deliveries, unclear events."""

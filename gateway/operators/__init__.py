"""What operators do over JSON: the inbox, drafts, take-overs, deliveries, accounts, unclear events."""

"""Character cards of other programs, read and written: V1, V2, V3 and ElizaOS character files."""

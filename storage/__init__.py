"""The only keys to Postgres, Redis and blob storage."""

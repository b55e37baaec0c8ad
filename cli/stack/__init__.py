"""The embedded stack: Postgres, Valkey, Chroma and Muse's own processes as supervised children in one data folder."""

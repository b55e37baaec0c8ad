"""The jobs: one file, one command. A job is a wake-up; what is to be done it reads from Postgres."""

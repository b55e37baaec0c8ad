"""The engine room: jobs and the cron table."""

"""Who makes pictures: pipelines on this machine, or somebody's API."""

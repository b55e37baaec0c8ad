"""Who makes pictures: diffusers' pipelines on this machine."""

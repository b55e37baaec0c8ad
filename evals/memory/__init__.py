"""Measuring memory through the product's own write and recall path; started by `muse memory bench`."""

"""What `muse doctor` looks at: one function a finding, listed in `report.EXAMINATIONS`."""

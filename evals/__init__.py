"""Is it good, is it fast: simulators, suites, benchmarks."""

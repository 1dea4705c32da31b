"""Benchmarks of the fleet and the tracker; `make bench-fleet` runs them all."""

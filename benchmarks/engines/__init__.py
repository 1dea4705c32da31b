"""Benchmarks of the engines, and the servers that they and the tests run on; `make bench-engines` runs them all."""

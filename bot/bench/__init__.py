"""Benchmarks; each prints its figures with the machine they were taken on and can write them as JSON."""

"""Promises about speed, measured; ``python -m benchmarks`` prints one row for each figure."""

"""Experiments: the learning-rate finder, sweeps, and runs side by side."""

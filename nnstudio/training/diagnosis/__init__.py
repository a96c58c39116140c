"""Diagnosis: what may be wrong with a run, told from its events and from cheap measurements between steps."""

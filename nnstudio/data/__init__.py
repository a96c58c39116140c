"""Data sets as values: bundled and generated; splits and transforms."""

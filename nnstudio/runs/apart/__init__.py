"""A run in a process of its own, behind the same interface as one in a thread."""

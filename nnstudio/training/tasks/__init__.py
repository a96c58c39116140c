"""Tasks: what a network's outputs mean for its data, one file each."""

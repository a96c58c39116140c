"""Studies: what can be seen of a network in training, one file each."""

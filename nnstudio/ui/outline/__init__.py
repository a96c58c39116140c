"""The drawing as a tree, for screen readers and for whoever likes lists."""

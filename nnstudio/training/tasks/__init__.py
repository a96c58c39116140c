"""Tasks: what the outputs of a network are compared with, and how well they do, one file each."""

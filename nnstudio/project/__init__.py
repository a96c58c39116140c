"""Project files: what a file holds, how it is read and how it is saved."""

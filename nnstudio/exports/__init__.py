"""What leaves the program: code, networks for other programs, weights. Pictures need Qt and are made in ``ui``."""

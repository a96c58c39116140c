"""NN Studio: draw a neural network, and the drawing is the program."""

__version__ = "0.1.0"

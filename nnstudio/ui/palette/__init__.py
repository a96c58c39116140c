"""The list of layers to drag from."""

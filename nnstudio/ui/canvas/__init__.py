"""The drawing surface: items, wires and gestures."""

"""What hands do on the canvas: one class per gesture, each with begin, move, commit and cancel."""

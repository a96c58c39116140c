"""What can be drawn: one file per layer, and the catalogue of them all."""

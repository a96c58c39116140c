"""Ready-made blocks, a few to a file; `nnstudio.layers.blocks` finds them by name."""

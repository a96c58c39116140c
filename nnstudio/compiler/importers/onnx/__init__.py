"""ONNX: a file is read and checked, patterns are recognised, and what is left becomes torch code to walk through."""

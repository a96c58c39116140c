"""What comes in: torch modules and ONNX files become drawings, with their weights and a report."""

"""What happens inside while it happens: curves, feature maps, predictions, code, log."""

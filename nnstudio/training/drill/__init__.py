"""The drill: a layer's arithmetic for one of its numbers, scalar by scalar, forwards and back."""

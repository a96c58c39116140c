"""What a drawing is: frozen values, edits as functions, history. Standard library and msgspec only."""

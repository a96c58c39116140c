"""Exports as a person sees them: pictures of the drawing, the menu's entries, and progress that can be stopped."""

"""The form, formula and numbers of the selected layer."""

"""The settings of a recipe, heading by heading: what each means, its limits, its formula, and when it matters."""

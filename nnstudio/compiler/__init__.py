"""Drawing to value: problems, shapes, plan, module, source."""

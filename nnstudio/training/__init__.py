"""Training as a generator of frozen events, and the worker thread that runs it."""

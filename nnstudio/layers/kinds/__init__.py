"""One file per layer; each defines ``SPEC``. A new file here is a new layer everywhere."""

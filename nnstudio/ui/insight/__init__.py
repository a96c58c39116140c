"""Live views of studies, one file each."""

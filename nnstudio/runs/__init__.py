"""Runs of projects: what the worker does for the window, in a thread or another process, and runs on disk."""

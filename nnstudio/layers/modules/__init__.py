"""Modules that torch.nn lacks: one class a file, which is run here and printed into the code that people take home.

A file imports nothing but torch and the standard library, and its name is that of its class in small letters, with
underscores where one likes. What it needs stands in it: class, helpers, constants.
"""

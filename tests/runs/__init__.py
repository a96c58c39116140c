"""Tests of runs of projects."""

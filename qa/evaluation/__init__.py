"""Measuring: question files, reading-comprehension files, and what changed since the last run."""

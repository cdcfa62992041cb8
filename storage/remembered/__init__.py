"""Remembered decisions in the database: begun, counted and ended within a write."""

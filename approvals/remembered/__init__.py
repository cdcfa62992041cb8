"""Remembered decisions: a yes or a no that also answers for later proposals like it."""

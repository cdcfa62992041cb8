"""Remembered decisions: a yes or a no that also answers for what comes later and is alike."""

"""Figures, each beside something plain that was measured in the same run."""

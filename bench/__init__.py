"""Benchmarks: how fast the bot is, beside what one would write by hand, measured in the same run."""

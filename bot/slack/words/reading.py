"""What is wrong with JSON that was typed."""

USE_STRAIGHT_QUOTES = " Use straight quotes."

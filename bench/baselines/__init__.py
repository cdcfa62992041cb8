"""Baselines: services that one would write by hand in place of the bot, and that do nothing of what it promises."""

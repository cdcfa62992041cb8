"""Listeners: what people do by clicks, submissions and commands, each answered at once."""

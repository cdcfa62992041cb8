"""Conditions: CEL by its words, with operators that mean what a person reads."""

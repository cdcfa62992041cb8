"""Expressions: conditions in CEL's syntax, with operators that mean what a person reads."""

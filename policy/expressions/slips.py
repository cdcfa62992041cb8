"""Slips in conditions: what other languages write where CEL has a sign of its own, for people who come from them."""

import re

_TEXTS = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_INSTEAD = (
    (re.compile(r"\band\b", re.IGNORECASE), "&& instead of and"),
    (re.compile(r"\bor\b", re.IGNORECASE), "|| instead of or"),
    (re.compile(r"\bnot\b", re.IGNORECASE), "! instead of not"),
    (re.compile(r"(?<![=!<>])=(?!=)"), "== instead of ="),
    (re.compile(r"<>"), "!= instead of <>"),
    (re.compile(r"[\u201c\u201d\u2018\u2019]"), "straight quotes"),
)
"""What other languages write, outside of texts, and CEL's own."""


def slips(source: str) -> str:
    """What to write instead of what; empty where nothing of another language is in it."""
    bare = _TEXTS.sub('""', source)
    return " and ".join(own for others, own in _INSTEAD if others.search(bare))

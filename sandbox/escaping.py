"""How Slack writes `&`, `<` and `>`, and so how long a text is for it."""

import re

AMP = re.compile(r"&(?!(?:amp|lt|gt);)")


def escape(text: str) -> str:
    """Plain words as Slack keeps them: `&`, `<` and `>` as entities, entities as they are."""
    return AMP.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def sent_length(text: str) -> int:
    """How many characters of markup Slack counts: a bare ampersand is five."""
    return len(AMP.sub("&amp;", text))


def kept_length(text: str) -> int:
    """How many characters of plain words Slack counts: those it keeps."""
    return len(escape(text))

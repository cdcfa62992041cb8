"""What stands beside a difference."""
# ruff: noqa: D103 - a sentence says itself what it is

REMOVED_STRUCK_THROUGH = " · removed struck through, added in bold"
IS_ABSENT_NOW = ": is absent now"
COMPARED_ROUGHLY = " · too much differs to compare all of it: what stays may stand twice, as removed and as added"


def more_changed_not_shown_here(rest: int) -> str:
    return f"{rest} more changed {'field' if rest == 1 else 'fields'} not shown here"


def characters_not_shown_here(missing: int) -> str:
    return f" · {missing} characters not shown here"

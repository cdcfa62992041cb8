"""What stands in a title where a value has no room."""
# ruff: noqa: D103 - a sentence says itself what it is


def in_the_payload_below(more: int) -> str:
    return f"and {more} more, in the payload below"


def a_list_of(count: int) -> str:
    return f"(a list of {count})"

"""What stands where a text is too long to be whole."""
# ruff: noqa: D103 - a sentence says itself what it is


def only_the_beginning(label: str) -> str:
    return f"{label} (only the beginning)"


def missing_here(left: str) -> str:
    return f"… {left} are missing here"

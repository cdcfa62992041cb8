"""Words of the layout of every surface: the pages of a modal, the pieces of a long text."""

# ruff: noqa: D103 - a sentence says itself what it is

TITLE = "Signoff"


def back_to_page(page: int, pages: int) -> str:
    return f"Back to page {page} of {pages}"


def on_to_page(page: int, pages: int) -> str:
    return f"On to page {page} of {pages}"


def only_the_beginning(label: str) -> str:
    return f"{label} (only the beginning)"


def missing_here(left: str) -> str:
    return f"… {left} are missing here"


THE_LINE_GOES_ON = "(the line goes on)"

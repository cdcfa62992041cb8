"""What the buttons between pages say to those who hear them."""
# ruff: noqa: D103 - a sentence says itself what it is


def back_to_page(page: int, pages: int) -> str:
    return f"Back to page {page} of {pages}"


def on_to_page(page: int, pages: int) -> str:
    return f"On to page {page} of {pages}"

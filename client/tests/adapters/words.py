"""What a model has to be able to read."""

import re


def assert_a_clear_no(read: str) -> None:
    """The model was told, in words, that it did not run this time."""
    assert "Refunded" not in read, read
    assert "Shipped" not in read, read
    assert len(read.split()) > 4, read
    assert re.search(r"\b(?:not|nothing|nobody)\b", read, re.IGNORECASE), read
    assert "Traceback" not in read, read


def assert_ran_though_unreported(read: str) -> None:
    """It ran, and the model was told that, or at least not to run it again."""
    assert "Refunded 5." in read or "Do not run it again" in read, read

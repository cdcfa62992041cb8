"""What the form says that ends a hold, or what is approved for the next like it."""
# ruff: noqa: D103 - a sentence says itself what it is

END = "End it"
END_HOLD = "End the hold"
END_STANDING = "Ask again"
HOLD = "*End this hold?* Proposed again, the same is judged anew, and people are asked about it."
HOLD_ENDED = ":unlock: The hold is ended: the same may be proposed again."
STANDING = "*End this?* People are asked again about the next like it. What was approved by it stays approved."
STANDING_ENDED = ":stop_sign: It is ended: the next like it are asked for again."


def held_by(by: str, until: str) -> str:
    return f"Held by {by} until {until}."


def left_of(by: str, left: int, most: int, until: str) -> str:
    return f"Allowed by {by}: *{left} of {most} left* until {until}."

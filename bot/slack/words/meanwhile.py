"""What somebody reads whose proposal changed while a form was open."""
# ruff: noqa: D103 - a sentence says itself what it is

IT_STILL_WAITS = (
    "It still waits. Press *Edit* on the card again: what you typed is filled in, on top of what stands now."
)
EDITED_MEANWHILE = "This was edited while you had it open, so nothing of yours was decided."
NOTHING_IS_DIFFERENT = "All in all nothing is different from before."


def changed_in_its_reply(at: str) -> str:
    return f"The agent changed this in its reply, {at}."


def edits_before_that(left: int) -> str:
    return f"{left} edits before that."

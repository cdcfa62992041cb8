"""What is wrong with a channel that cards are to be posted in."""
# ruff: noqa: D103 - a sentence says itself what it is

IS_ARCHIVED = "is archived: cards cannot be posted. Name another one in the policy."
IS_SHARED = "is shared with another company: they would read every card. Name an internal one in the policy."
BOT_IS_MISSING = "does not have the bot in it. Type /invite @Signoff there."


def cannot_be_read(channel: str, purpose: str, error: str) -> str:
    return f"Channel {channel} ({purpose}) cannot be read: {error}. Invite the bot to it."

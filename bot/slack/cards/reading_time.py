"""Since when a person has had something before them, and how many words of it there were to read. Pure."""

from typing import TYPE_CHECKING

from approvals.attestation import Seen
from bot.slack.blockkit.text import word_count, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from approvals.proposal import Proposal
    from bot.slack.blockkit.blocks import Block
    from storage import CardRow


def card_seen(proposal: "Proposal", row: "CardRow", opened: "datetime | None") -> Seen | None:
    """For a click on a card: since it was posted, since the payload was last changed, or since the person opened it.

    The latest of what is known counts; `opened` is when the person first opened `Details` or a review. None where
    neither that nor when it was posted is known.
    """
    if row.posted_at is None and opened is None:
        return None
    known = [each for each in (row.posted_at, opened, proposal.revisions[-1].at) if each is not None]
    return Seen(at=max(known), words=word_count(row.words))


def opened_seen(opened: "datetime", shown: "Sequence[Block]") -> Seen:
    """For a click in a modal that a person first opened then, and what it shows them."""
    return Seen(at=opened, words=word_count(words_of(shown)))

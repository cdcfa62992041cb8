"""Ids, nonces and randomness: everything random comes from here."""

import secrets

import uuid_utils


class SystemRandomness:
    """Chance from the system's own source: nothing that a proposal holds, and nothing before it, tells the next."""

    def __init__(self) -> None:
        self._source = secrets.SystemRandom()

    def draw(self) -> float:
        """From 0 up to, but not including, 1."""
        return self._source.random()


class RandomIds:
    """Ids that sort by time, nonces that nobody guesses."""

    def proposal_id(self) -> str:
        """`prp_` and a UUIDv7 in hex."""
        return f"prp_{uuid_utils.uuid7().hex}"

    def nonce(self) -> str:
        """128 random bits, URL-safe."""
        return secrets.token_urlsafe(16)

    def delegation_id(self) -> str:
        """`dlg_` and 128 random bits."""
        return f"dlg_{secrets.token_urlsafe(16)}"

    def form_id(self) -> str:
        """Names a form we opened for one person; as hard to guess as a nonce."""
        return f"frm_{secrets.token_urlsafe(16)}"

    def modal_id(self) -> str:
        """Names a modal about no proposal that Slack opened for one person; as hard to guess."""
        return f"mdl_{secrets.token_urlsafe(16)}"

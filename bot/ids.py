"""Where ids and nonces come from."""

import secrets

import uuid_utils


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

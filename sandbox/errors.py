"""Errors of the Web API: Slack's word for the error, with what else the answer has."""

from typing import Any


class SlackError(Exception):
    """A refusal; `error` is Slack's word, `extra` goes beside it into the answer."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra

    def answer(self) -> dict[str, Any]:
        """The JSON body Slack would send."""
        return {"ok": False, "error": self.error, **self.extra}


def faulty(error: str, messages: list[str]) -> SlackError:
    """A refusal that lists its faults, in the two places where Slack lists them."""
    metadata = {"messages": [f"[ERROR] {message}" for message in messages]}
    return SlackError(error, errors=messages, response_metadata=metadata)

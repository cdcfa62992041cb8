"""Response models of feedback: what the OpenAPI document says of its pages."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.api.responses import PROPOSAL_ID, Moment


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EditBody(_Body):
    """How a person changed the payload."""

    payload: Annotated[dict[str, Any], Field(description="As it was left in the end.")]
    patch: Annotated[list[dict[str, Any]], Field(description="RFC 6902, from what the agent gave to that.")]


class FeedbackBody(_Body):
    """What people said of one of the agent's proposals."""

    proposal: Annotated[str, Field(pattern=PROPOSAL_ID)]
    kind: Annotated[
        Literal["negative", "corrected", "regression"],
        Field(description="Rejected; changed, then approved; let through as given, then taken back or objected to."),
    ]
    action: str
    payload: Annotated[dict[str, Any], Field(description="As the agent gave it.")]
    edit: EditBody | None
    reason: Annotated[
        str | None, Field(description="The person's, as plain words on one line, at most 600 characters.")
    ]
    message: Annotated[str, Field(description="One sentence a language model can read.")]
    at: Annotated[Moment, Field(description="When it was decided.")]
    run_id: str | None


class FeedbackPage(_Body):
    """Feedback, the latest first."""

    feedback: list[FeedbackBody]
    next_cursor: Annotated[str | None, Field(description="Null on the last page; pages before it may be short.")]

"""Request body, as a service of one's own would check it: a strict model of what agents send to the bot."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1, max_length=8000)]
Name = Annotated[str, Field(min_length=1, max_length=255)]


class Body(BaseModel):
    """Nothing else is taken, and nothing is guessed."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Evidence(Body):
    """One piece of context."""

    title: Annotated[str, Field(min_length=1, max_length=300)]
    text: Annotated[str, Field(max_length=4000)] | None = None
    url: Annotated[str, Field(max_length=2000)] | None = None


class Proposal(Body):
    """What an agent asks to be allowed to do."""

    action: Annotated[str, Field(pattern=r"^[a-z0-9_.-]{1,100}$")]
    payload: dict[str, Any]
    reasoning: Text
    summary: Annotated[str, Field(max_length=300)] | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    source: Literal["trusted", "untrusted"] | None = None
    context: Annotated[list[Evidence], Field(max_length=20)] = []
    rollback_plan: Text | None = None
    preconditions: Annotated[list[str], Field(max_length=20)] = []
    on_behalf_of: Name | None = None
    run_id: Name | None = None
    expires_in: Annotated[int, Field(ge=1)] | None = None
    callback_url: Annotated[str, Field(max_length=2000)] | None = None

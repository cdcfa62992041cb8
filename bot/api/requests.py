"""Request models: what agents send, read strictly. A fault is answered with a pointer to its field."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from approvals.proposal import Evidence, Preview, Source
from approvals.refusals import Fault
from approvals.strict_json import pointer
from bot.api.strict_json import MAX_FAULTS, Faulty
from policy.json_schema.schemas import UnusableSchema, agents_schema_at_once

if TYPE_CHECKING:
    from collections.abc import Mapping

    from approvals.digest import JSON

ACTION = r"^[a-z0-9_.-]{1,100}$"
LINE = r"^[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*$"
NAME = r"^[^\x00-\x1f\x7f]*$"
URL = r"^https?://[^\s\x00-\x1f\x7f]+$"
SLACK_USER = r"^[UW][A-Z0-9]{1,30}$"
TRACEPARENT = r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"


def without_nulls(body: "JSON") -> "JSON":
    """A body of ours as it is read: null means that the field is not there. The payload is what it is."""
    if not isinstance(body, dict):
        return body
    read: dict[str, JSON] = {}
    for name, value in _without_nulls(body).items():
        if name in ("signals", "preview"):
            read[name] = _without_nulls(value)
        elif name == "context" and isinstance(value, list):
            read[name] = [_without_nulls(each) for each in value]
        else:
            read[name] = value
    return read


def _without_nulls(sent: "Any") -> "Any":
    return {name: value for name, value in sent.items() if value is not None} if isinstance(sent, dict) else sent


def _signal(value: object) -> object:
    if isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) <= 200):
        return value
    raise ValueError("A signal is a number, a boolean or a text of at most 200 characters.")


def _schema(value: "dict[str, Any]") -> "dict[str, Any]":
    try:
        agents_schema_at_once(value)
    except UnusableSchema as error:
        raise ValueError(f"The schema cannot be used: {error}") from None
    return value


Name = Annotated[str, Field(min_length=1, max_length=255, pattern=NAME)]
Word = Annotated[str, Field(min_length=1, max_length=255)]
Text = Annotated[str, Field(min_length=1, max_length=8000)]


class Sent(BaseModel):
    """What a request body may be."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, sent: object) -> object:
        return _without_nulls(sent)


class EvidenceSent(Sent):
    """One piece of context."""

    title: Annotated[str, Field(min_length=1, max_length=300)]
    text: Annotated[str, Field(max_length=4000)] | None = None
    url: Annotated[str, Field(max_length=2000, pattern=URL)] | None = None


class DiffPreview(Sent):
    """The effect as what is there now and what will be."""

    kind: Literal["diff"]
    before: str
    after: str


class TextPreview(Sent):
    """The effect in words."""

    kind: Literal["text"]
    text: Annotated[str, Field(min_length=1)]


class ProposalSent(Sent):
    """What an agent asks to be allowed to do."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "action": "refund.create",
                    "payload": {"order": "A-1001", "amount": 250, "currency": "EUR"},
                    "reasoning": "The parcel was lost; the customer has waited for three weeks.",
                    "summary": "Refund 250 EUR for order A-1001",
                    "confidence": 0.9,
                    "context": [{"title": "Tracking", "text": "Lost in transit since 2 November."}],
                    "rollback_plan": "Charge the card again.",
                    "run_id": "run-17",
                }
            ]
        }
    )

    action: Annotated[str, Field(pattern=ACTION, description="Dotted, as `refund.create`.")]
    payload: Annotated[dict[str, Any], Field(description="Exactly what would run.")]
    reasoning: Annotated[Text, Field(description="Why.")]
    summary: Annotated[str, Field(min_length=1, max_length=150, pattern=LINE)] | None = Field(
        default=None, description="One line for lists."
    )
    confidence: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None, description="Advisory: it can make a gate stricter, never looser."
    )
    signals: Annotated[
        dict[Name, Annotated[bool | int | float | Annotated[str, Field(max_length=200)], BeforeValidator(_signal)]],
        Field(max_length=50),
        BeforeValidator(_without_nulls),
    ] = Field(default={}, description="What the agent measured; advisory, for rules.")
    source: Literal["trusted", "untrusted"] | None = Field(
        default=None, description="Whether outside text triggered this; the policy has the default and the ceiling."
    )
    context: Annotated[list[EvidenceSent], Field(max_length=20)] = Field(default=[], description="Evidence.")
    preview: Annotated[DiffPreview | TextPreview, Field(discriminator="kind")] | None = Field(
        default=None, description="The effect as the agent foresees it."
    )
    rollback_plan: Annotated[str, Field(min_length=1, max_length=2000)] | None = Field(
        default=None, description="How it would be rolled back."
    )
    preconditions: Annotated[list[Annotated[str, Field(min_length=1, max_length=1000)]], Field(max_length=50)] = Field(
        default=[], description="What must hold when it runs; given back by the claim."
    )
    payload_schema: Annotated[dict[str, Any], AfterValidator(_schema)] | None = Field(
        default=None,
        description="JSON Schema 2020-12 of the payload, for edits. `$ref` only into itself, and few.",
    )
    on_behalf_of: Annotated[str, Field(pattern=SLACK_USER)] | None = Field(
        default=None, description="The Slack user id of the person it acts for."
    )
    run_id: Name | None = None
    tool_call_id: Name | None = None
    traceparent: Annotated[str, Field(pattern=TRACEPARENT)] | None = Field(
        default=None, description="W3C Trace Context."
    )
    expires_in: Annotated[int, Field(ge=1)] | None = Field(
        default=None,
        description="Seconds, by the clock of the policy's hours; only less than the policy says changes anything.",
    )
    callback_url: Annotated[str, Field(max_length=2000, pattern=URL)] | None = Field(
        default=None,
        description="Where to be told what becomes of it; one that the agent's entry in the policy names.",
    )
    claim: Annotated[bool, Field(description="Claim it in the same call, if it is approved at once.")] = False
    claimant: Word | None = Field(default=None, description="As in a claim.")


class ClaimSent(Sent):
    """Takes an approved proposal, once."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"digest": "sha256:" + "0123456789abcdef" * 4, "claimant": "a-random-word"}]}
    )

    digest: Annotated[str, Field(min_length=1, max_length=200, description="Of the payload the agent will run.")]
    claimant: Word | None = Field(
        default=None,
        description="A random word the attempt keeps in memory, so that its own retry gets the same answer.",
    )


class OutcomeSent(Sent):
    """What came of acting."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "succeeded", "detail": "Refund re_17 made."}]})

    status: Literal["succeeded", "failed", "unknown"]
    detail: Annotated[str, Field(max_length=8000)] | None = None
    verification: Annotated[str, Field(max_length=8000)] | None = Field(
        default=None, description="How the agent made sure."
    )


class RollbackSent(Sent):
    """What came of the rollback what people objected to."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "done", "detail": "Charged the card again."}]})

    status: Literal["done", "failed"]
    detail: Annotated[str, Field(max_length=8000)] | None = None


class ReplySent(Sent):
    """Answers a reviewer's question, with another payload where that is the answer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "text": "The invoice says 200, so I correct the amount.",
                    "payload": {"order": "A-1001", "amount": 200, "currency": "EUR"},
                    "question": "q1",
                }
            ]
        }
    )

    text: Annotated[str, Field(min_length=1, max_length=4000, description="Shown to the people who decide.")]
    payload: (
        Annotated[
            dict[str, Any],
            Field(description="What would run instead, whole. It is judged again, and approvals are void."),
        ]
        | None
    ) = None
    question: Word | None = Field(
        default=None,
        description="The id of the question that this answers, so that a retry never answers a later one.",
    )


class WithdrawalSent(Sent):
    """Takes a proposal back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The customer cancelled the request."}]})

    reason: Annotated[str, Field(min_length=1, max_length=2000)]


_Model = TypeVar("_Model", bound=Sent)


def read_body(model: type[_Model], body: "JSON") -> _Model:
    """The body as the model; raises Faulty with a pointer to each field that is wrong."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        found: dict[tuple[str | int, ...], str] = {}
        for each in error.errors(include_url=False, include_input=False)[:MAX_FAULTS]:
            said = _SAID.get(each["type"]) or _SHAPES.get(each.get("ctx", {}).get("pattern"), each["msg"])
            found.setdefault(_place(each["loc"]), said.removeprefix("Value error, ").rstrip(".") + ".")
        raise Faulty([Fault(pointer(place), detail) for place, detail in found.items()]) from None


def evidence(sent: ProposalSent) -> tuple[Evidence, ...]:
    """The context in the domain's words."""
    return tuple(Evidence(title=each.title, text=each.text, url=each.url) for each in sent.context)


def preview_from(sent: ProposalSent) -> Preview | None:
    """The preview in the domain's words."""
    match sent.preview:
        case DiffPreview(before=before, after=after):
            return Preview(kind="diff", before=before, after=after)
        case TextPreview(text=text):
            return Preview(kind="text", text=text)
        case None:
            return None


def said_source(sent: ProposalSent) -> Source | None:
    """What the agent says of its source; the policy has the last word."""
    return None if sent.source is None else Source(sent.source)


_SAID: "Mapping[str, str]" = {
    "extra_forbidden": "There is no such field; leave it out.",
    "missing": "This field is required.",
    "model_type": "Send a JSON object.",
    "model_attributes_type": "Send a JSON object.",
    "dict_type": "Send a JSON object.",
    "list_type": "Send a JSON array.",
}


_SHAPES: "Mapping[str | None, str]" = {
    ACTION: "An action is 1 to 100 of a-z, 0-9, _ . -, as refund.create.",
    LINE: "This is one line; leave line breaks out.",
    NAME: "Control characters have no place here.",
    URL: "Send an address that begins with https:// or http://, without blanks.",
    SLACK_USER: "Send a Slack user id, as U0ALICE.",
    TRACEPARENT: "Send a traceparent as W3C Trace Context writes it.",
}


def _place(loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    # pydantic puts the member of a union into the path: after `preview` always, below `signals` behind the name.
    match loc:
        case ("preview", _, *rest):
            return ("preview", *rest)
        case ("signals", name, *_):
            return ("signals", name)
        case _:
            return loc

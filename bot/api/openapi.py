"""OpenAPI 3.1 document, made of the models that read and write the interface."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from bot.api import requests, responses
from bot.api.feedback_responses import FeedbackPage
from bot.api.insights_responses import InsightsBody
from bot.api.openapi_parameters import (
    ACTION,
    AFTER,
    BEFORE,
    BEHIND,
    CURSOR,
    FILTERS,
    FORM,
    FROM,
    ID,
    INSIGHTS_SINCE,
    KEY,
    LAST,
    LIMIT,
    OF_AGENT,
    OF_ROLE,
    PREFER,
    SINCE,
    WAIT,
)
from bot.api.problems import MEDIA_TYPE, PROBLEM_TYPES, Problem

if TYPE_CHECKING:
    from pydantic import BaseModel

_SENT = (
    requests.ProposalSent,
    requests.ClaimSent,
    requests.OutcomeSent,
    requests.RollbackSent,
    requests.ReplySent,
    requests.WithdrawalSent,
)
_RESPONSES = (
    responses.ProposalBody,
    responses.AnswerPage,
    FeedbackPage,
    responses.EventBody,
    responses.ProblemBody,
    responses.Liveness,
    responses.ReadinessBody,
    responses.ReceiptBody,
    responses.KeysBody,
    responses.AuditPage,
    InsightsBody,
)
_RETRY = frozenset({"undo-window", "pending-limit", "rate-limit", "waiting-limit", "store-busy", "judging-busy"})
_CALLERS = ("unauthenticated", "wrong-token", "rate-limit", "damaged", "internal", "store-busy")
_BODIES = ("malformed", "too-slow", "too-large", "invalid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One call: what it takes, what it gives, how it may be refused."""

    method: str
    path: str
    name: str
    summary: str
    gives: "dict[int, tuple[str, type[BaseModel] | None]]"
    """Per status a description and the model; None is text for Prometheus or free JSON."""
    takes: "type[BaseModel] | None" = None
    parameters: tuple[dict[str, Any], ...] = ()
    problems: tuple[str, ...] = ()
    media_type: str = "application/json"
    security: str | None = "agent"
    """Whose token it wants; None: nobody's."""


_PROPOSAL = "The proposal as it stands."
_STREAM = (
    "Server-sent events without an end, each with its id, its type as the event's name, and this as its data; without "
    "Last-Event-ID or after, from now on. The first block has an id and no event: where the stream begins."
)

OPERATIONS = (
    Operation(
        method="post",
        path="/v1/proposals",
        name="submit",
        summary="Propose an action; the policy decides who must agree.",
        takes=requests.ProposalSent,
        parameters=(KEY,),
        gives={
            201: ("It is new; also one that the policy blocks.", responses.ProposalBody),
            200: ("This key made it before; its present state.", responses.ProposalBody),
        },
        problems=(
            *_CALLERS,
            *_BODIES,
            "action-not-allowed",
            "stopped",
            "schema",
            "judging-busy",
            "key-reused",
            "pending-limit",
            "effect-open",
        ),
    ),
    Operation(
        method="get",
        path="/v1/proposals",
        name="list",
        summary="Your own proposals, newest first.",
        parameters=FILTERS,
        gives={200: ("One page.", responses.AnswerPage)},
        problems=(*_CALLERS, "invalid"),
    ),
    Operation(
        method="get",
        path="/v1/proposals/{id}",
        name="show",
        summary="One proposal, at once or when it changes.",
        parameters=(ID, WAIT, AFTER, PREFER),
        gives={200: (_PROPOSAL, responses.ProposalBody)},
        problems=(*_CALLERS, "invalid", "not-found", "waiting-limit"),
    ),
    Operation(
        method="get",
        path="/v1/proposals/{id}/receipt",
        name="receipt",
        summary="The whole record with its audit entries, signed.",
        parameters=(ID,),
        gives={200: ("It can be verified without us.", responses.ReceiptBody)},
        problems=(*_CALLERS, "not-found"),
    ),
    Operation(
        method="post",
        path="/v1/proposals/{id}/claim",
        name="claim",
        summary="Take the approved payload, once.",
        takes=requests.ClaimSent,
        parameters=(ID,),
        gives={200: ("It is yours: run exactly this payload, once.", responses.ProposalBody)},
        problems=(
            *_CALLERS,
            *_BODIES,
            "stopped",
            "not-found",
            "not-approved",
            "undo-window",
            "already-claimed",
            "digest-mismatch",
            "effect-open",
        ),
    ),
    Operation(
        method="post",
        path="/v1/proposals/{id}/outcome",
        name="report",
        summary="Say what came of acting.",
        takes=requests.OutcomeSent,
        parameters=(ID,),
        gives={200: ("Noted, now or before.", responses.ProposalBody)},
        problems=(*_CALLERS, *_BODIES, "not-found", "not-approved", "already-reported"),
    ),
    Operation(
        method="post",
        path="/v1/proposals/{id}/rollback",
        name="rollback",
        summary="Say what came of the rollback that people asked for.",
        takes=requests.RollbackSent,
        parameters=(ID,),
        gives={200: ("Noted, now or before.", responses.ProposalBody)},
        problems=(*_CALLERS, *_BODIES, "not-found", "nothing-to-roll-back", "already-reported"),
    ),
    Operation(
        method="post",
        path="/v1/proposals/{id}/reply",
        name="reply",
        summary="Answer a reviewer's question, if need be with another payload.",
        takes=requests.ReplySent,
        parameters=(ID,),
        gives={200: ("Noted, now or before.", responses.ProposalBody)},
        problems=(
            *_CALLERS,
            *_BODIES,
            "not-found",
            "not-approved",
            "not-asked",
            "schema",
            "judging-busy",
            "revision-blocked",
            "effect-open",
        ),
    ),
    Operation(
        method="post",
        path="/v1/proposals/{id}/withdraw",
        name="withdraw",
        summary="Take a proposal back before it is claimed.",
        takes=requests.WithdrawalSent,
        parameters=(ID,),
        gives={200: ("Withdrawn, now or before.", responses.ProposalBody)},
        problems=(*_CALLERS, *_BODIES, "not-found", "not-approved", "already-claimed"),
    ),
    Operation(
        method="get",
        path="/v1/feedback",
        name="feedback",
        summary="What people said no to, changed or took back of your own proposals.",
        parameters=(ACTION, CURSOR, LIMIT),
        gives={200: ("One page, the latest first.", FeedbackPage)},
        problems=(*_CALLERS, "invalid"),
    ),
    Operation(
        method="get",
        path="/v1/events",
        name="events",
        summary="What happens to your own proposals, as it happens.",
        parameters=(LAST, FROM),
        gives={200: (_STREAM, responses.EventBody)},
        problems=(*_CALLERS, "invalid", "unknown-event"),
        media_type="text/event-stream",
    ),
    Operation(
        method="get",
        path="/v1/audit",
        name="audit",
        summary="The audit log, for auditors alone.",
        parameters=(BEHIND, LIMIT),
        gives={200: ("Entries as they are stored.", responses.AuditPage)},
        problems=(*_CALLERS, "invalid", "unknown-entry"),
        security="auditor",
    ),
    Operation(
        method="get",
        path="/v1/audit/export",
        name="export_audit",
        summary="The audit log of a period, a line each, for auditors alone.",
        parameters=(SINCE, BEFORE, FORM, BEHIND),
        gives={200: ("Entries, each on a line of its own; a body that ends well has all.", responses.AuditEntryBody)},
        problems=(*_CALLERS, "invalid", "unknown-entry"),
        security="auditor",
        media_type="application/x-ndjson",
    ),
    Operation(
        method="get",
        path="/v1/insights",
        name="insights",
        summary="What became of what people were asked and how they decided it, for auditors alone.",
        parameters=(INSIGHTS_SINCE, OF_AGENT, OF_ROLE),
        gives={200: ("Figures of everything, and by action, rule, agent and role.", InsightsBody)},
        problems=(*_CALLERS, "invalid"),
        security="auditor",
    ),
    Operation(
        method="get",
        path="/healthz",
        security=None,
        name="live",
        summary="Whether the process answers.",
        gives={200: ("It does.", responses.Liveness)},
    ),
    Operation(
        method="get",
        path="/readyz",
        security=None,
        name="ready",
        summary="Whether every part works.",
        gives={200: ("Every part works; degraded names what is in trouble all the same.", responses.ReadinessBody)},
        problems=("not-ready",),
    ),
    Operation(
        method="get",
        path="/metrics",
        security=None,
        name="metrics",
        summary="Figures for Prometheus.",
        gives={200: ("The text format.", None)},
        problems=("store-busy",),
        media_type="text/plain",
    ),
    Operation(
        method="get",
        path="/openapi.json",
        security=None,
        name="describe",
        summary="This document.",
        gives={200: ("OpenAPI 3.1.", None)},
    ),
    Operation(
        method="get",
        path="/.well-known/jwks.json",
        security=None,
        name="jwks",
        summary="The public keys that verify permits and receipts.",
        gives={200: ("A JWK set, RFC 7517.", responses.KeysBody)},
        media_type="application/jwk-set+json",
    ),
)


@cache
def document(version: str) -> dict[str, Any]:
    """The whole document; `version` is the program's. Not to be changed by who asks for it."""
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((model, "validation") for model in _SENT),
        *((model, "serialization") for model in _RESPONSES),
    ]
    _, defined = models_json_schema(models, ref_template="#/components/schemas/{model}")
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Signoff",
            "version": version,
            "summary": "Agents propose, people decide, the approved payload runs exactly once.",
        },
        "security": [{"agent": []}],
        "paths": paths,
        "components": {
            "schemas": defined["$defs"],
            "examples": {
                slug: {"summary": kind.title, "value": _example(slug)} for slug, kind in PROBLEM_TYPES.items()
            },
            "securitySchemes": {
                "agent": {"type": "http", "scheme": "bearer", "description": "The token of an agent of the policy."},
                "auditor": {"type": "http", "scheme": "bearer", "description": "That of an auditor of the policy."},
            },
        },
    }


def _described(operation: Operation) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status, (description, model) in operation.gives.items():
        answers[str(status)] = {"description": description, "content": _content(operation.media_type, model)}
    for status in sorted({PROBLEM_TYPES[slug].status for slug in operation.problems}):
        answers[str(status)] = _refusals([slug for slug in operation.problems if PROBLEM_TYPES[slug].status == status])
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": list(operation.parameters),
        "responses": answers,
    }
    if operation.takes is not None:
        described["requestBody"] = {"required": True, "content": _content("application/json", operation.takes)}
    if operation.security != "agent":
        described["security"] = [] if operation.security is None else [{operation.security: []}]
    return described


def _content(media_type: str, model: "type[BaseModel] | None") -> dict[str, Any]:
    if model is None:
        return {media_type: {"schema": {"type": "string" if media_type == "text/plain" else "object"}}}
    content: dict[str, Any] = {"schema": _reference(model)}
    extra = model.model_config.get("json_schema_extra")
    if isinstance(extra, dict) and isinstance(examples := extra.get("examples"), list):
        content["example"] = examples[0]
    return {media_type: content}


def _refusals(slugs: list[str]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": "; or: ".join(f"{PROBLEM_TYPES[slug].title} (`{slug}`)" for slug in slugs) + ".",
        "content": {
            MEDIA_TYPE: {
                "schema": _reference(responses.ProblemBody),
                "examples": {slug: {"$ref": f"#/components/examples/{slug}"} for slug in slugs},
            }
        },
    }
    if _RETRY & set(slugs):
        header = {"description": "Seconds until trying again makes sense.", "schema": {"type": "integer"}}
        described["headers"] = {"Retry-After": header}
    if "unauthenticated" in slugs:
        described["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return described


def _reference(model: "type[BaseModel]") -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _example(slug: str) -> dict[str, Any]:
    return Problem(slug=slug, detail=PROBLEM_TYPES[slug].title + ".").body()

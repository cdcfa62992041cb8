"""Proposal endpoints, the verbs of agents: each reads the request, calls the lifecycle, answers with the proposal."""

import asyncio
import hashlib
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiohttp import web
from pydantic import TypeAdapter

from approvals.events import Actor
from approvals.lifecycle import Submission
from approvals.moves.questions import AgentReply
from approvals.ports import StoreBusy
from approvals.proposal import Action, Ask, Proposal, RollbackStatus, Status
from approvals.receipt import may_act
from approvals.refusals import AgentRefusal
from bot.api import long_poll, requests
from bot.api.body import faulty, fingerprint, json_of, key_of, model_of
from bot.api.context import AGENT, API, METRICS
from bot.api.listing import page_request
from bot.api.present import answer
from bot.api.strict_json import Faulty

if TYPE_CHECKING:
    from collections.abc import Awaitable

_JSON = {"Content-Type": "application/json; charset=utf-8"}
_BYTES = TypeAdapter(Any).dump_json


async def submit(request: web.Request) -> web.Response:
    """`POST /v1/proposals`: 201 a new proposal, 200 the present state of the one this key made before."""
    api = request.app[API]
    key = key_of(request)
    body = await json_of(request)
    try:
        sent = requests.read_body(requests.ProposalSent, body)
    except Faulty as error:
        raise faulty(error) from None
    action = Action(name=sent.action, payload=sent.payload)
    if key is not None:
        await asyncio.sleep(0)  # both digests take a while where much is nested: others have their turn between them
    submission = Submission(
        action=action,
        ask=_ask(request, sent),
        idempotency_key=key,
        fingerprint="" if key is None else fingerprint(body),
        claim=sent.claim,
        claimant=_hashed(sent.claimant),
    )
    proposal, new = await api.lifecycle.submit(submission)
    if new:
        request.app[METRICS].submitted.labels(str(proposal.gate.tier)).inc()
    location = {"Location": f"/v1/proposals/{proposal.id}"} if new else {}
    taken = new or (submission.claimant is not None and submission.claimant == proposal.claimant)
    permit = _permit(request, proposal) if taken else None
    return _answered(proposal, status=201 if new else 200, headers=location, permit=permit)


async def get_proposal(request: web.Request) -> web.Response:
    """`GET /v1/proposals/{id}`: at once, or by a long poll when it changes."""
    wait = long_poll.wait_of(request)
    proposal = await long_poll.wait_for_proposal(request, request.match_info["id"], wait)
    return _answered(proposal, headers={"Preference-Applied": f"wait={wait.seconds}"} if wait.preferred else {})


async def list_proposals(request: web.Request) -> web.Response:
    """`GET /v1/proposals`: the agent's own, newest first."""
    return _json(await page_request(request))


async def claim(request: web.Request) -> web.Response:
    """`POST …/claim`: the approved payload, once."""
    sent = await model_of(request, requests.ClaimSent)
    proposal_id, agent = request.match_info["id"], request[AGENT]
    claimed = request.app[API].lifecycle.claim(proposal_id, agent, sent.digest, _hashed(sent.claimant))
    proposal = await _noted(request, "claim", claimed)
    return _answered(proposal, permit=_permit(request, proposal))


async def report(request: web.Request) -> web.Response:
    """`POST …/outcome`: what came of acting."""
    sent = await model_of(request, requests.OutcomeSent)
    proposal_id, agent = request.match_info["id"], request[AGENT]
    lifecycle = request.app[API].lifecycle
    reported = lifecycle.report(proposal_id, agent, Status(sent.status), sent.detail, sent.verification)
    return _answered(await _noted(request, "report", reported))


async def rollback(request: web.Request) -> web.Response:
    """`POST …/rollback`: what came of the rollback."""
    sent = await model_of(request, requests.RollbackSent)
    proposal_id, agent = request.match_info["id"], request[AGENT]
    undone = request.app[API].lifecycle.rollback(proposal_id, agent, RollbackStatus(sent.status), sent.detail)
    return _answered(await _noted(request, "rollback", undone))


async def reply(request: web.Request) -> web.Response:
    """`POST …/reply`: the answer to a reviewer's question."""
    sent = await model_of(request, requests.ReplySent)
    proposal_id, agent = request.match_info["id"], request[AGENT]
    said = AgentReply(text=sent.text, payload=sent.payload, question=sent.question)
    replied = request.app[API].lifecycle.reply(proposal_id, agent, said)
    return _answered(await _noted(request, "reply", replied))


async def withdraw(request: web.Request) -> web.Response:
    """`POST …/withdraw`: the agent takes it back."""
    sent = await model_of(request, requests.WithdrawalSent)
    proposal_id, agent = request.match_info["id"], request[AGENT]
    withdrawn = request.app[API].lifecycle.withdraw(proposal_id, agent, sent.reason)
    return _answered(await _noted(request, "withdraw", withdrawn))


async def _noted(request: web.Request, verb: str, doing: "Awaitable[Proposal]") -> Proposal:
    """What the verb gives; a refusal goes on, and is kept as evidence where the store can take it."""
    try:
        return await doing
    except AgentRefusal as refusal:
        with suppress(StoreBusy):
            actor = Actor(kind="agent", id=request[AGENT])
            await request.app[API].lifecycle.refused(request.match_info["id"], verb, refusal, actor)
        raise


def _ask(request: web.Request, sent: requests.ProposalSent) -> Ask:
    agent = request[AGENT]
    return Ask(
        agent=agent,
        reasoning=sent.reasoning,
        summary=sent.summary,
        confidence=sent.confidence,
        signals=sent.signals,
        source=request.app[API].policy().source_for(agent, requests.said_source(sent)),
        context=requests.evidence(sent),
        preview=requests.preview_from(sent),
        rollback_plan=sent.rollback_plan,
        preconditions=tuple(sent.preconditions),
        payload_schema=sent.payload_schema,
        on_behalf_of=sent.on_behalf_of,
        run_id=sent.run_id,
        tool_call_id=sent.tool_call_id,
        traceparent=sent.traceparent or _traceparent(request),
        expires_in=sent.expires_in,
        callback_url=sent.callback_url,
    )


def _traceparent(request: web.Request) -> str | None:
    """As a client that traces its requests sends it; one that is none is as good as none (W3C Trace Context)."""
    sent = request.headers.get("traceparent", "")
    return sent if re.fullmatch(requests.TRACEPARENT, sent) else None


def _hashed(claimant: str | None) -> str | None:
    return None if claimant is None else hashlib.sha256(claimant.encode()).hexdigest()


def _permit(request: web.Request, proposal: Proposal) -> str | None:
    """For the attempt that claimed it, and for nobody else."""
    return request.app[API].issuer.permit(proposal) if may_act(proposal) else None


def _answered(
    proposal: Proposal, *, status: int = 200, headers: dict[str, str] | None = None, permit: str | None = None
) -> web.Response:
    return _json(answer(proposal, permit), status=status, headers=headers)


def _json(body: dict[str, Any], *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(body=_BYTES(body), status=status, headers={**_JSON, **(headers or {})})
